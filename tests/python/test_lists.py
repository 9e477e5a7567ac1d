# SPDX-License-Identifier: MIT
"""Lists of one type go through the ring and come back as they were."""
import enum
import gc
import random

import numpy
import pytest

import zerobuffer
from conftest import DEADLINE, until_asleep

random.seed(1)

LISTS = {
    "ints": ([0, 1, -1, 2**63 - 1, -(2**63), *range(-300, 300)], "int64"),
    "large ints": ([2**64 - 1, 0, 2**63], "uint64"),
    "one large int": ([5, 2**63], "uint64"),
    "floats": ([0.0, -0.0, 1e300, 5e-324, float("inf"), random.random()], "float64"),
    "bools": ([True, False, True], "bool"),
    "one": ([7], "int64"),
    "none": ([], "float64"),
    "tuple": ((1, 2, 3), "int64"),
    "many ints": (list(range(5000)), "int64"),
    "nested": ([[1, 2], [3, 4]], "int64"),
    "nested floats": ([[1, 2.5], (3, 4)], "float64"),
    "NumPy's numbers": ([numpy.int8(1), numpy.int8(-2)], "int8"),
    "NumPy's doubles": ([numpy.float64(1.5), 2.5], "float64"),
    "enumerators": ([enum.IntEnum("Colour", "red blue").blue, 5], "int64"),
}


@pytest.mark.parametrize("items, dtype", LISTS.values(), ids=LISTS)
def test_comes_back(pair, items, dtype):
    pair.writer.write_array(items)
    arrived = pair.reader.acquire(0).array()
    assert arrived.dtype == dtype
    assert arrived.tolist() == [list(item) if isinstance(item, tuple) else item for item in items]
    assert [str(item) for item in arrived.ravel()] == [str(item) for item in numpy.array(items, dtype).ravel()]


@pytest.mark.parametrize("items", [[1, 2, 3], [1.5, 2.5], [True, False], ["a", "b"], []], ids=str)
@pytest.mark.parametrize("length", [0, 1, 4000])
@pytest.mark.parametrize("kind", [list, tuple])
def test_subclass_has_the_items_that_are_in_it_whatever_length_it_says(pair, kind, length, items):
    lying = type("Lying", (kind,), {"__len__": lambda self: length})
    pair.writer.write_array(lying(items))
    assert pair.reader.acquire(0).array().tolist() == items


def test_nan_stays_nan(pair):
    pair.writer.write_array([float("nan"), 1.0])
    assert numpy.isnan(pair.reader.acquire(0).array()).tolist() == [True, False]


EXACT = [[0.5, 2], [2, 0.5], [0.5, 2**53, -(2**53)], [2**62, 0.5], [2**100, 0.5], [0.5, 2**63], [-1, 2**63, 0.5]]


@pytest.mark.parametrize("items", EXACT, ids=str)
def test_ints_among_floats_become_floats_if_that_is_exact(pair, items):
    pair.writer.write_array(items)
    arrived = pair.reader.acquire(0).array()
    assert arrived.dtype == "float64"
    assert arrived.tolist() == items


def test_enumerators_among_floats_become_floats(pair):
    class Odd(enum.IntEnum):
        one = 1

        def __eq__(self, other):
            raise AssertionError("nothing of Python runs in the loop")

        __hash__ = int.__hash__

    pair.writer.write_array([1.5, Odd.one])
    assert pair.reader.acquire(0).array().tolist() == [1.5, 1.0]


TEXTS = {
    "ASCII": ["sun", "up", "", "x" * 1000],
    "every width": ["\u00e9", "\u20ac", "\U0001f600", "\0", "a\0b"],
    "one empty": [""],
    "tuple": ("a", "b"),
    "subclass": [type("Text", (str,), {})("abc")],
}


@pytest.mark.parametrize("items", TEXTS.values(), ids=TEXTS)
def test_strings_come_back(pair, items):
    pair.writer.write_array(items)
    strings = pair.reader.acquire(0).array()
    assert strings.tolist() == list(items)
    assert list(strings) == list(items)
    assert len(strings) == len(items)


def test_strings_are_a_sequence(pair):
    pair.writer.write_array(["a", "b", "c", "d"])
    strings = pair.reader.acquire(0).array()
    assert (strings[0], strings[-1], strings[numpy.int8(2)]) == ("a", "d", "c")
    assert (strings[1:3], strings[::-2]) == (["b", "c"], ["d", "b"])
    for index in (4, -5):
        with pytest.raises(IndexError, match=f"no string {index} of 4"):
            strings[index]
    with pytest.raises(TypeError):
        strings["a"]
    assert repr(strings) == f"<Strings of buffer '{pair.name}': frame 1, 4>"


