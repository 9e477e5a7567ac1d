# SPDX-License-Identifier: MIT
"""Headers made by hand, as docs/format.md has them: what this library writes is one of them, and what lies is refused.
Nothing is lost: the next frame arrives."""
import json
import struct

import numpy
import pytest

import zerobuffer

MAGIC = b"\x93ZBA\r\n\x1a\n"


def payload(kind="f", item_size=8, shape=(3,), strides=(), description=b"", items=bytes(24), **lies):
    """A frame with an array, field by field."""
    header_size = 64 + 8 * len(shape) + 8 * len(strides) + len(description)
    data_offset = (header_size + 63) // 64 * 64
    fields = dict(magic=MAGIC, version=1, header_size=header_size, data_offset=data_offset, data_size=len(items),
                  kind=ord(kind), byte_order=0, order=2 if strides else 0, dimensions=len(shape),
                  description_size=len(description), item_size=item_size)
    fields.update(lies)
    fixed = struct.pack("<8sIIQQBBBBIQ16x", *fields.values())
    words = struct.pack(f"<{len(shape) + len(strides)}Q", *shape, *strides)
    return (fixed + words + description).ljust(data_offset, b"\0") + items


def test_this_library_writes_what_the_format_says(pair):
    content = numpy.array([1.5, -2.0, 1e300])
    pair.writer.write_array(content)
    assert bytes(pair.reader.acquire(0)) == payload(items=content.tobytes())


def test_records_carry_numpys_descr_in_json(pair):
    content = numpy.zeros(1, [("a", "<i4"), ("b", ">f8", (2,))])
    description = b'[["a","<i4"],["b",">f8",[2]]]'
    pair.writer.write_array(content)
    assert bytes(pair.reader.acquire(0)) == payload("V", 20, (1,), (), description, bytes(20))


def test_dates_carry_their_unit(pair):
    pair.writer.write_array(numpy.zeros(1, ">M8[25us]"))
    assert bytes(pair.reader.acquire(0)) == payload("M", 8, (1,), (), b"[25us]", bytes(8), byte_order=1)


def test_strings_carry_offsets(pair):
    pair.writer.write_array(["ab", "", "\u20ac"])
    items = struct.pack("<4Q", 0, 2, 2, 5) + "ab\u20ac".encode()
    assert bytes(pair.reader.acquire(0)) == payload("T", 8, (3,), (), b"", items)


def test_strides_of_a_peer_are_followed(pair):
    items = bytes(range(30))
    pair.writer.write(payload("u", 1, (3, 4), (10, 1), b"", items))
    arrived = pair.reader.acquire(0).array()
    assert arrived.strides == (10, 1)
    assert arrived.tolist() == [[row * 10 + column for column in range(4)] for row in range(3)]


def test_bytes_behind_the_items_have_no_meaning(pair):
    pair.writer.write(payload() + b"more")
    assert pair.reader.acquire(0).array().tolist() == [0, 0, 0]


LIES = {
    "magic": (payload(magic=b"\x93ZBA\n\x1a\n\0"), "has none"),
    "text": (b"hello", "has none"),
    "version": (payload(version=2), "version is 2, expected 1; use the version of ZeroBuffer"),
    "cut in the header": (payload()[:40], "frame size is 40, expected at least 64"),
    "cut behind the header": (payload()[:100], "data_offset is 128, expected at most the 100 bytes"),
    "cut in the items": (payload()[:-1], "data_size is 24, expected at most the 23 bytes"),
    "items too few": (payload(items=bytes(23)), "data_size is 23, expected 24"),
    "shape too large": (payload(shape=(4,)), "data_size is 24, expected 32"),
    "shape without end": (payload(shape=(1 << 63,)), r"shape\[0\]"),
    "no items but a shape without end": (payload(shape=(0, 1 << 62), items=b""), r"shape\[1\]"),
    "33 dimensions": (payload(shape=(1,) * 33), "dimensions is 33"),
    "kind": (payload(kind="O"), "kind is 79"),
    "size": (payload(item_size=3), "item_size is 3"),
    "header size": (payload(header_size=1 << 31), "header_size is 2147483648"),
    "offset": (payload(data_offset=100), "data_offset is 100, expected a multiple of 64"),
    "offset without end": (payload(data_offset=(1 << 64) - 64), "data_offset is 18446744073709551552"),
    "strides": (payload("u", 1, (3, 4), (11, 1), b"", bytes(25)), "strides is over 26 bytes"),
    "shared bytes": (payload("u", 1, (1 << 40,), (0,), b"", bytes(25)), "shape is of 1099511627776 bytes"),
    "description where none belongs": (payload(description=b"[]"), "description_size is 2"),
    "bytes longer than NumPy's": (payload("S", 1 << 40, (0,), items=b""), "is not what kind 'S'"),
    "characters without end": (payload("U", 1 << 62, (0,), items=b""), "is not what kind 'U'"),
    "byte order": (payload(byte_order=2), "byte_order is 2"),
    "fewer offsets than strings": (payload("T", 8, (3,), items=bytes(31)), "data_size is 31"),
}


