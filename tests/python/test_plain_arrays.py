# SPDX-License-Identifier: MIT
"""Frames and claims without a header as arrays of a dtype and shape that the caller knows."""
import numpy
import pytest

import zerobuffer


@pytest.fixture
def frame(pair):
    """24 bytes, from 0."""
    pair.writer.write(bytes(range(24)))
    with pair.reader.acquire(0) as frame:
        yield frame


SHAPES = [
    (("<i4",), (6,)),
    (("<i4", -1), (6,)),
    (("<i4", 6), (6,)),
    (("<i4", (2, -1)), (2, 3)),
    (("<i4", [3, 2]), (3, 2)),
    (("V24", ()), ()),
    ((None, (4, -1, 2)), (4, 3, 2)),
    (([("a", "<i2"), ("b", "u1")],), (8,)),
]


@pytest.mark.parametrize("arguments, shape", SHAPES, ids=lambda value: str(value))
def test_takes_dtype_and_shape(frame, arguments, shape):
    seen = frame.array(*arguments)
    dtype = "u1" if arguments[0] is None else arguments[0]
    assert (seen.dtype, seen.shape) == (numpy.dtype(dtype), shape)
    assert seen.tobytes() == bytes(range(24))
    assert numpy.shares_memory(seen, numpy.asarray(frame))


BAD = [
    (("<i4", 7), zerobuffer.Misuse, "takes 28 bytes, and there are 24"),
    (("<i4", 5), zerobuffer.Misuse, "takes 20 bytes, and there are 24"),
    (("<f8", (-1, 2)), zerobuffer.Misuse, "24 bytes are no whole number of 16"),
    (("<c16",), zerobuffer.Misuse, "24 bytes are no whole number of 16"),
    (("<i4", (0, -1)), zerobuffer.Misuse, "24 bytes are no whole number of 0"),
    (("<i4", (-1, -1)), zerobuffer.Misuse, "at most one -1"),
    (("<i4", -3), zerobuffer.Misuse, "at most one -1"),
    (("<i4", 2.0), TypeError, "float"),
    (("<i4", "6"), TypeError, "str"),
    (("O",), TypeError, "Python objects"),
    (("V0",), zerobuffer.Misuse, "items of 0 bytes"),
    (("no such type",), TypeError, "no such type"),
    (("u1", (1 << 62, 1 << 62)), zerobuffer.Misuse, "and there are 24"),
]


@pytest.mark.parametrize("arguments, error, words", BAD, ids=lambda value: str(value))
def test_wrong_dtype_or_shape_is_refused(frame, arguments, error, words):
    with pytest.raises(error, match=words):
        frame.array(*arguments)
    assert frame.array("<i4").shape == (6,)


def test_message_names_buffer_and_frame(pair, frame):
    with pytest.raises(zerobuffer.Misuse, match=f"buffer '{pair.name}': frame 1: "):
        frame.array("<i4", 7)


def test_frame_without_header_says_what_to_do(pair, frame):
    words = rf"buffer '{pair.name}': frame 1: .*write_array.*dtype and shape"
    with pytest.raises(zerobuffer.Incompatible, match=words):
        frame.array()
    assert bytes(frame) == bytes(range(24))


def test_empty_frame_is_an_array_without_items(name):
    with zerobuffer.Reader(name, capacity=1 << 16) as reader, zerobuffer.Writer(name) as writer:
        writer.write(b"")
        frame = reader.acquire(0)
        assert frame.array("f4").shape == (0,)
        assert frame.array("f4", (3, 0)).shape == (3, 0)
        with pytest.raises(zerobuffer.Incompatible, match="has none"):
            frame.array()


def test_claim_is_filled_through_its_array(pair):
    with pair.writer.claim(24) as claim:
        claim.array("<i4", (2, 3))[:] = [[1, 2, 3], [4, 5, 6]]
    assert pair.reader.acquire(0).array("<i4").tolist() == [1, 2, 3, 4, 5, 6]


def test_claim_takes_bytes_by_default(pair):
    claim = pair.writer.claim(24)
    assert (claim.array().dtype, claim.array().shape) == (numpy.dtype("u1"), (24,))
    with pytest.raises(zerobuffer.Misuse, match=f"buffer '{pair.name}': claim: .*there are 24"):
        claim.array("<i4", 7)
    claim.abort()
    with pytest.raises(zerobuffer.Misuse, match="aborted"):
        claim.array()


def test_things_of_nobody_have_no_array():
    with pytest.raises(zerobuffer.Misuse, match="Reader.acquire"):
        zerobuffer.Frame().array()
    with pytest.raises(zerobuffer.Misuse, match="Writer.claim"):
        zerobuffer.Claim().array()