def test_strings_keep_their_frame(pair):
    pair.writer.write_array(["a", "b"])
    frame = pair.reader.acquire(0)
    strings = frame.array()
    with pytest.warns(ResourceWarning, match=r"1 view\(s\)"):
        frame.release()
    assert pair.reader.stats().held == 1
    assert strings.tolist() == ["a", "b"]
    del strings, frame
    gc.collect()
    assert pair.reader.stats().held == 0


def test_strings_of_nothing_are_empty():
    strings = zerobuffer.Strings()
    assert (len(strings), strings.tolist(), repr(strings)) == (0, [], "<Strings of nothing>")
    with pytest.raises(TypeError, match="tolist"):
        strings.__reduce__()


REFUSED = {
    "str among ints": ([1, 2, "a"], TypeError, "item 2 of the list is a str, and item 0 a int"),
    "None among ints": ([1, None], TypeError, "item 1 of the list is a NoneType"),
    "bool among ints": ([1, True], TypeError, "item 1 of the list is a bool"),
    "int among bools": ([True, 1], TypeError, "item 1 of the list is a int, and item 0 a bool"),
    "int among strings": (["a", 1], TypeError, "item 1 of the list is a int, and item 0 a str"),
    "bytes among strings": (["a", b"b"], TypeError, "item 1 of the list is a bytes"),
    "str among floats": ([0.5, 1, "1"], TypeError, "item 2 of the list is a str, and item 0 a float"),
    "bool among floats": ([0.5, True], TypeError, "item 1 of the list is a bool"),
    "str behind a large int": ([2**63, "a"], TypeError, "item 1 of the list is a str"),
    "more than 64 bits": ([1, 2**64], TypeError, "item 1 of the list, 18446744073709551616, fits neither"),
    "large and negative": ([-1, 5, 2**63], TypeError, "item 2 of the list, 9223372036854775808, fits neither"),
    "int that no float is": ([0.5, 2**53 + 1], TypeError, "item 1 of the list, 9007199254740993, fits neither"),
    "int that no float is, first": ([2**53 + 1, 0.5], TypeError, "item 0 of the list, 9007199254740993, fits neither"),
    "int beyond all floats": ([0.5, 10**400], TypeError, "item 1 of the list, 1000"),
    "half a character": (["a", "\ud800"], zerobuffer.Misuse, "item 1 of the list is no UTF-8"),
    "None": ([None, 1], TypeError, "item 0 of the list is a NoneType"),
    "bytes": ([b"a"], TypeError, "item 0 of the list is a bytes"),
    "nested strings": ([["a"]], TypeError, "item 0 of the list is a list"),
    "numbers and strings nested": ([[1, "a"]], TypeError, "item 0 of the list is a list"),
    "ragged": ([[1, 2], [3]], ValueError, "inhomogeneous"),
    "too large": ([1] * 100_000, zerobuffer.TooLarge, "frame"),
}


@pytest.mark.parametrize("items, error, words", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_loses_nothing(pair, items, error, words):
    with pytest.raises(error, match=words):
        pair.writer.write_array(items, timeout=0)
    assert pair.reader.acquire(0) is None
    assert pair.writer.write_array([1, 2], timeout=0) == 1
    assert pair.reader.acquire(0).array().tolist() == [1, 2]


CHANGES = {
    "shorter": (lambda items: items.clear(), "had 100 items and now has 0"),
    "longer": (lambda items: items.append("x"), "had 100 items and now has 101"),
    "other strings": (lambda items: items.__setitem__(5, "much longer"), "other strings"),
    "shorter strings": (lambda items: items.__setitem__(5, ""), "other strings"),
    "no strings": (lambda items: items.__setitem__(5, 5), "other strings"),
}


@pytest.mark.parametrize("change, words", CHANGES.values(), ids=CHANGES)
def test_list_that_changes_during_the_wait_is_refused(full_pair, background, change, words):
    items = ["text"] * 100
    waiting = background(full_pair.writer.write_array, items)
    until_asleep(full_pair.writer)
    change(items)
    while full_pair.reader.wait(0):
        full_pair.reader.acquire(0).release()
    with pytest.raises(zerobuffer.Misuse, match=words):
        waiting.result(DEADLINE)
    assert full_pair.writer.write_array(["a"], timeout=0) is not None
