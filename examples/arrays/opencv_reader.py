#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Says what arrives from opencv_writer.py: shape and mean of each picture, looked at in place."""

import sys

from zerobuffer import Reader


def main() -> None:
    with Reader(sys.argv[1] if len(sys.argv) > 1 else "camera", capacity=64 << 20) as reader:
        for frame in reader:
            picture = frame.array()
            print(f"{frame.sequence}: {picture.shape} {picture.dtype}, mean {picture.mean():.1f}")
            del picture  # the frame goes back at the next step


if __name__ == "__main__":
    main()
