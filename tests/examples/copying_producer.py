# SPDX-License-Identifier: MIT
"""Stands in for tensor_producer and does what the demo must notice: every payload is made outside the ring and copied
in. The last frame is counted but never sent when the source is eeg.dat."""
import argparse
import json
import struct
import sys
import time

import numpy as np
from zerobuffer import Writer

import stream


def main():
    parser = argparse.ArgumentParser()
    for option in ("name", "input", "source", "dtype", "shape", "frames", "rate", "loop"):
        parser.add_argument(f"--{option}", required=True)
    options = parser.parse_args()
    shape = [int(extent) for extent in options.shape.split(",")]
    items = np.fromfile(options.input, options.dtype).reshape(-1, *shape)
    total = 0
    with Writer(options.name, timeout=10) as writer:
        writer.publish_metadata(json.dumps({"stream": "tensor", "preface": 64, "source": options.source, "pace": 0,
                                            "dtype": options.dtype, "shape": shape, "frames": len(items)}).encode())
        for number, item in enumerate(items, start=1):
            value = stream.checksum(item.reshape(-1).view(np.uint8))
            total = stream.add_checksum(total, number, value)
            if number == len(items) and options.source == "eeg.dat":
                continue
            preface = struct.pack("<4Q32x", time.monotonic_ns(), stream.NOWHERE, value, 0)
            writer.write_parts([preface, item.tobytes()])
    print(json.dumps({"frames": len(items), "bytes": items.nbytes, "checksum": total, "copied": len(items),
                      "seconds": 0, "waits": 0, "sleeps": 0, "wakes": 0}))


if __name__ == "__main__":
    sys.exit(main())
