# SPDX-License-Identifier: MIT
"""One thread waits; others release, look, cancel and close meanwhile."""
import select
import threading

import pytest

import zerobuffer
from conftest import DEADLINE, eventually, until_asleep

READER_WAITS = {
    "acquire": lambda reader: reader.acquire(),
    "acquire_latest": lambda reader: reader.acquire_latest(timeout=3600),
    "acquire_many": lambda reader: reader.acquire_many(5),
    "wait": lambda reader: reader.wait(),
    "iteration": lambda reader: next(iter(reader)),
}
WRITER_WAITS = {
    "write": lambda writer: writer.write(bytes(1000)),
    "write_parts": lambda writer: writer.write_parts([bytes(500), bytes(500)], timeout=3600),
    "write_many": lambda writer: writer.write_many([bytes(1000)]),
    "claim": lambda writer: writer.claim(1000),
    "wait": lambda writer: writer.wait(1000),
}
ENDS = {"cancel": zerobuffer.Cancelled, "close": zerobuffer.Closed}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("wait", READER_WAITS)
def test_reader_waits_until_another_thread_ends_it(pair, background, wait, end):
    waiting = background(READER_WAITS[wait], pair.reader)
    until_asleep(pair.reader)
    getattr(pair.reader, end)()
    with pytest.raises(ENDS[end], match=pair.name):
        waiting.result(DEADLINE)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("wait", WRITER_WAITS)
def test_writer_waits_until_another_thread_ends_it(full_pair, background, wait, end):
    waiting = background(WRITER_WAITS[wait], full_pair.writer)
    until_asleep(full_pair.writer)
    getattr(full_pair.writer, end)()
    with pytest.raises(ENDS[end], match=full_pair.name):
        waiting.result(DEADLINE)


def test_cancelled_reader_loses_nothing(pair, background):
    waiting = background(pair.reader.acquire)
    until_asleep(pair.reader)
    pair.reader.cancel()
    with pytest.raises(zerobuffer.Cancelled):
        waiting.result(DEADLINE)
    pair.writer.write(b"first")
    with pair.reader.acquire() as frame:
        assert (frame.sequence, bytes(frame)) == (1, b"first")


def test_cancel_ends_the_next_wait_when_nobody_waits(pair):
    pair.reader.cancel()
    assert pair.reader.acquire(timeout=0) is None
    with pytest.raises(zerobuffer.Cancelled):
        pair.reader.acquire(timeout=DEADLINE)


@pytest.mark.parametrize("wait", ["wait_for_peer", "metadata"])
@pytest.mark.parametrize("end", ENDS)
def test_wait_for_a_writer_that_another_thread_ends(name, layout, background, wait, end):
    with zerobuffer.Reader(name, layout=layout) as reader:
        started = threading.Event()

        def waiter():
            started.set()
            return getattr(reader, wait)(timeout=3600)

        waiting = background(waiter)
        assert started.wait(DEADLINE)
        getattr(reader, end)()
        with pytest.raises(ENDS[end], match=name):
            waiting.result(DEADLINE)


def test_frames_are_released_while_another_thread_waits(full_pair, background):
    frames = full_pair.reader.acquire_many(1000)
    waiting = background(full_pair.reader.acquire)
    until_asleep(full_pair.reader)
    assert full_pair.reader.stats().held == len(frames)
    frames.clear()
    assert full_pair.reader.stats().held == 0
    full_pair.writer.write(b"next")
    with waiting.result(DEADLINE) as frame:
        assert bytes(frame) == b"next"


def test_second_thread_that_waits_is_refused(pair, background):
    waiting = background(pair.reader.acquire)
    until_asleep(pair.reader)
    for wait in READER_WAITS.values():
        with pytest.raises(zerobuffer.Misuse, match=f"{pair.name}.*another thread"):
            wait(pair.reader)
    with pytest.raises(zerobuffer.Misuse, match="another thread"):
        pair.reader.metadata(timeout=1)
    assert pair.reader.acquire(timeout=0) is None
    pair.writer.write(b"for the first")
    with waiting.result(DEADLINE) as frame:
        assert bytes(frame) == b"for the first"


def test_second_writer_that_waits_is_refused(full_pair, background):
    waiting = background(full_pair.writer.claim, 1000)
    until_asleep(full_pair.writer)
    for wait in WRITER_WAITS.values():
        with pytest.raises(zerobuffer.Misuse, match=f"{full_pair.name}.*another thread"):
            wait(full_pair.writer)
    assert full_pair.writer.write(bytes(1000), timeout=0) is None
    for frame in full_pair.reader.acquire_many(5):
        frame.release()
    waiting.result(DEADLINE).abort()


def refused(call):
    try:
        call()
    except zerobuffer.Misuse:
        return True
    return False


