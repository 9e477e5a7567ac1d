# SPDX-License-Identifier: MIT
"""claim_array: a claim that knows its dtype and shape, filled in place."""
import numpy
import pytest

import zerobuffer


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["f4", ">i2", "M8[ns]", [("a", "u1"), ("b", "f8")]], ids=str)
def test_arrives_as_it_was_filled(pair, dtype, order):
    content = numpy.arange(6).reshape(2, 3).astype("i8").astype("u1").astype(numpy.dtype(dtype))
    with pair.writer.claim_array((2, 3), dtype, order=order) as claim:
        claim.array()[...] = content
    arrived = pair.reader.acquire(0).array()
    assert (arrived.dtype, arrived.shape, arrived.tobytes()) == (content.dtype, content.shape, content.tobytes())
    assert arrived.flags[f"{order}_CONTIGUOUS"]


def test_shape_may_be_one_number_and_dtype_left_out(pair):
    with pair.writer.claim_array(3) as claim:
        claim.array()[:] = 0.5
    assert pair.reader.acquire(0).array().tolist() == [0.5] * 3


def test_dtype_with_a_shape_of_its_own_adds_axes(pair):
    with pair.writer.claim_array(2, ("i4", (3,))) as claim:
        claim.array()[:] = 1
    assert pair.reader.acquire(0).array().shape == (2, 3)


def test_no_items_and_no_dimensions(pair):
    pair.writer.claim_array((0, 3)).commit()
    with pair.writer.claim_array(()) as claim:
        claim.array()[...] = 7
    assert pair.reader.acquire(0).array().shape == (0, 3)
    assert pair.reader.acquire(0).array() == 7


def test_view_that_lives_refuses_the_commit_and_loses_nothing(pair):
    claim = pair.writer.claim_array(3, "u1")
    view = claim.array()
    view[:] = 5
    with pytest.raises(zerobuffer.Misuse, match=r"1 view\(s\) of this claim live.*del array"):
        claim.commit()
    del view
    assert claim.commit() == 1
    assert pair.reader.acquire(0).array().tolist() == [5, 5, 5]


def test_exception_aborts(pair):
    with pytest.raises(KeyError):
        with pair.writer.claim_array(3) as claim:
            claim.array()[:] = 1
            raise KeyError
    assert pair.reader.acquire(0) is None
    assert pair.writer.write_array([1]) == 1


def test_part_of_an_array_is_no_array(pair):
    claim = pair.writer.claim_array(100, "u1")
    with pytest.raises(zerobuffer.Misuse, match="header of an array of 228 bytes.*not of 200"):
        claim.commit(200)
    assert claim.commit(228) == 1


def test_plain_view_shows_the_header_too(pair):
    with pair.writer.claim_array(2, "u1") as claim:
        claim.array()[:] = 9
        assert claim.array("u1").tobytes()[:4] == b"\x93ZBA"
        assert claim.array("u1")[128:].tolist() == [9, 9]


BAD = [
    ((3, "O"), {}, TypeError, "Python objects"),
    ((3, "V0"), {}, TypeError, "no place in a frame"),
    ((-1, "u1"), {}, zerobuffer.Misuse, "shape -1 is negative"),
    ((2.0, "u1"), {}, TypeError, "shape must be an int"),
    (((1,) * 33, "u1"), {}, zerobuffer.Misuse, "33 dimensions"),
    (((1 << 40, 1 << 40), "u1"), {}, zerobuffer.Misuse, r"shape\[1\]"),
    ((1 << 40, "u1"), {}, zerobuffer.TooLarge, "frame"),
    ((3, "u1"), {"order": "K"}, zerobuffer.Misuse, "order 'K' is not possible"),
    ((3, "u1"), {"timeout": -1}, zerobuffer.Misuse, "timeout"),
]


@pytest.mark.parametrize("arguments, options, error, words", BAD, ids=lambda value: str(value)[:30])
def test_what_is_refused_leaves_no_claim(pair, arguments, options, error, words):
    with pytest.raises(error, match=words):
        pair.writer.claim_array(*arguments, **options)
    assert pair.writer.write_array([1]) == 1


def test_other_claim_open_is_misuse(pair):
    claim = pair.writer.claim(3)
    with pytest.raises(zerobuffer.Misuse):
        pair.writer.write_array(numpy.arange(6)[::2])
    with pytest.raises(zerobuffer.Misuse):
        pair.writer.write_array([1, 2])
    claim.abort()
    assert pair.writer.write_array([1, 2]) == 1
