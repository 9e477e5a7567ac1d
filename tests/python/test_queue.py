# SPDX-License-Identifier: MIT
"""Queue within one process: the calls of multiprocessing.Queue, and what they promise."""
import contextlib
import gc
import pathlib
import pickle
import queue
import threading

import numpy
import pytest

import zerobuffer
from conftest import DEADLINE, eventually
from zerobuffer import queues


@pytest.fixture
def line():
    """A queue for both ends here."""
    made = zerobuffer.Queue(capacity=1 << 16)
    yield made
    finish(made)


def finish(line):
    """Takes out what is left: otherwise it would stay for another process."""
    with contextlib.suppress(queue.Empty, zerobuffer.Closed):
        while True:
            line.get_nowait()
    line.close()


def bounded(maxsize, **options):
    return zerobuffer.Queue(maxsize, capacity=1 << 16, **options)


def test_objects_come_out_in_order(line):
    contents = [1, "two", {"three": [4.0]}, None, b"five"]
    for content in contents:
        line.put(content)
    assert [line.get() for _ in contents] == contents


def test_arrays_come_out_as_their_own(line):
    line.put({"a": numpy.arange(10)})
    array = line.get()["a"]
    array[0] = 5
    assert array.tolist() == [5, *range(1, 10)]
    assert line.empty() and line.qsize() == 0


def test_arrays_come_out_as_views():
    line = zerobuffer.Queue(capacity=1 << 16, copy=False)
    line.put({"a": numpy.arange(10)})
    array = line.get()["a"]
    assert not array.flags.writeable and array.tolist() == list(range(10))
    # It takes its place until it goes.
    assert line.qsize() == 1 and line.empty()
    del array
    assert line.qsize() == 0
    finish(line)


def test_what_is_changed_after_put_does_not_change_what_was_put(line):
    content = [1]
    line.put(content)
    content.append(2)
    assert line.get() == [1]


@pytest.mark.parametrize("look", [
    lambda line: line.get_nowait(), lambda line: line.get(False), lambda line: line.get(block=False, timeout=5),
    lambda line: line.get(True, 0), lambda line: line.get(timeout=0.01), lambda line: line.get(timeout=-1),
])  # fmt: skip
def test_empty(line, look):
    with pytest.raises(queue.Empty):
        look(line)
    line.put("something")
    assert look(line) == "something"


@pytest.mark.parametrize("try_to_put", [
    lambda line: line.put_nowait(9), lambda line: line.put(9, False), lambda line: line.put(9, block=False, timeout=5),
    lambda line: line.put(9, True, 0), lambda line: line.put(9, timeout=0.01), lambda line: line.put(9, timeout=-1),
])  # fmt: skip
def test_full(try_to_put):
    line = bounded(3)
    for number in range(3):
        assert not line.full()
        line.put_nowait(number)
    assert line.full() and line.qsize() == 3
    with pytest.raises(queue.Full):
        try_to_put(line)
    assert line.get() == 0
    try_to_put(line)
    assert [line.get() for _ in range(3)] == [1, 2, 9]
    finish(line)


