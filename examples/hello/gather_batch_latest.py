#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Three more ways to move frames: gathered from parts, many at once, and only the newest."""

import sys

from zerobuffer import Reader, Writer

name = sys.argv[1] if len(sys.argv) > 1 else "hello"
with Reader(name) as reader, Writer(name) as writer:
    writer.write_parts([b"header, ", b"body"])
    with reader.acquire() as frame:
        print("gathered:", str(frame, "ascii"))

    writer.write_many([b"one", b"two", b"three"])
    for frame in reader.acquire_many(10):
        with frame:
            print("batch:", str(frame, "ascii"))

    writer.write_many([b"old", b"older than new", b"new"])
    with reader.acquire_latest() as frame:
        print("latest:", str(frame, "ascii"), "skipped:", reader.stats().skipped)
