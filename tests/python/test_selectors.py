# SPDX-License-Identifier: MIT
"""fileno(): readable while a frame, or room, may be there; unreadable from a call that found nothing until it came."""
import asyncio
import select
import selectors

import pytest

import zerobuffer
from conftest import DEADLINE, event_descriptors, remove, until_asleep, waiting_threads


@pytest.fixture(autouse=True)
def no_thread_and_no_descriptor_is_left():
    before = event_descriptors()
    yield
    assert (waiting_threads(), event_descriptors()) == (0, before)


def readable(endpoint, timeout=0):
    return bool(select.select([endpoint], [], [], timeout)[0])


def drain(reader):
    """What a program does that has been told of frames."""
    contents = []
    while (frame := reader.acquire(0)) is not None:
        contents.append(bytes(frame))
        frame.release()
    return contents


def test_unreadable_from_a_try_that_found_nothing_until_a_frame_comes(pair):
    pair.reader.fileno()
    assert drain(pair.reader) == []
    assert not readable(pair.reader)
    pair.writer.write(b"first")
    pair.writer.write(b"second")
    assert readable(pair.reader, DEADLINE)
    with pair.reader.acquire(0) as frame:
        assert bytes(frame) == b"first"
    assert readable(pair.reader)
    assert drain(pair.reader) == [b"second"]
    assert not readable(pair.reader)


def test_readable_from_the_beginning_as_nobody_has_looked(pair):
    pair.writer.write(b"before")
    assert readable(pair.reader)
    assert waiting_threads() == 0
    assert drain(pair.reader) == [b"before"]


@pytest.mark.parametrize("attempt", [
    lambda reader: reader.acquire(0),
    lambda reader: reader.acquire(0.001),
    lambda reader: reader.acquire_latest(0),
    lambda reader: reader.acquire_many(5, 0),
    lambda reader: reader.wait(0),
    lambda reader: reader.wait(0.001),
])  # fmt: skip
def test_every_call_that_finds_nothing_makes_it_unreadable(pair, attempt):
    pair.reader.fileno()
    assert not attempt(pair.reader)
    assert not readable(pair.reader)
    pair.writer.write(b"x")
    assert readable(pair.reader, DEADLINE)


@pytest.mark.parametrize("attempt", [
    lambda writer: writer.claim(1000, 0),
    lambda writer: writer.claim(1000, 0.001),
    lambda writer: writer.write(bytes(1000), 0),
    lambda writer: writer.write_parts([bytes(500), bytes(500)], 0),
    lambda writer: writer.write_many([bytes(1000)], 0),
    lambda writer: writer.wait(1000, 0),
])  # fmt: skip
def test_writer_is_readable_when_there_is_room(full_pair, attempt):
    full_pair.writer.fileno()
    assert not attempt(full_pair.writer)
    assert not readable(full_pair.writer)
    full_pair.reader.acquire_many(1000)
    assert readable(full_pair.writer, DEADLINE)
    assert attempt(full_pair.writer)


def test_room_for_the_size_asked_for_last(full_pair):
    """Less room than for the first size, and enough for the second."""
    full_pair.writer.fileno()
    assert full_pair.writer.claim(30_000, 0) is None
    assert full_pair.writer.claim(1000, 0) is None
    full_pair.reader.acquire_many(3).clear()
    assert readable(full_pair.writer, DEADLINE)
    full_pair.writer.claim(1000, 0).abort()
    assert full_pair.writer.claim(30_000, 0) is None


def test_one_selector_for_many_readers(name):
    readers = [zerobuffer.Reader(f"{name}-{number}") for number in range(5)]
    writers = [zerobuffer.Writer(reader.name) for reader in readers]
    with selectors.DefaultSelector() as selector:
        for reader in readers:
            selector.register(reader, selectors.EVENT_READ, reader)
        got = {reader.name: [] for reader in readers}
        for round_ in range(20):
            for writer in writers[: 1 + round_ % 5]:
                writer.write(b"%d" % round_)
            while sum(map(len, got.values())) < sum(1 + number % 5 for number in range(round_ + 1)):
                for key, _ in selector.select(DEADLINE):
                    got[key.data.name] += drain(key.data)
        assert got[readers[4].name] == [b"4", b"9", b"14", b"19"]
    for endpoint in (*writers, *readers):
        endpoint.close()


def test_loss_of_the_writer_is_told_by_the_next_try(pair):
    """A plain try looks for its peer only now and then; one that was told to look says what the thread has found."""
    pair.writer.write(b"last")
    pair.reader.fileno()
    assert drain(pair.reader) == [b"last"]
    pair.writer.close()
    assert readable(pair.reader, DEADLINE)
    with pytest.raises(zerobuffer.PeerClosed, match=pair.name):
        while True:
            assert pair.reader.acquire(0) is None
            assert readable(pair.reader, DEADLINE)


def test_loss_of_the_reader_is_told_by_the_next_try(full_pair):
    full_pair.writer.fileno()
    assert full_pair.writer.claim(1000, 0) is None
    full_pair.reader.close()
    assert readable(full_pair.writer, DEADLINE)
    with pytest.raises(zerobuffer.PeerClosed, match=full_pair.name):
        full_pair.writer.claim(1000, 0)
    full_pair.writer.close()
    if full_pair.layout == "v2":
        remove(full_pair.name)