@pytest.mark.parametrize("maxsize", [1, 2, 3, 7, 100])
def test_maxsize_counts_objects_of_any_size(maxsize):
    line = bounded(maxsize)
    sizes = [1, 5000, 64, 0, 3000, 63, 65, 128, 20_000, 1]
    waiting = []
    for number in range(5000):
        size = min(sizes[number % len(sizes)], 60_000 // maxsize)
        content = (number, bytes(size))
        if len(waiting) == maxsize:
            with pytest.raises(queue.Full):
                line.put_nowait(content)
            assert line.qsize() == maxsize
            for _ in range(number % maxsize + 1):
                assert line.get() == waiting.pop(0)
        line.put_nowait(content)
        waiting.append(content)
        assert line.qsize() == len(waiting)
    finish(line)


def test_bytes_are_the_limit_without_maxsize(line):
    count = 0
    with pytest.raises(queue.Full):
        while True:
            line.put_nowait(bytes(1000))
            count += 1
    assert 50 < count < 66 and line.qsize() == count
    assert not line.full()


def test_bytes_are_the_limit_before_a_large_maxsize():
    line = bounded(1000)
    for _ in range(300):
        with pytest.raises(queue.Full):
            while True:
                line.put_nowait(bytes(5000))
        line.get()
    finish(line)


def test_put_waits_for_room(background):
    line = bounded(1)
    line.put("first")
    waiting = background(line.put, "second")
    eventually(lambda: line._writer.stats().sleeps > 0)
    assert line.get() == "first"
    waiting.result(DEADLINE)
    assert line.get() == "second"
    finish(line)


def test_get_waits_for_something(line, background):
    waiting = background(line.get)
    eventually(lambda: line._reader is not None and line._reader.stats().sleeps > 0)
    line.put("something")
    assert waiting.result(DEADLINE) == "something"


def test_get_nowait_while_another_thread_waits(line, background):
    waiting = background(line.get)
    eventually(lambda: line._reader is not None and line._reader.stats().sleeps > 0)
    with pytest.raises(queue.Empty):
        line.get_nowait()
    assert line.empty()
    line.put(1)
    assert waiting.result(DEADLINE) == 1


def test_many_threads_at_both_ends(background):
    line = bounded(5)
    putting = [background(lambda first: [line.put(first + n) for n in range(500)], first) for first in (0, 1000, 2000)]
    getting = [background(lambda: [line.get() for _ in range(500)]) for _ in range(3)]
    for future in putting:
        future.result(DEADLINE)
    got = [future.result(DEADLINE) for future in getting]
    assert sorted(sum(got, [])) == [first + n for first in (0, 1000, 2000) for n in range(500)]
    for numbers in got:
        for first in (0, 1000, 2000):
            ours = [number for number in numbers if first <= number < first + 500]
            assert ours == sorted(ours)
    finish(line)


def test_unpicklable_is_refused_where_it_is_put(line):
    with pytest.raises(zerobuffer.Misuse, match="cannot be pickled"):
        line.put(threading.Lock())
    line.put("next")
    assert line.get() == "next"


def test_unpicklable_does_not_count():
    line = bounded(2)
    for _ in range(5):
        with pytest.raises(zerobuffer.Misuse):
            line.put(threading.Lock())
    line.put(1)
    line.put(2)
    with pytest.raises(queue.Full):
        line.put(3, False)
    finish(line)


def test_object_that_cannot_be_loaded_is_passed_over(line):
    line.put(Vanishing())
    line.put("next")
    with pytest.raises(zerobuffer.Incompatible, match="cannot be loaded here"):
        line.get()
    assert line.get() == "next"


class Vanishing:
    def __reduce__(self):
        return int, ("no number",)


def test_object_that_can_never_fit(line):
    with pytest.raises(zerobuffer.TooLarge, match=r"Queue\(capacity=\.\.\.\)"):
        line.put(bytes(100_000))
    line.put("next")
    assert line.get() == "next"


@pytest.mark.parametrize("call", ["put_nowait", "get_nowait"])
@pytest.mark.parametrize("used", [False, True])
def test_closed(line, call, used):
    if used:
        line.put(1)
        line.get()
    line.close()
    line.close()
    with pytest.raises(zerobuffer.Closed, match=line.name):
        getattr(line, call)(*["something"] * (call == "put_nowait"))
    # As the standard library says it.
    assert issubclass(zerobuffer.Closed, ValueError)
    line.join_thread()
    line.cancel_join_thread()


@pytest.mark.parametrize("call, end", [("get", "_reader"), ("put", "_writer")])
def test_close_ends_the_call_of_another_thread(background, call, end):
    line = bounded(1)
    # Both ends are here, so that nobody else is to come for what is left.
    line.put("full")
    if call == "get":
        line.get()
    else:
        with pytest.raises(queue.Empty):
            line.get_nowait(), line.get_nowait()
        line.put("full")
    waiting = background(getattr(line, call), *["more"] * (call == "put"))
    eventually(lambda: getattr(line, end) is not None and getattr(line, end).stats().sleeps > 0)
    line.close()
    with pytest.raises(zerobuffer.Closed):
        waiting.result(DEADLINE)


def test_nothing_is_made_before_the_first_use(line):
    assert line.qsize() == 0 and line.empty() and not line.full()
    assert not pathlib.Path("/dev/shm", line.name).exists()
    line.put(1)
    assert pathlib.Path("/dev/shm", line.name).exists()


def test_dropped_queue_leaves_nothing():
    line = zerobuffer.Queue(capacity=1 << 16)
    line.put(1)
    name = line.name
    assert line.get() == 1
    del line
    gc.collect()
    assert not pathlib.Path("/dev/shm", name).exists()


def test_dropped_queue_with_something_in_it_goes_with_the_next_one():
    line = zerobuffer.Queue(capacity=1 << 16)
    line.put(1)
    name = line.name
    del line
    gc.collect()
    assert pathlib.Path("/dev/shm", name).exists()
    zerobuffer.Queue()
    assert not pathlib.Path("/dev/shm", name).exists()


def test_travels_by_name(line):
    other = pickle.loads(pickle.dumps(line))
    assert (type(other), other.name) == (zerobuffer.Queue, line.name)
    other.put([1])
    assert line.get() == [1]
    other.close()


def test_is_generic_for_type_checkers():
    assert zerobuffer.Queue[int]


@pytest.mark.parametrize("error, kinds", [
    (queues.ProducerClosed, (zerobuffer.PeerClosed, queue.Empty, EOFError)),
    (queues.ProducerDied, (zerobuffer.PeerDied, queue.Empty, ConnectionResetError)),
    (queues.ConsumerClosed, (zerobuffer.PeerClosed, queue.Full)),
    (queues.ConsumerDied, (zerobuffer.PeerDied, queue.Full)),
])  # fmt: skip
def test_lost_peers_are_what_callers_of_the_standard_library_catch(error, kinds):
    assert all(issubclass(error, kind) for kind in kinds)
    assert type(pickle.loads(pickle.dumps(error("why")))) is error
