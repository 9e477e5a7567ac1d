# SPDX-License-Identifier: MIT
"""Arrays arrive with dtype, shape and order, in place, and keep their bytes as long as they live."""
import array
import ctypes
import gc

import numpy
import pytest

import zerobuffer
from conftest import DEADLINE

POINT = numpy.dtype([("x", "<f4"), ("y", ">i2"), ("name", "S3")])
PADDED = numpy.dtype([("flag", "?"), ("value", "<f8")], align=True)
NESTED = numpy.dtype([("at", POINT), ("matrix", "<i2", (2, 3)), (("a title", "titled"), "u1")])

ARRAYS = {
    "bool": numpy.array([True, False]),
    "int8": numpy.array([-1, 2], "i1"),
    "uint64": numpy.array([2**64 - 1], "u8"),
    "float16": numpy.array([1.5], "f2"),
    "longdouble": numpy.array([1, 2], numpy.longdouble),
    "complex": numpy.array([1 + 2j, 3], "c8"),
    "big-endian": numpy.arange(5, dtype=">i4"),
    "bytes": numpy.array([b"ab", b"c"]),
    "characters": numpy.array(["ab", "\u20ac"]),
    "void": numpy.zeros(2, "V5"),
    "dates": numpy.array(["2020-01-01T12", "NaT"], "M8[h]"),
    "durations": numpy.array([1, -2], ">m8[25s]"),
    "no unit": numpy.array([1, -2], "m8"),
    "record": numpy.array([(1, 2, b"abc"), (3, 4, b"d")], POINT),
    "padded record": numpy.array([(True, 0.5)] * 3, PADDED),
    "nested record": numpy.zeros((2, 2), NESTED),
    "no dimension": numpy.array(3.5),
    "no items": numpy.zeros((3, 0, 2), "f4"),
    "three dimensions": numpy.arange(24.0).reshape(2, 3, 4),
    "32 dimensions": numpy.arange(4).reshape((1,) * 30 + (2, 2)),
    "Fortran order": numpy.asfortranarray(numpy.arange(6).reshape(2, 3)),
    "every other": numpy.arange(12).reshape(3, 4)[:, ::2],
    "backwards": numpy.arange(5)[::-1],
    "broadcast": numpy.broadcast_to(numpy.arange(3), (4, 3)),
    "axes turned": numpy.arange(24).reshape(2, 3, 4).transpose(1, 2, 0),
}


def through(pair, content):
    """The array that arrives; its frame is gone, as far as one can see."""
    assert pair.writer.write_array(content, timeout=0) is not None
    with pair.reader.acquire(0) as frame:
        return frame.array()


@pytest.mark.filterwarnings("ignore:.*view.*live:ResourceWarning")
@pytest.mark.parametrize("content", ARRAYS.values(), ids=ARRAYS)
def test_arrives_as_it_was(pair, content):
    arrived = through(pair, content)
    assert (arrived.dtype, arrived.shape) == (content.dtype, content.shape)
    assert arrived.tobytes() == content.tobytes()


@pytest.mark.filterwarnings("ignore:.*view.*live:ResourceWarning")
def test_fortran_order_stays_and_others_become_c(pair):
    assert through(pair, ARRAYS["Fortran order"]).flags.f_contiguous
    assert through(pair, ARRAYS["axes turned"]).flags.c_contiguous


LIES = {
    "larger": {"shape": (4000,)},
    "more dimensions": {"shape": (2, 3, 4000)},
    "larger items": {"dtype": numpy.dtype("V4000")},
    "no shape": {"shape": None},
}


@pytest.mark.filterwarnings("ignore:.*view.*live:ResourceWarning")
@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
@pytest.mark.parametrize("content", [numpy.arange(6), numpy.arange(12).reshape(3, 4)[:, ::2]], ids=["dense", "gaps"])
def test_subclass_arrives_as_its_bytes_are_whatever_it_says(pair, content, lie):
    said = {name: property(lambda self, value=value: value) for name, value in lie.items()}
    lying = type("Lying", (numpy.ndarray,), said)
    arrived = through(pair, numpy.ndarray.view(content, lying))
    assert (arrived.dtype, arrived.shape, arrived.tobytes()) == (content.dtype, content.shape, content.tobytes())


class Pair(ctypes.Structure):
    _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_float)]


SOURCES = {
    "array.array": array.array("d", [1, 2]),
    "bytearray": bytearray(b"abc"),
    "memoryview": memoryview(bytes(12)).cast("i", (3, 1)),
    "memoryview with gaps": memoryview(b"abcdef")[::2],
    "ctypes array": (ctypes.c_uint16 * 3)(1, 2, 3),
    "ctypes structure": Pair(1, 2),
    "NumPy scalar": numpy.float32(1.5),
    "array method": type("Method", (), {"__array__": lambda self: numpy.arange(3)})(),
}


@pytest.mark.filterwarnings("ignore:.*view.*live:ResourceWarning")
@pytest.mark.parametrize("kind", SOURCES)
def test_takes_whatever_numpy_takes(pair, kind):
    expected = numpy.asarray(SOURCES[kind])
    arrived = through(pair, SOURCES[kind])
    assert (arrived.dtype, arrived.shape, arrived.tobytes()) == (expected.dtype, expected.shape, expected.tobytes())


@pytest.mark.filterwarnings("ignore:.*view.*live:ResourceWarning")
def test_takes_bytes_one_by_one(pair):
    assert through(pair, b"abc").tolist() == [97, 98, 99]


