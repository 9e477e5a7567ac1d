#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program for multiprocessing.Queue, with its queues replaced: a child scales pictures that its parent sends.

    PYTHONPATH=build/release/site /usr/bin/python3 examples/queue_replacement.py [fork|spawn|forkserver]

What is different from multiprocessing.Queue is marked.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any, Optional

import numpy as np

import zerobuffer  # instead of multiprocessing.Queue

Job = Optional[dict[str, Any]]
PICTURES = 20


def scale(jobs: zerobuffer.Queue[Job], results: zerobuffer.Queue[Job]) -> None:
    while (job := jobs.get()) is not None:
        half = job["picture"][::2, ::2]
        results.put({"number": job["number"], "picture": np.ascontiguousarray(half)})


def main() -> int:
    if len(sys.argv) > 1:
        multiprocessing.set_start_method(sys.argv[1])
    # Bytes of shared memory as well as objects. Views instead of copies: the child only looks at the pictures.
    jobs: zerobuffer.Queue[Job] = zerobuffer.Queue(4, capacity=32 << 20, copy=False)
    results: zerobuffer.Queue[Job] = zerobuffer.Queue(capacity=8 << 20)
    child = multiprocessing.Process(target=scale, args=(jobs, results))
    child.start()

    pixels = 0
    for number in range(PICTURES):
        jobs.put({"number": number, "picture": np.full((1080, 1920, 3), number, np.uint8)})
        result = results.get()
        assert result is not None and result["number"] == number
        pixels += result["picture"].size // 3
    jobs.put(None)
    try:
        results.get()
    except zerobuffer.PeerClosed:  # multiprocessing.Queue would wait for ever
        print(f"{PICTURES} pictures, {pixels} pixels came back; the child has ended")
    child.join()
    return child.exitcode or 0


if __name__ == "__main__":
    sys.exit(main())
