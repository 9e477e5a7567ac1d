#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Sends five frames to the reader of a buffer. Each text is written where the reader will find it."""

import sys

from zerobuffer import Writer

name = sys.argv[1] if len(sys.argv) > 1 else "hello"
with Writer(name, timeout=10) as writer:  # ten seconds, for the reader to make the buffer
    for number in range(1, 6):
        text = f"hello {number}".encode()
        with writer.claim(len(text)) as claim:
            memoryview(claim)[:] = text
