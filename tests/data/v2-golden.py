#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the golden images of layout v2 from the words of the format alone: it shares no line with the library.

Usage: v2-golden.py [FOLDER]   writes v2-*.bin, by default beside this file

The steps are in v2-golden.txt: `create METADATA CAPACITY ALIGNMENT`, `write SIZE`, `release SEQUENCE`, `image FILE`.
Byte i of frame n is (n + i) % 256. Pids, the creation id and everything that only a living endpoint writes
(generations, doorbells, statistics) are 0. An image ends with its last byte that is not 0.
"""
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).parent
UNIT = 64 * 1024
CONTROL_BLOCK = 8192
PRODUCER, CONSUMER = 0x80, 0x100


class Segment:
    def __init__(self, metadata_size, capacity, alignment):
        self.capacity, self.alignment = capacity, alignment
        self.header_unit = max(16, alignment)
        self.payload_offset = -(-(CONTROL_BLOCK + metadata_size) // UNIT) * UNIT
        self.bytes = bytearray(self.payload_offset + capacity)
        self.position = self.sequence = self.frontier = 0
        self.frames = {}  # sequence: end position, of frames that still occupy the ring
        self.released = set()
        self.put(0x00, "<I4B", CONTROL_BLOCK, 2, 0, 0, 0)
        self.put(0x08, "<3Q", metadata_size, metadata_size, 0)
        self.put(0x20, "<3Q", capacity, self.payload_offset, CONTROL_BLOCK)
        self.put(0x38, "<2I", alignment, 0)
        self.put(0x40, "8s", b"ZBRING02")

    def put(self, offset, form, *values):
        struct.pack_into(form, self.bytes, offset, *values)

    def put_in_ring(self, position, data):
        for i, byte in enumerate(data):
            self.bytes[self.payload_offset + (position + i) % self.capacity] = byte

    def write(self, size):
        self.sequence += 1
        start, total = self.position, self.header_unit + -(-size // self.alignment) * self.alignment
        self.position += total
        assert self.position + self.header_unit - self.frontier <= self.capacity, "the script writes into a full ring"
        self.frames[self.sequence] = self.position
        self.put_in_ring(start, struct.pack("<2Q", size, self.sequence))
        self.put_in_ring(start + self.header_unit, bytes((self.sequence + i) % 256 for i in range(size)))
        self.put_in_ring(self.position + 8, bytes(8))
        self.put(PRODUCER, "<2Q", self.position, self.sequence)

    def release(self, sequence):
        self.released.add(sequence)
        while self.frames and min(self.frames) in self.released:
            oldest = min(self.frames)
            self.frontier = self.frames.pop(oldest)
            self.put(CONSUMER, "<2Q", self.frontier, oldest)

    def image(self):
        return self.bytes.rstrip(b"\0")


def main(folder):
    segment = None
    for line in (HERE / "v2-golden.txt").read_text().splitlines():
        step, *words = line.split()
        if step == "create":
            segment = Segment(*map(int, words))
        elif step == "image":
            (folder / words[0]).write_bytes(segment.image())
        else:
            getattr(segment, step)(int(words[0]))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
