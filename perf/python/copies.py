# SPDX-License-Identifier: MIT
"""A large frame copied in and out again within one process, against the same two copies into plain shared memory of as
many slots. Without a second process there is nothing to wait for: what is left is the copies and the calls."""

import argparse
import mmap
import time

import measure
from measure import FRAME, duration, median
from zerobuffer import Reader, Writer

CAPACITY = 16 << 20


def through_ring(reader, writer, payload):
    def timed():
        begin = time.perf_counter_ns()
        writer.write(payload)
        with reader.acquire() as frame:
            payload[:] = frame
        return time.perf_counter_ns() - begin

    return timed


def through_slots(payload):
    stride = FRAME + 64
    slots = CAPACITY // stride
    memory = mmap.mmap(-1, slots * stride)
    memory[:] = bytes(slots * stride)
    view = memoryview(memory)
    done = 0

    def timed():
        nonlocal done
        done += 1
        begin = time.perf_counter_ns()
        slot = view[done % slots * stride :][:FRAME]  # noqa: E203
        slot[:] = payload
        payload[:] = slot
        return time.perf_counter_ns() - begin

    return timed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=501)
    options = parser.parse_args()
    measure.pin(1)
    payload = memoryview(bytearray(FRAME))
    name = measure.fresh_name()
    with Reader(name, capacity=CAPACITY) as reader, Writer(name) as writer:
        cases = {"ring": through_ring(reader, writer, payload), "memcpy": through_slots(payload)}
        measure.interleaved(cases, 20)
        figures = measure.interleaved(cases, options.rounds)
    base = median(figures["memcpy"])
    least = min(figures["memcpy"])
    names = {"ring": "write, acquire, copy out, release", "memcpy": "the same two copies, plain memory"}
    rows = [
        (names[name], duration(median(times)), duration(min(times)), f"{median(times) / base:.3f} x",
         f"{min(times) / least:.3f} x")
        for name, times in figures.items()
    ]  # fmt: skip
    heads = ["", "median", "least", "ratio of medians", "ratio of least"]
    title = f"{FRAME:,} bytes, copied in and out, one process, {options.rounds} rounds in turn"
    measure.print_table(title, heads, rows)


if __name__ == "__main__":
    main()
