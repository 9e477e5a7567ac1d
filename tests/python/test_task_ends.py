# SPDX-License-Identifier: MIT
"""Whatever ends the wait of a task, nothing is lost, the next call works, and no thread or descriptor stays."""
import asyncio
import gc
import select
import threading

import pytest

import zerobuffer
from conftest import DEADLINE, event_descriptors, remove, until_asleep, waiting_threads
from test_tasks import begun, no_thread_and_no_descriptor_is_left  # noqa: F401


def test_cancelled_task_leaves_the_frame_to_the_next_call(pair, run):
    async def main():
        task = await begun(pair.reader.acquire_async())
        pair.writer.write(b"kept")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with await pair.reader.acquire_async() as frame:
            assert (frame.sequence, bytes(frame)) == (1, b"kept")

    run(main())


@pytest.mark.parametrize("turns", range(5))
def test_cancelled_as_the_frame_comes(pair, run, turns):
    """Before the loop has noticed, as the task is about to run, or when it is through: the frame is had once."""

    async def main():
        task = await begun(pair.reader.acquire_async())
        pair.writer.write(b"kept")
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        try:
            frame = await task
        except asyncio.CancelledError:
            frame = await pair.reader.acquire_async()
        assert (frame.sequence, bytes(frame)) == (1, b"kept")

    run(main())


def test_nothing_is_lost_by_timeouts_and_cancellations_at_any_moment(pair, run, background):
    count = 2000

    def stream():
        for number in range(count):
            pair.writer.write(b"%d" % number)
            if number % 7 == 0:
                pair.reader.stats()

    async def main():
        numbers = []
        attempt = 0
        while len(numbers) < count:
            attempt += 1
            if attempt % 2:
                frame = await pair.reader.acquire_async(timeout=0.00005 * (attempt % 5))
            else:
                task = asyncio.ensure_future(pair.reader.acquire_async())
                for _ in range(attempt % 6):
                    await asyncio.sleep(0)
                task.cancel()
                (frame,) = await asyncio.gather(task, return_exceptions=True)
            if isinstance(frame, zerobuffer.Frame):
                numbers.append(int(bytes(frame)))
                frame.release()
        return numbers

    writing = background(stream)
    assert run(main()) == list(range(count))
    writing.result(DEADLINE)


def test_cancelled_claim_leaves_the_writer_free(full_pair, run):
    async def main():
        task = await begun(full_pair.writer.claim_async(1000))
        full_pair.reader.acquire_many(1000)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # Of another size, and by a call that waits in the thread itself.
        with full_pair.writer.claim(20_000, timeout=DEADLINE):
            pass

    run(main())


def test_thread_waits_after_a_cancelled_task(full_pair, run, background):
    """The thread that waited for the task makes way at once, not at the end of its slice."""

    async def main():
        for _ in range(20):
            task = await begun(full_pair.writer.claim_async(1000))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert full_pair.writer.claim(2000, timeout=0.0001) is None

    run(main())
    waiting = background(full_pair.writer.claim, 2000)
    until_asleep(full_pair.writer)
    full_pair.reader.acquire_many(1000)
    waiting.result(DEADLINE).abort()


@pytest.mark.parametrize("end, error", [("cancel", zerobuffer.Cancelled), ("close", zerobuffer.Closed)])
@pytest.mark.parametrize("side", ["reader", "writer"])
@pytest.mark.parametrize("elsewhere", [False, True], ids=["in the loop", "in another thread"])
def test_wait_that_is_ended(full_pair, run, background, side, end, error, elsewhere):
    async def main():
        if side == "reader":
            full_pair.reader.acquire_many(1000)
            endpoint, task = full_pair.reader, await begun(full_pair.reader.acquire_async())
        else:
            endpoint, task = full_pair.writer, await begun(full_pair.writer.claim_async(1000))
        if elsewhere:
            background(getattr(endpoint, end)).result(DEADLINE)
        else:
            getattr(endpoint, end)()
        with pytest.raises(error, match=full_pair.name):
            await task

    run(main())


def test_cancel_ends_the_next_wait_once(pair, run):
    async def main():
        pair.reader.cancel()
        assert await pair.reader.acquire_async(timeout=0) is None
        with pytest.raises(zerobuffer.Cancelled):
            await pair.reader.acquire_async(timeout=DEADLINE)
        assert await pair.reader.acquire_async(timeout=0.001) is None
        assert pair.reader.acquire(timeout=0.001) is None

    run(main())


def test_second_task_is_refused(full_pair, run):
    async def main():
        task = await begun(full_pair.writer.claim_async(1000))
        for second in (full_pair.writer.claim_async(1000), full_pair.writer.write_async(bytes(1000), 1)):
            with pytest.raises(zerobuffer.Misuse, match=f"{full_pair.name}.*a task waits"):
                await second
        with pytest.raises(zerobuffer.Misuse, match="a task waits"):
            full_pair.writer.write(bytes(1000), timeout=1)
        assert full_pair.writer.write(bytes(1000), timeout=0) is None
        full_pair.reader.acquire_many(1000)
        (await task).abort()

    run(main())


