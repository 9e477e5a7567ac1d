# SPDX-License-Identifier: MIT
"""What the producers and consumers of the demo agree on: a frame is a preface of 64 bytes and then the payload.

The same in C++: examples/producer/stream.hpp and segment_map.hpp. The stream describes itself in the metadata of its
buffer, a JSON object: stream (video or tensor), source, preface (bytes), pace (frames per second, 0: none), frames (0:
unknown), and then pixel_format, width, height, stride, rate, decoder for a video, dtype and shape for a tensor's items.
"""

from __future__ import annotations

import json
import os
import struct
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

NOWHERE = 2**64 - 1
_PREFACE = struct.Struct("<4Q32x")
_BLOCK_WORDS = 512
_MASK = 2**64 - 1


class Preface(NamedTuple):
    """Written by the producer in front of each payload."""

    committed_ns: int  # CLOCK_MONOTONIC, one clock for all processes of a machine
    place: int  # offset in the segment's file where the payload was produced, or NOWHERE
    checksum: int
    media_ns: int

    @classmethod
    def of(cls, frame: Any) -> Preface:
        return cls(*_PREFACE.unpack_from(frame))


def checksum(payload: Array) -> int:
    """Sum of the little-endian 64-bit words of contiguous bytes, in blocks of 512 weighted by 1, 3, 5, ..."""
    whole = payload.size // (8 * _BLOCK_WORDS) * 8 * _BLOCK_WORDS
    blocks = payload[:whole].view("<u8").reshape(-1, _BLOCK_WORDS).sum(axis=1, dtype=np.uint64)
    weights = 2 * np.arange(blocks.size, dtype=np.uint64) + np.uint64(1)
    total = int((blocks * weights).sum(dtype=np.uint64))
    rest = payload[whole:].tobytes()
    rest += bytes(-len(rest) % 8)
    last = int(np.frombuffer(rest, "<u8").sum(dtype=np.uint64))
    return int(total + (2 * blocks.size + 1) * last) & _MASK


def add_checksum(total: int, sequence: int, value: int) -> int:
    """The checksum of a stream: each frame counts by its sequence, so that their order matters."""
    return (total + sequence * value) & _MASK


class SegmentMap:
    """Tells where in a buffer's shared file an array of this process lies, from the kernel's list of mappings.

    Two processes that find a payload at the same offset of the same file use the same bytes: nothing was copied.
    Found by inode: a segment is linked to its name when it is complete, and the kernel keeps showing the first name.
    """

    def __init__(self, buffer_name: str) -> None:
        file = os.stat(f"/dev/shm/{buffer_name}")
        self._regions: list[tuple[int, int, int]] = []
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as mappings:
            for line in mappings:
                span, _, offset, device, inode = line.split(maxsplit=5)[:5]
                major, minor = (int(number, 16) for number in device.split(":"))
                if int(inode) == file.st_ino and os.makedev(major, minor) == file.st_dev:
                    begin, end = (int(address, 16) for address in span.split("-"))
                    self._regions.append((begin, end, int(offset, 16)))

    def place_of(self, view: Array) -> int:
        """Offset in the file of the view's first byte, or NOWHERE when some of its bytes are not mapped from it."""
        address = begin = int(view.__array_interface__["data"][0])
        end = begin + view.itemsize + sum((extent - 1) * stride for extent, stride in zip(view.shape, view.strides))
        place = NOWHERE
        # The payload of a ring is mapped twice back to back, so a frame may run from one region into the next.
        while address < end:
            region = next((region for region in self._regions if region[0] <= address < region[1]), None)
            if region is None:
                return NOWHERE
            if address == begin:
                place = region[2] + begin - region[0]
            address = region[1]
        return place


def parse_description(metadata: bytes) -> dict[str, Any]:
    description = json.loads(metadata)
    if not isinstance(description, dict):
        raise ValueError("the metadata of the stream is not a JSON object")
    return description
