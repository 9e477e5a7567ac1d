# SPDX-License-Identifier: MIT
"""Any object in one frame: its arrays arrive as views of the ring, and live as long as somebody looks at them."""
import dataclasses
import gc
import pickle
import tracemalloc

import numpy
import pytest

import zerobuffer
from conftest import DEADLINE, until_asleep

LARGE = 1_000_000


@dataclasses.dataclass
class Picture:
    label: str
    pixels: numpy.ndarray


@pytest.fixture
def roomy(name):
    """A pair with room for a few large frames."""
    with zerobuffer.Reader(name, capacity=16 << 20) as reader, zerobuffer.Writer(name) as writer:
        yield reader, writer


def through(pair, content, **options):
    pair.writer.write_object(content)
    return pair.reader.acquire(0).object(**options)


def lies_in(array, frame):
    place = numpy.frombuffer(frame, "u1")
    begin, end = place.__array_interface__["data"][0], place.__array_interface__["data"][0] + place.nbytes
    return begin <= array.__array_interface__["data"][0] and array.__array_interface__["data"][0] + array.nbytes <= end


PLAIN = [None, 0, "text", "\udc80", b"bytes", bytes(20_000), [1, [2, {"three": (4.0, None)}]], {"set": {1, 2}}, 1 << 99]


@pytest.mark.parametrize("copy", [False, True])
@pytest.mark.parametrize("content", PLAIN, ids=lambda content: str(content)[:9].encode("ascii", "replace").decode())
def test_plain_objects_come_back(pair, content, copy):
    assert through(pair, content, copy=copy) == content


@pytest.mark.parametrize("content", ["a" * LARGE, "\u20ac" * LARGE, b"b" * LARGE, bytearray(b"c" * LARGE)], ids=type)
def test_large_text_and_bytes_come_back(roomy, content):
    reader, writer = roomy
    writer.write_object([content, content])
    first, second = reader.acquire(0).object()
    assert first == content and type(first) is type(content)
    assert first is second


def test_arrays_in_containers_are_views_of_the_frame(pair):
    pair.writer.write_object({"a": numpy.arange(10.0), "picture": Picture("cat", numpy.eye(3, dtype="u1"))})
    with pair.reader.acquire(0) as frame:
        content = frame.object()
        assert content["a"].tolist() == list(range(10))
        assert content["picture"].label == "cat" and content["picture"].pixels.tolist() == numpy.eye(3).tolist()
        assert lies_in(content["a"], frame) and lies_in(content["picture"].pixels, frame)
        del content


def test_views_start_on_multiples_of_64(name):
    with zerobuffer.Reader(name) as reader, zerobuffer.Writer(name) as writer:
        writer.write_object([numpy.ones(size, "u1") for size in (1, 63, 64, 65, 0, 7)])
        arrays = reader.acquire(0).object()
    assert [array.size for array in arrays] == [1, 63, 64, 65, 0, 7]
    assert {array.__array_interface__["data"][0] % 64 for array in arrays if array.size} == {0}


def test_frame_stays_until_the_last_view_goes(pair):
    array = through(pair, {"a": numpy.arange(10.0), "b": numpy.arange(3)})["a"]
    gc.collect()
    assert pair.reader.stats().held == 1
    assert array.tolist() == list(range(10))
    part = array[2:4]
    del array
    assert pair.reader.stats().held == 1
    assert part.tolist() == [2, 3]
    del part
    assert pair.reader.stats().held == 0


def test_views_outlive_reader_and_writer(name):
    with zerobuffer.Reader(name) as reader, zerobuffer.Writer(name) as writer:
        writer.write_object([numpy.arange(1000)])
        (array,) = reader.acquire(0).object()
    del reader, writer
    gc.collect()
    assert array.sum() == 499_500


def test_views_are_read_only(pair):
    (array,) = through(pair, [numpy.arange(3)])
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


def test_views_of_a_writable_reader_may_be_written(name, layout):
    with zerobuffer.Reader(name, layout=layout, writable=True) as reader, zerobuffer.Writer(name) as writer:
        writer.write_object([numpy.arange(3)])
        with reader.acquire(0) as frame:
            (array,) = frame.object()
            array[0] = 7
            del array
            assert frame.object(copy=True)[0].tolist() == [7, 1, 2]