@pytest.mark.filterwarnings("ignore:.*view.*live:ResourceWarning")
def test_takes_the_array_interface(pair):
    content = numpy.arange(4.0)

    class Interface:
        __array_interface__ = content.__array_interface__

    assert through(pair, Interface()).tolist() == [0, 1, 2, 3]


def test_is_a_view_of_the_ring(name):
    with zerobuffer.Reader(name, capacity=1 << 16, writable=True) as reader, zerobuffer.Writer(name) as writer:
        writer.write_array(numpy.arange(4))
        frame = reader.acquire(0)
        frame.array()[2] = 70
        assert frame.array().tolist() == [0, 1, 70, 3]
        assert numpy.shares_memory(frame.array(), numpy.asarray(frame))


def test_is_read_only_without_writable(pair):
    pair.writer.write_array(numpy.arange(4))
    frame = pair.reader.acquire(0)
    with pytest.raises(ValueError, match="read-only"):
        frame.array()[0] = 1
    with pytest.raises(ValueError):
        frame.array().flags.writeable = True


def test_items_start_on_64_bytes(name):
    with zerobuffer.Reader(name, capacity=1 << 16) as reader, zerobuffer.Writer(name) as writer:
        for content in (numpy.arange(3), numpy.zeros((1,) * 20, "f8"), numpy.zeros(2, NESTED)):
            writer.write_array(content)
            assert reader.acquire(0).array().ctypes.data % 64 == 0


def test_array_keeps_bytes_and_place_until_it_goes(pair):
    pair.writer.write_array(numpy.arange(1000, dtype="i4"))
    frame = pair.reader.acquire(0)
    arrived = frame.array()[10:20]
    with pytest.warns(ResourceWarning, match=r"1 view\(s\)"):
        frame.release()
    assert pair.reader.stats().held == 1
    # Laps of the ring: the place is not written to.
    while pair.writer.write(bytes(1000), timeout=0):
        pair.reader.acquire(0).release()
        if pair.writer.stats().bytes > 1 << 20:
            break
    assert arrived.tolist() == list(range(10, 20))
    del arrived, frame
    gc.collect()
    assert pair.reader.stats().held == 0


def test_array_outlives_its_reader(name):
    reader = zerobuffer.Reader(name, capacity=1 << 16)
    with zerobuffer.Writer(name) as writer:
        writer.write_array(numpy.arange(5))
        arrived = reader.acquire(0).array()
        reader.close()
        del reader
        gc.collect()
        assert arrived.tolist() == [0, 1, 2, 3, 4]


def test_released_frame_has_no_array(pair):
    pair.writer.write_array(numpy.arange(4))
    frame = pair.reader.acquire(0)
    frame.release()
    for arguments in ((), ("u1",)):
        with pytest.raises(zerobuffer.Misuse, match="frame 1 was released"):
            frame.array(*arguments)


def test_arrives_from_another_process(name, process):
    code = """
import numpy
with zerobuffer.Writer(arguments[0]) as writer:
    writer.write_array(numpy.arange(300).reshape(3, 100))
    writer.write_array(["one", "two"])
    with writer.claim_array(2, ">f4") as claim:
        claim.array()[:] = 0.5
"""
    with zerobuffer.Reader(name, capacity=1 << 16) as reader:
        writing = process(code, name)
        assert reader.acquire(DEADLINE).array().tolist() == numpy.arange(300).reshape(3, 100).tolist()
        assert reader.acquire(DEADLINE).array().tolist() == ["one", "two"]
        with reader.acquire(DEADLINE) as frame:
            assert (frame.array().dtype, frame.array().tolist()) == (">f4", [0.5, 0.5])
        assert writing.finish() == ([], "")


def test_full_ring_is_none(full_pair):
    for content in (numpy.zeros(1000), numpy.zeros((1000, 2))[:, 0], [0.5] * 1000):
        assert full_pair.writer.write_array(content, timeout=0) is None
    assert full_pair.writer.claim_array(1000, timeout=0) is None
    while full_pair.reader.wait(0):
        full_pair.reader.acquire(0).release()
    assert full_pair.writer.write_array(numpy.zeros(1000), timeout=0) is not None


REFUSED = {
    "objects": (numpy.array([None]), TypeError, "holds Python objects.*astype"),
    "objects in a record": (numpy.zeros(1, [("a", "O")]), TypeError, "holds Python objects"),
    "masked": (numpy.ma.array([1, 2], mask=[0, 1]), TypeError, "masked array.*filled"),
    "items of 0 bytes": (numpy.zeros(3, "V0"), TypeError, "has no place in a frame"),
    "overlapping fields": (
        numpy.zeros(1, {"names": ["a", "b"], "formats": ["i4", "i4"], "offsets": [0, 2]}), TypeError, "overlap"),
    "dict": ({}, TypeError, "dict is no array"),
    "int": (5, TypeError, "int is no array"),
    "str": ("text", TypeError, "str is no array"),
    "None": (None, TypeError, "NoneType is no array"),
    "too large": (numpy.zeros(1 << 16, "u1"), zerobuffer.TooLarge, "frame"),
}


@pytest.mark.parametrize("content, error, words", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_loses_nothing(pair, content, error, words):
    with pytest.raises(error, match=words):
        pair.writer.write_array(content, timeout=0)
    assert pair.reader.acquire(0) is None
    assert pair.writer.write_array(numpy.arange(3), timeout=0) == 1
    assert pair.reader.acquire(0).array().tolist() == [0, 1, 2]
