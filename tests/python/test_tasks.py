# SPDX-License-Identifier: MIT
"""Tasks of an event loop take frames and claim room: what is there at once, the rest without holding up the loop."""
import asyncio

import numpy
import pytest

import zerobuffer
from conftest import DEADLINE, event_descriptors, waiting_threads


@pytest.fixture(autouse=True)
def no_thread_and_no_descriptor_is_left():
    before = event_descriptors()
    yield
    assert (waiting_threads(), event_descriptors()) == (0, before)


def result_of(coroutine):
    """What it returns without a turn of any loop; there is none."""
    with pytest.raises(StopIteration) as ended:
        coroutine.send(None)
    return ended.value.value


async def begun(coroutine):
    """A task that waits: it had its turn, and nothing to take."""
    task = asyncio.ensure_future(coroutine)
    await asyncio.sleep(0)
    assert not task.done()
    return task


def test_ready_frame_comes_without_a_turn_of_the_loop(pair):
    pair.writer.write(b"there")
    with result_of(pair.reader.acquire_async()) as frame:
        assert bytes(frame) == b"there"
    assert waiting_threads() == 0


def test_room_comes_without_a_turn_of_the_loop(pair):
    with result_of(pair.writer.claim_async(5)) as claim, memoryview(claim) as view:
        view[:] = b"claim"
    assert result_of(pair.writer.write_async(b"write")) == 2
    assert [bytes(frame) for frame in pair.reader.acquire_many(5)] == [b"claim", b"write"]
    assert waiting_threads() == 0


def test_timeout_0_tries_once_without_a_loop(full_pair):
    assert result_of(full_pair.writer.claim_async(1000, 0)) is None
    assert result_of(full_pair.writer.write_async(bytes(1000), timeout=0)) is None
    full_pair.reader.acquire_many(1000)
    assert result_of(full_pair.reader.acquire_async(timeout=0)) is None
    assert waiting_threads() == 0


def test_frame_that_comes_later(pair, run):
    async def main():
        task = await begun(pair.reader.acquire_async())
        pair.writer.write(b"later")
        with await task as frame:
            assert (frame.sequence, bytes(frame)) == (1, b"later")

    run(main())


def test_room_that_comes_later(full_pair, run):
    async def main():
        task = await begun(full_pair.writer.claim_async(1000))
        written = full_pair.reader.acquire_many(1000)
        count = len(written)
        written.clear()
        with await task as claim:
            assert claim.size == 1000
        assert await full_pair.writer.write_async(bytearray(b"next")) == count + 2

    run(main())


def test_write_that_waits(full_pair, run):
    async def main():
        task = await begun(full_pair.writer.write_async(b"x" * 1000))
        full_pair.reader.acquire_many(1000)
        sequence = await task
        with full_pair.reader.acquire(0) as frame:
            assert (frame.sequence, bytes(frame)) == (sequence, b"x" * 1000)

    run(main())


def test_write_that_waits_takes_what_write_takes(full_pair, run):
    """Of some buffers there are bytes and no memoryview: NumPy has no format for dates."""
    content = numpy.zeros(200, "M8[s]")

    async def main():
        task = await begun(full_pair.writer.write_async(content))
        full_pair.reader.acquire_many(1000)
        assert await task is not None

    run(main())
    assert bytes(full_pair.reader.acquire(0)) == content.tobytes()


@pytest.mark.parametrize("end", ["task.cancel()", "room"])
def test_buffer_keeps_its_size_while_a_write_waits(full_pair, run, end):
    content = bytearray(1000)

    async def main():
        task = await begun(full_pair.writer.write_async(content))
        with pytest.raises(BufferError):
            content.clear()
        if end == "room":
            full_pair.reader.acquire_many(1000)
        else:
            task.cancel()
        await asyncio.wait([task])
        content.clear()

    run(main())