def test_frames_go_back_while_another_thread_waits_for_metadata(pair, background):
    pair.writer.write_many([b"dropped", b"released", b"kept"])
    dropped, released, kept = pair.reader.acquire_many(3)
    waiting = background(pair.reader.metadata, None)
    eventually(lambda: refused(lambda: pair.reader.acquire(timeout=0)))
    del dropped
    released.release()
    pair.writer.publish_metadata(b"here")
    assert waiting.result(DEADLINE) == b"here"
    assert pair.reader.stats().held == 1
    kept.release()
    assert pair.reader.stats().used == 0


def test_closing_while_another_thread_waits_for_metadata(pair, background):
    pair.writer.write(b"kept")
    frame = pair.reader.acquire()
    waiting = background(pair.reader.metadata, None)
    eventually(lambda: refused(pair.reader.stats))
    pair.reader.close()
    with pytest.raises(zerobuffer.Closed):
        waiting.result(DEADLINE)
    assert bytes(frame) == b"kept"
    frame.release()


def test_stats_while_another_thread_copies(name, background):
    """Copies of this size leave the GIL: a look from outside comes in the middle of them."""
    content = bytes(4 << 20)
    with zerobuffer.Reader(name) as reader, zerobuffer.Writer(name) as writer:
        counted = []

        def write():
            for _ in range(30):
                writer.write(content)
                reader.acquire().release()

        writing = background(write)
        while not writing.done():
            counted.append(writer.stats().frames)
        writing.result()
        assert counted == sorted(counted)
        assert writer.stats().frames == 30


def test_task_that_was_woken_is_not_shut_out_by_a_copy(name, background):
    """Between its waking and its turn of the loop: another thread's copy of this size would leave the GIL."""
    with zerobuffer.Reader(name, capacity=64 << 20) as reader, zerobuffer.Writer(name) as writer:
        wait = zerobuffer._core._TaskWait(writer, 1000)
        try:
            # There is room: the thread that waits for the task is through.
            assert select.select([wait.descriptor], [], [], DEADLINE)[0]
            content = bytes(32 << 20)
            writing = background(writer.write, content)
            while not writing.done():
                assert writer.wait(1000, 0)
            assert writing.result() == 1
        finally:
            wait.end()
        reader.acquire(0).release()


def test_second_writer_in_the_middle_of_a_copy_is_refused_or_waits_its_turn(name, background):
    """Two threads at once are a mistake; it must never reach the ring."""
    content = bytes(8 << 20)
    refusals = []

    def write(writer, count):
        done = 0
        while done < count:
            try:
                done += writer.write(content) is not None
            except zerobuffer.Misuse as refusal:
                refusals.append(str(refusal))

    with zerobuffer.Reader(name, capacity=64 << 20) as reader, zerobuffer.Writer(name) as writer:
        writers = [background(write, writer, 10) for _ in range(2)]
        sequences = []
        while len(sequences) < 20:
            with reader.acquire(timeout=DEADLINE) as frame:
                sequences.append(frame.sequence)
                assert len(frame) == len(content)
        for writing in writers:
            writing.result(DEADLINE)
    assert sequences == list(range(1, 21))
    assert all("another thread" in refusal for refusal in refusals)


@pytest.mark.parametrize("round_", range(20))
def test_closing_as_a_wait_begins(pair, background, round_):
    """Wherever the other thread is by now: it ends with Closed or Cancelled and touches nothing afterwards."""
    barrier = threading.Barrier(2)

    def waiter():
        barrier.wait(DEADLINE)
        return pair.reader.acquire()

    waiting = background(waiter)
    barrier.wait(DEADLINE)
    pair.reader.close()
    with pytest.raises(zerobuffer.Closed):
        waiting.result(DEADLINE)


def test_closing_as_frames_are_released(name, layout, background):
    for _ in range(50):
        with zerobuffer.Reader(name, layout=layout, capacity=1 << 16) as reader, zerobuffer.Writer(name) as writer:
            writer.write_many([b"x"] * 100)
            frames = reader.acquire_many(100)
            closing = background(reader.close)
            frames.clear()
            closing.result(DEADLINE)


def test_threads_with_an_endpoint_each(name, layout, background):
    def pump(number):
        with zerobuffer.Reader(f"{name}-{number}", layout=layout, capacity=1 << 16) as reader:
            with zerobuffer.Writer(f"{name}-{number}") as writer:
                for sequence in range(1, 1001):
                    assert writer.write(b"%d" % number) == sequence
                    with reader.acquire() as frame:
                        assert bytes(frame) == b"%d" % number
        return number

    pumps = [background(pump, number) for number in range(4)]
    assert [running.result(DEADLINE) for running in pumps] == [0, 1, 2, 3]


def test_any_other_thread_runs_while_one_waits(pair, background):
    waiting = background(pair.reader.acquire)
    until_asleep(pair.reader)
    assert sum(range(100_000)) == 4_999_950_000
    pair.writer.write(b"x")
    waiting.result(DEADLINE).release()