@pytest.mark.parametrize("content, words", LIES.values(), ids=LIES)
def test_lie_is_refused_and_the_next_frame_arrives(pair, content, words):
    pair.writer.write(content)
    pair.writer.write_array([1, 2, 3])
    frame = pair.reader.acquire(0)
    with pytest.raises(zerobuffer.Incompatible, match=f"buffer '{pair.name}': frame 1: array header: .*{words}"):
        frame.array()
    assert bytes(frame) == content
    assert pair.reader.acquire(0).array().tolist() == [1, 2, 3]


def record(descr, item_size=8):
    text = descr if isinstance(descr, bytes) else json.dumps(descr).encode()
    return payload("V", item_size, (3,), (), text, bytes(3 * item_size))


DESCRIPTIONS = {
    "pointers": record([["a", "|O"]]),
    "pointers inside": record([["a", [["b", "O"]]]]),
    "pointers behind a comma": record("i4,O", 12),
    "another size": record([["a", "<f4"]]),
    "no fields": record("<f8"),
    "no JSON": record(b"[['a', '<f8']]"),
    "no UTF-8": record(b'[["\xff","<f8"]]'),
    "a number": record(5),
    "null": record([["a", None]]),
    "nothing": record([[]]),
    "nesting without end": record(b"[" * 60000),
    "a size without end": record([["a", "<f8", [1 << 40, 1 << 40]]]),
    "a negative size": record([["a", "<f8", [-1]]]),
    "names twice": record([["a", "<f4"], ["a", "<f4"]]),
    "a type that is a name": record([["a", "datetime64"], ["b", "no type"]]),
    "pointers for a date": payload("M", 8, (1,), (), b"[ns],O", bytes(8)),
    "a unit that is none": payload("m", 8, (1,), (), b"[weeks]", bytes(8)),
    "a unit without brackets": payload("m", 8, (1,), (), b"ns", bytes(8)),
}


@pytest.mark.parametrize("content", DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_description_that_lies_is_refused(name, content):
    with zerobuffer.Reader(name, capacity=1 << 18) as reader, zerobuffer.Writer(name) as writer:
        writer.write(content)
        writer.write_array([1, 2, 3])
        words = "frame 1: array header: .*(no dtype is like that|is not what kind)"
        with pytest.raises(zerobuffer.Incompatible, match=words):
            reader.acquire(0).array()
        assert reader.acquire(0).array().tolist() == [1, 2, 3]


def text(offsets, characters=b"sunup"):
    return payload("T", 8, (len(offsets) - 1,), (), b"", struct.pack(f"<{len(offsets)}Q", *offsets) + characters)


@pytest.mark.parametrize("offsets", [(0, 3, 6), (0, 3, 1 << 63), (0, 3, 2), (4, 3, 5)], ids=str)
def test_string_whose_offsets_lie_is_refused(pair, offsets):
    pair.writer.write(text(offsets))
    strings = pair.reader.acquire(0).array()
    assert len(strings) == 2
    with pytest.raises(zerobuffer.Incompatible, match=r"frame 1: string [01] is from byte \d+ to \d+ of 5"):
        strings.tolist()


def test_string_that_is_not_utf8_is_refused_and_the_others_are_there(pair):
    pair.writer.write(text((0, 3, 5), b"sun\xff\xfe"))
    strings = pair.reader.acquire(0).array()
    assert strings[0] == "sun"
    with pytest.raises(zerobuffer.Incompatible, match="frame 1: string 1 is no UTF-8"):
        strings[1]