def test_task_beside_a_thread_that_waits_is_refused(pair, run, background):
    waiting = background(pair.reader.acquire)
    until_asleep(pair.reader)

    async def main():
        with pytest.raises(zerobuffer.Misuse, match="another thread"):
            await pair.reader.acquire_async()

    run(main())
    pair.writer.write(b"for the thread")
    waiting.result(DEADLINE).release()


def test_loops_in_turn(pair, loop):
    """Nothing of the first loop is in the way of the second one, in another thread."""
    loop.run_until_complete(pair.reader.acquire_async(timeout=0.001))

    def in_another_thread():
        async def main():
            task = await begun(pair.reader.acquire_async())
            pair.writer.write(b"here")
            return bytes(await task)

        return asyncio.run(main())

    results = []
    thread = threading.Thread(target=lambda: results.append(in_another_thread()))
    thread.start()
    thread.join(DEADLINE)
    assert results == [b"here"]


def test_loop_of_another_thread_is_refused_while_a_task_waits(pair, run, background):
    async def main():
        task = await begun(pair.reader.acquire_async())
        with pytest.raises(zerobuffer.Misuse, match="a task waits"):
            await asyncio.get_running_loop().run_in_executor(None, lambda: asyncio.run(pair.reader.acquire_async(1)))
        pair.writer.write(b"for the first")
        # Given back here: the thread may hold the exception, and with it this task, for a moment longer.
        with await task as frame:
            assert bytes(frame) == b"for the first"

    run(main())


def test_loop_that_is_closed_under_a_waiting_task(pair, loop):
    async def begin():
        return await begun(pair.reader.acquire_async())

    task = loop.run_until_complete(begin())
    pair.writer.write(b"kept")
    loop.close()
    # As asyncio says of such a task itself.
    complaints = []
    loop.set_exception_handler(lambda _, context: complaints.append(context["message"]))
    del task
    gc.collect()
    assert complaints == ["Task was destroyed but it is pending!"]
    assert bytes(pair.reader.acquire(timeout=DEADLINE)) == b"kept"


@pytest.mark.parametrize("layout", ["v2"])
def test_writer_that_dies_is_reported_as_to_a_thread(name, layout, process, run):
    with zerobuffer.Reader(name, layout=layout) as reader:
        child = process("writer = zerobuffer.Writer(arguments[0]); writer.write(b'last'); say('written'); hear()", name)
        child.expect("written")

        async def main():
            frames = reader.__aiter__()
            assert bytes(await frames.__anext__()) == b"last"
            task = await begun(frames.__anext__())
            child.kill()
            with pytest.raises(zerobuffer.PeerDied, match=name):
                await task
            with pytest.raises(zerobuffer.PeerDied, match=name):
                await reader.acquire_async()

        run(main())


def test_writer_that_closes_ends_iteration(pair, run):
    async def main():
        frames = pair.reader.__aiter__()
        task = await begun(frames.__anext__())
        pair.writer.close()
        with pytest.raises(StopAsyncIteration):
            await task
        with pytest.raises(zerobuffer.PeerClosed, match=pair.name):
            await pair.reader.acquire_async(timeout=DEADLINE)

    pair.writer.write(b"met")
    pair.reader.acquire().release()
    run(main())


def test_reader_that_closes_is_reported_to_a_task_that_waits_for_room(full_pair, run):
    async def main():
        task = await begun(full_pair.writer.claim_async(1000))
        full_pair.reader.close()
        with pytest.raises(zerobuffer.PeerClosed, match=full_pair.name):
            await task

    run(main())
    full_pair.writer.close()
    if full_pair.layout == "v2":
        remove(full_pair.name)


def test_dropped_endpoint_takes_thread_and_descriptors_along(name, run):
    async def main():
        reader = zerobuffer.Reader(name)
        before = event_descriptors()
        assert await reader.acquire_async(timeout=0.001) is None
        assert (waiting_threads(), event_descriptors()) == (1, before + 1)
        del reader
        assert (waiting_threads(), event_descriptors()) == (0, before)

    run(main())


def test_closed_endpoint_refuses(pair, run):
    async def main():
        pair.reader.close()
        pair.writer.close()
        for call in (pair.reader.acquire_async(), pair.writer.claim_async(1), pair.writer.write_async(b"")):
            with pytest.raises(zerobuffer.Closed, match=pair.name):
                await call

    run(main())


def test_loss_of_a_writer_is_no_news_to_a_task_when_another_has_come(pair, run):
    """The task runs only when the other one has attached."""

    async def main():
        task = await begun(pair.reader.acquire_async())
        reader = pair.reader.fileno()
        assert pair.reader.acquire(0) is None
        pair.writer.close()
        assert select.select([reader], [], [], DEADLINE)[0]
        with zerobuffer.Writer(pair.name) as writer:
            for _ in range(5):
                await asyncio.sleep(0)
            assert not task.done()
            writer.write(b"of the other")
            assert bytes(await task) == b"of the other"

    pair.writer.write(b"met")
    pair.reader.acquire(0).release()
    run(main())
