# SPDX-License-Identifier: MIT
"""What is no object, was cut off, lies, or cannot be pickled: an error that says so, and the next call works."""
import pickle
import struct
import threading
import tracemalloc

import numpy
import pytest

import zerobuffer

HEAD = struct.Struct("<8sIIQQ")
ENTRY = struct.Struct("<QQ")
CONTENT = {"array": numpy.arange(100.0), "other": numpy.ones(3), "text": "x"}


@pytest.fixture
def good(name):
    """The bytes of a frame that holds an object: 32 of head, 2 x 16 of table, the pickle, the buffers."""
    with zerobuffer.Reader(name + "-good") as reader, zerobuffer.Writer(name + "-good") as writer:
        writer.write_object(CONTENT)
        return bytearray(bytes(reader.acquire(0)))


def refused(pair, content, message):
    """Neither as views nor as copies; the frame goes back, and the next one is as good as ever."""
    pair.writer.write(content)
    with pair.reader.acquire(0) as frame:
        for copy in (False, True):
            with pytest.raises(zerobuffer.Incompatible, match=message) as caught:
                frame.object(copy)
            assert f"{pair.name!r}: frame {frame.sequence}" in str(caught.value)
    del caught
    assert pair.reader.stats().held == 0
    pair.writer.write_object("next")
    assert pair.reader.acquire(0).object() == "next"


def with_entry(good, number, offset, size):
    ENTRY.pack_into(good, HEAD.size + number * ENTRY.size, offset, size)
    return good


def test_head_is_as_documented(good):
    magic, version, count, frame_size, pickle_size = HEAD.unpack_from(good)
    assert (magic, version, count, frame_size) == (b"ZBOBJECT", 1, 2, len(good))
    first, second = ENTRY.iter_unpack(good[HEAD.size:HEAD.size + 2 * ENTRY.size])
    assert [size for _, size in (first, second)] == [800, 24]
    assert numpy.frombuffer(good, "f8", 100, first[0]).tolist() == CONTENT["array"].tolist()
    begin = HEAD.size + 2 * ENTRY.size
    buffers = [good[offset:offset + size] for offset, size in (first, second)]
    content = pickle.loads(good[begin:begin + pickle_size], buffers=buffers)
    assert content["other"].tolist() == [1, 1, 1]


@pytest.mark.parametrize("content", [b"hello", b"x" * 32, b"x" * 999, bytes(64), pickle.dumps("x"), b'{"json": 1}'])
def test_frame_of_another_kind(pair, content):
    refused(pair, content, "not an object: it (is shorter|starts with other)")


def test_every_truncation(pair, good):
    for size in range(1, len(good)):
        pair.writer.write(good[:size])
        with pair.reader.acquire(0) as frame, pytest.raises(zerobuffer.Incompatible, match="cut off|shorter"):
            frame.object()


def test_more_than_the_head_says(pair, good):
    refused(pair, good + b"x", "cut off, or the head is wrong")


def test_version_of_the_future(pair, good):
    struct.pack_into("<I", good, 8, 2)
    refused(pair, good, "it has version 2")


@pytest.mark.parametrize("count", [3, 1000, (1 << 32) - 1])
def test_count_that_lies(pair, good, count):
    struct.pack_into("<I", good, 12, count)
    refused(pair, good, "not an object: (its head names|buffer)")


@pytest.mark.parametrize("size", [1 << 62, (1 << 64) - 1, (1 << 64) - 64, 2000])
def test_pickle_size_that_lies(pair, good, size):
    struct.pack_into("<Q", good, 24, size)
    refused(pair, good, "not an object: ")


@pytest.mark.parametrize("offset, size", [
    (0, 8), (64, 8), (1, 8), (1 << 63, 8), ((1 << 64) - 64, 128), (256, 1 << 63), (256, (1 << 64) - 1), (1 << 20, 0),
])  # fmt: skip
def test_buffer_elsewhere(pair, good, offset, size):
    refused(pair, with_entry(good, 0, offset, size), "buffer [01] would lie at")


def test_buffers_over_each_other(pair, good):
    first = ENTRY.unpack_from(good, HEAD.size)
    refused(pair, with_entry(good, 1, *first), "buffer 1 would lie at")


def test_buffer_that_reaches_behind_the_frame(pair, good):
    offset, size = ENTRY.unpack_from(good, HEAD.size + ENTRY.size)
    refused(pair, with_entry(good, 1, offset, len(good) - offset + 1), "buffer 1 would lie at")


