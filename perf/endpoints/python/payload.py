# SPDX-License-Identifier: MIT
"""What sender and receiver do with the bytes of a frame: the number of the frame as 64-bit words, and their sum."""
from __future__ import annotations

import struct
from typing import Any, Callable

import numpy

_STAMPS = struct.Struct("<qq")
_WORD = numpy.dtype("<u8")


def _words(size: int, touch: str) -> int:
    return min(size, 64) // 8 if touch == "header" else size // 8


def writer_of(size: int, touch: str) -> Callable[[Any, int], None]:
    """A call that writes the frame of that number into a buffer."""
    if touch in ("none", "copy"):
        return lambda buffer, number: None
    count, frombuffer = _words(size, touch), numpy.frombuffer

    def write(buffer: Any, number: int) -> None:
        frombuffer(buffer, _WORD, count).fill(number)

    return write


def reader_of(size: int, touch: str) -> Callable[[Any, int], None]:
    """A call that reads a buffer and raises ValueError when the frame of that number is not in it."""
    if touch in ("none", "copy"):
        return lambda buffer, number: None
    count, frombuffer = _words(size, touch), numpy.frombuffer
    # The first two words are left for the times.
    offset, count = 16, count - 2

    def read(buffer: Any, number: int) -> None:
        total = int(frombuffer(buffer, _WORD, count, offset).sum()) if count else 0
        if total != count * number % 2**64:
            raise ValueError(f"frame {number} came with other bytes than were sent")

    return read


# Two times: when it was sent, and when it was due.
pack_stamps = _STAMPS.pack_into
unpack_stamps = _STAMPS.unpack_from