def test_loss_of_a_writer_is_no_news_when_another_has_come(pair):
    pair.writer.write(b"first")
    pair.reader.fileno()
    assert drain(pair.reader) == [b"first"]
    pair.writer.close()
    assert readable(pair.reader, DEADLINE)
    with zerobuffer.Writer(pair.name) as writer:
        writer.write(b"second")
        assert drain(pair.reader) == [b"second"]
        assert not readable(pair.reader)
        writer.write(b"third")
        assert readable(pair.reader, DEADLINE)
        assert drain(pair.reader) == [b"third"]


def test_loss_of_a_reader_is_no_news_when_another_has_come(name):
    with zerobuffer.Writer.create(name, capacity=1 << 16) as writer:
        reader = zerobuffer.Reader.open(name)
        writer.fileno()
        while writer.write(bytes(1000), 0):
            pass
        reader.close()
        assert readable(writer, DEADLINE)
        with zerobuffer.Reader.open(name) as reader:
            reader.acquire(0).release()
            while writer.write(bytes(1000), 0):
                pass
            assert not readable(writer)
            reader.acquire_many(1000).clear()
            assert readable(writer, DEADLINE)
            assert writer.write(bytes(1000), 0)
            reader.acquire_many(1000).clear()


def test_call_that_waits_takes_the_turn_of_the_thread(pair, background):
    pair.reader.fileno()
    assert drain(pair.reader) == []
    waiting = background(pair.reader.acquire)
    until_asleep(pair.reader)
    assert pair.reader.acquire(0) is None
    assert not readable(pair.reader)
    pair.writer.write(b"for the call")
    assert bytes(waiting.result(DEADLINE)) == b"for the call"
    # It may have left more than it took.
    assert readable(pair.reader, DEADLINE)
    assert drain(pair.reader) == []
    pair.writer.write(b"for the selector")
    assert readable(pair.reader, DEADLINE)


def test_metadata_is_waited_for_beside_a_selector(pair, background):
    pair.reader.fileno()
    assert drain(pair.reader) == []
    assert pair.reader.metadata(timeout=0.001) is None
    pair.writer.publish_metadata(b"here")
    assert pair.reader.metadata(timeout=DEADLINE) == b"here"
    assert drain(pair.reader) == []
    pair.writer.write(b"x")
    assert readable(pair.reader, DEADLINE)


def test_cancel_stays_for_the_call_that_waits(pair):
    pair.reader.fileno()
    assert drain(pair.reader) == []
    pair.reader.cancel()
    # The thread may have noticed it; it is not for it.
    assert pair.reader.acquire(0) is None
    with pytest.raises(zerobuffer.Cancelled, match=pair.name):
        pair.reader.acquire(timeout=DEADLINE)
    assert pair.reader.acquire(timeout=0.001) is None
    pair.writer.write(b"x")
    assert readable(pair.reader, DEADLINE)


def test_task_and_selector_at_once(pair, run):
    """A reader that a task waits for may be in a selector, too: whoever comes first has the frame."""

    async def main():
        told = asyncio.Event()
        pair.reader.fileno()
        assert pair.reader.acquire(0) is None
        loop = asyncio.get_running_loop()
        loop.add_reader(pair.reader.fileno(), told.set)
        task = asyncio.ensure_future(pair.reader.acquire_async())
        await asyncio.sleep(0)
        pair.writer.write(b"once")
        assert bytes(await task) == b"once"
        await told.wait()
        loop.remove_reader(pair.reader.fileno())
        assert pair.reader.acquire(0) is None

    run(main())


def test_large_frames_go_through_while_a_selector_looks_on(name):
    """Copies of this size leave the GIL, unless the thread waits."""
    content = bytes(1 << 20)
    with zerobuffer.Reader(name, capacity=4 << 20) as reader, zerobuffer.Writer(name) as writer:
        writer.fileno()
        reader.fileno()
        received = 0
        for _ in range(30):
            while writer.write(content, timeout=0) is None:
                assert readable(reader, DEADLINE)
                received += len(drain(reader))
                assert readable(writer, DEADLINE)
        received += len(drain(reader))
        assert received == 30


def test_closing_lets_go_of_the_descriptor(pair):
    pair.reader.fileno()
    assert drain(pair.reader) == []
    pair.reader.close()
    with pytest.raises(zerobuffer.Closed, match=pair.name):
        pair.reader.fileno()


def test_endpoint_that_was_never_attached(name):
    reader = zerobuffer.Reader.__new__(zerobuffer.Reader)
    with pytest.raises(zerobuffer.Closed, match="never attached"):
        reader.fileno()


def test_no_descriptor_left_is_a_system_failure_and_all_goes_on(name, process):
    child = process(
        """
        import resource, select
        with zerobuffer.Reader(arguments[0]) as reader, zerobuffer.Writer(arguments[0]) as writer:
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
            try:
                reader.fileno()
            except zerobuffer.SystemFailure as error:
                say(error.system_error)
                say(arguments[0] in str(error))
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            reader.fileno()
            assert reader.acquire(0) is None
            writer.write(b"x")
            assert select.select([reader], [], [], 60)[0]
            say(bytes(reader.acquire(0)).decode())
        """,
        name,
    )
    assert child.finish() == (["24", "True", "x"], "")