def test_copies_are_detached_and_writable(pair):
    pair.writer.write_object({"a": numpy.arange(10.0), "large": numpy.ones(4000)})
    with pair.reader.acquire(0) as frame:
        content = frame.object(copy=True)
        assert not lies_in(content["a"], frame) and not lies_in(content["large"], frame)
    assert pair.reader.stats().held == 0
    content["a"][0] = 5
    assert content["a"][:2].tolist() == [5, 1] and content["large"].sum() == 4000


@pytest.mark.parametrize("copy", [False, True])
def test_array_that_was_read_only_stays_so(pair, copy):
    original = numpy.arange(4)
    original.flags.writeable = False
    (array,) = through(pair, [original], copy=copy)
    assert not array.flags.writeable and array.tolist() == [0, 1, 2, 3]


def test_fortran_order_stays(pair):
    (array,) = through(pair, [numpy.asfortranarray(numpy.arange(6).reshape(2, 3))])
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]] and array.flags.f_contiguous


def test_array_with_gaps_goes_in_the_pickle(pair):
    (array,) = through(pair, [numpy.arange(100)[::7]])
    assert array.tolist() == list(range(0, 100, 7))
    assert pair.reader.stats().held == 0


def test_structured_and_object_arrays(pair):
    records = numpy.array([(1, 2.5), (3, 4.5)], dtype=[("number", "i4"), ("value", "f8")])
    objects = numpy.array([{"a": 1}, "text"], dtype=object)
    back = through(pair, [records, objects])
    assert back[0].dtype == records.dtype and back[0].tolist() == records.tolist()
    assert back[1].tolist() == objects.tolist()


def test_buffers_that_are_no_arrays(pair):
    back = through(pair, [pickle.PickleBuffer(b"read-only"), pickle.PickleBuffer(bytearray(b"writable"))], copy=True)
    assert [bytes(part) for part in back] == [b"read-only", b"writable"]
    assert memoryview(back[0]).readonly and not memoryview(back[1]).readonly


def test_reading_copies_nothing_of_the_buffers(roomy):
    reader, writer = roomy
    writer.write_object({number: numpy.full(LARGE // 8, number, "f8") for number in range(4)})
    with reader.acquire(0) as frame:
        frame.object()
        tracemalloc.start()
        try:
            content = frame.object()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert [array[-1] for array in content.values()] == [0, 1, 2, 3]
        assert all(lies_in(array, frame) for array in content.values())
        del content
    assert peak < 20_000


def test_writing_copies_buffers_and_large_bytes_nowhere_but_into_the_ring(roomy):
    reader, writer = roomy
    content = {"array": numpy.zeros(LARGE // 8), "bytes": bytes(LARGE)}
    writer.write_object(content)
    tracemalloc.start()
    try:
        writer.write_object(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200_000


def test_write_object_waits_no_longer_than_told(full_pair):
    assert full_pair.writer.write_object([numpy.zeros(200)], timeout=0) is None
    assert full_pair.writer.write_object([numpy.zeros(200)], 0.01) is None


def test_buffer_that_is_released_during_the_wait_stays_until_it_is_written(full_pair, background):
    """Who has made a PickleBuffer may release it at any time; what it showed could be freed then."""
    content = bytearray(b"content" * 500)
    buffer = pickle.PickleBuffer(content)
    waiting = background(full_pair.writer.write_object, [buffer])
    until_asleep(full_pair.writer)
    buffer.release()
    with pytest.raises(BufferError):
        content.clear()
    while full_pair.reader.wait(0):
        full_pair.reader.acquire(0).release()
    assert waiting.result(DEADLINE) is not None
    assert full_pair.reader.acquire(0).object(copy=True) == [content]
    content.clear()


def test_objects_within_objects_that_write_objects(pair):
    """Pickling may run code that writes to the same buffer: what is inside comes first."""

    class Chatty:
        def __reduce__(self):
            pair.writer.write_object("inside")
            return str, ("outside",)

    pair.writer.write_object([Chatty()])
    assert [pair.reader.acquire(0).object() for _ in range(2)] == ["inside", ["outside"]]
