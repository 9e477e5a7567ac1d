#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes a buffer and prints the frames that a writer sends, in place, until it closes."""

import sys

from zerobuffer import Reader

with Reader(sys.argv[1] if len(sys.argv) > 1 else "hello") as reader:
    for frame in reader:
        print(f"{frame.sequence}: {str(frame, 'ascii')}")