def test_every_frame_of_a_stream_arrives_in_order(pair, run, background):
    """From another thread, so that some are there and some are waited for; the ring fills up at times, too."""
    count = 5000

    def stream():
        for number in range(count):
            pair.writer.write(b"%d" % number)
        pair.writer.close()

    async def main():
        return [int(bytes(frame)) async for frame in pair.reader]

    writing = background(stream)
    assert run(main()) == list(range(count))
    writing.result(DEADLINE)


def test_iteration_releases_the_frame_at_the_next_step(pair, run):
    async def main():
        frames = pair.reader.__aiter__()
        pair.writer.write_many([b"a", b"b"])
        first = await frames.__anext__()
        assert bytes(first) == b"a"
        second = await frames.__anext__()
        with pytest.raises(zerobuffer.Misuse, match="released"):
            memoryview(first)
        assert bytes(second) == b"b"
        assert pair.reader.stats().held == 1

    run(main())


def test_iteration_over_batches(pair, run):
    pair.writer.write_many([b"%d" % number for number in range(10)])
    pair.writer.close()

    async def main():
        return [[int(bytes(frame)) for frame in batch] async for batch in pair.reader.batches(4)]

    assert run(main()) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert pair.reader.stats().held == 0


def test_batches_that_come_later(pair, run):
    async def main():
        batches = pair.reader.batches().__aiter__()
        task = await begun(batches.__anext__())
        pair.writer.write_many([b"a", b"b"])
        assert [bytes(frame) for frame in await task][:1] == [b"a"]
        pair.writer.close()
        rest = [bytes(frame) async for batch in batches for frame in batch]
        assert rest in ([b"b"], [])

    run(main())


@pytest.mark.parametrize("several", [False, True], ids=["frames", "batches"])
def test_stream_that_never_pauses_lets_other_tasks_run(pair, run, several):
    async def main():
        turns = 0

        async def other():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.ensure_future(other())
        seen = 0
        pair.writer.write(b"first")
        async for item in pair.reader.batches(8) if several else pair.reader:
            seen += 1
            pair.writer.write(b"another")
            if seen == 1000:
                break
        task.cancel()
        return turns

    assert run(main()) >= 2


def test_time_that_is_over(full_pair, run):
    async def main():
        assert await full_pair.writer.claim_async(1000, timeout=0.001) is None
        assert await full_pair.writer.write_async(bytes(1000), 0.001) is None
        full_pair.reader.acquire_many(1000)
        assert await full_pair.reader.acquire_async(0.001) is None
        full_pair.writer.write(b"next")
        with await full_pair.reader.acquire_async(timeout=DEADLINE) as frame:
            assert bytes(frame) == b"next"

    run(main())


@pytest.mark.parametrize("timeout", [-1, float("nan"), True, 1e300])
def test_impossible_timeout_is_misuse_even_when_all_is_ready(pair, run, timeout):
    pair.writer.write(b"kept")

    async def main():
        for call in (
            lambda: pair.reader.acquire_async(timeout),
            lambda: pair.writer.claim_async(1, timeout),
            lambda: pair.writer.write_async(b"", timeout),
        ):
            with pytest.raises(zerobuffer.Misuse, match="timeout"):
                await call()

    run(main())
    assert bytes(pair.reader.acquire(0)) == b"kept"


def test_wrong_types_are_type_errors(pair, run):
    async def main():
        with pytest.raises(TypeError, match="size must be an int"):
            await pair.writer.claim_async("large")
        with pytest.raises(TypeError, match="bytes-like"):
            await pair.writer.write_async("text")
        with pytest.raises(TypeError, match="timeout"):
            await pair.reader.acquire_async("soon")

    run(main())


def test_without_an_event_loop_what_is_not_there_is_an_error_and_nothing_is_lost(pair):
    with pytest.raises(RuntimeError, match="no running event loop"):
        pair.reader.acquire_async().send(None)
    pair.writer.write(b"kept")
    assert bytes(pair.reader.acquire(1)) == b"kept"