def test_pickle_that_is_none(pair, good):
    good[HEAD.size + 2 * ENTRY.size] = 0xFF
    pair.writer.write(good)
    with pair.reader.acquire(0) as frame, pytest.raises(zerobuffer.Incompatible, match="cannot be loaded") as caught:
        frame.object()
    assert isinstance(caught.value.__cause__, pickle.UnpicklingError)


def test_pickle_that_asks_for_more_buffers_than_there_are(pair, good):
    pickled = pickle.dumps(CONTENT, 5, buffer_callback=lambda buffer: None)
    one = ENTRY.pack(-(-(HEAD.size + ENTRY.size + len(pickled)) // 64) * 64, 800)
    size = ENTRY.unpack(one)[0] + 800
    frame = (HEAD.pack(b"ZBOBJECT", 1, 1, size, len(pickled)) + one + pickled).ljust(size, b"\0")
    pair.writer.write(frame)
    with pair.reader.acquire(0) as lease, pytest.raises(zerobuffer.Incompatible, match="out-of-band") as caught:
        lease.object()
    assert isinstance(caught.value.__cause__, pickle.UnpicklingError)


def test_lies_about_sizes_allocate_nothing(pair, good):
    struct.pack_into("<I", good, 12, (1 << 32) - 1)
    pair.writer.write(good)
    with pair.reader.acquire(0) as frame:
        tracemalloc.start()
        try:
            with pytest.raises(zerobuffer.Incompatible):
                frame.object(copy=True)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 20_000


def test_class_that_is_not_here(pair):
    pickled = b"cno_such_module\nThing\n."
    pair.writer.write(HEAD.pack(b"ZBOBJECT", 1, 0, HEAD.size + len(pickled), len(pickled)) + pickled)
    with pair.reader.acquire(0) as frame, pytest.raises(zerobuffer.Incompatible, match="no_such_module") as caught:
        frame.object()
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)


def test_released_frame(pair):
    pair.writer.write_object(1)
    frame = pair.reader.acquire(0)
    frame.release()
    with pytest.raises(zerobuffer.Misuse, match="was released"):
        frame.object()


@pytest.mark.parametrize("thing, cause", [
    (lambda: None, (AttributeError, pickle.PicklingError)),
    (threading.Lock(), TypeError),
    (pickle.PickleBuffer(memoryview(bytearray(10))[::2]), pickle.PicklingError),
], ids=["function", "lock", "gaps"])  # fmt: skip
def test_unpicklable_half_way(pair, thing, cause):
    """After a megabyte of what can be pickled: nothing of it is in the ring, and the next object is."""
    before = pair.writer.stats()
    with pytest.raises(zerobuffer.Misuse, match="this dict cannot be pickled .* nothing was written") as caught:
        pair.writer.write_object({"first": bytes(1 << 20), "array": numpy.zeros(100_000), "thing": thing})
    assert isinstance(caught.value.__cause__, cause)
    del caught
    assert pair.writer.stats() == before and pair.reader.acquire(0) is None
    pair.writer.write_object({"array": numpy.ones(10)})
    assert pair.reader.acquire(0).object()["array"].sum() == 10


def test_recursion_without_an_end(pair):
    content = []
    for _ in range(100_000):
        content = [content]
    with pytest.raises(zerobuffer.Misuse, match="RecursionError"):
        pair.writer.write_object(content)
    while content:
        (content,) = content
    pair.writer.write_object("next")
    assert pair.reader.acquire(0).object() == "next"


def test_interrupt_while_pickling(pair):
    class Interrupted:
        def __reduce__(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pair.writer.write_object([Interrupted()])
    pair.writer.write_object("next")
    assert pair.reader.acquire(0).object() == "next"


def test_failure_under_an_open_claim_changes_nothing(pair):
    claim = pair.writer.claim(10)
    with pytest.raises(zerobuffer.Misuse, match="cannot be pickled"):
        pair.writer.write_object(threading.Lock())
    with pytest.raises(zerobuffer.Misuse, match="claim"):
        pair.writer.write_object("text")
    claim.commit()
    assert pair.reader.acquire(0).size == 10


def test_object_that_can_never_fit(pair):
    with pytest.raises(zerobuffer.TooLarge):
        pair.writer.write_object(numpy.zeros(100_000))
    pair.writer.write_object("next")
    assert pair.reader.acquire(0).object() == "next"


def test_closed_writer(pair):
    pair.writer.close()
    with pytest.raises(zerobuffer.Closed):
        pair.writer.write_object("text")


@pytest.mark.parametrize("timeout", [-1, float("nan"), True])
def test_bad_timeout(pair, timeout):
    with pytest.raises(zerobuffer.Misuse, match="timeout"):
        pair.writer.write_object("text", timeout)
