# SPDX-License-Identifier: MIT
"""What the calls cost within one process, where nothing has to wait: the interpreter's part of every frame."""

import argparse
import asyncio
import sys
import time

import measure
from zerobuffer import Reader, Writer

CONTENT = bytes(64)


def cases(reader, writer, count):
    def run(cycle):
        def timed():
            begin = time.perf_counter_ns()
            cycle()
            return (time.perf_counter_ns() - begin) / count

        return timed

    def empty_loop():
        for _ in range(count):
            pass

    def write_acquire_release():
        write, acquire = writer.write, reader.acquire
        for _ in range(count):
            write(CONTENT)
            acquire().release()

    def with_attributes():
        for _ in range(count):
            writer.write(CONTENT)
            reader.acquire().release()

    def with_timeouts():
        for _ in range(count):
            writer.write(CONTENT, timeout=1)
            reader.acquire(timeout=1).release()

    def in_place():
        for _ in range(count):
            writer.claim(64).commit()
            reader.acquire().release()

    def in_blocks():
        for _ in range(count):
            with writer.claim(64):
                pass
            with reader.acquire():
                pass

    def with_views():
        for _ in range(count):
            with writer.claim(64) as claim, memoryview(claim):
                pass
            with reader.acquire() as frame, memoryview(frame):
                pass

    def iteration():
        frames = iter(reader)
        for _ in range(count):
            writer.write(CONTENT)
            next(frames)

    def batches():
        contents = (CONTENT,) * 64
        taken = iter(reader.batches(64))
        for _ in range(count // 64):
            writer.write_many(contents)
            next(taken)

    def empty_tries():
        for _ in range(count):
            reader.acquire(0)

    def in_a_task():
        async def main():
            for _ in range(count):
                writer.write(CONTENT)
                (await reader.acquire_async()).release()

        try:
            main().send(None)
        except StopIteration:
            pass

    def in_an_async_for():
        async def main():
            done = 0
            writer.write(CONTENT)
            async for _ in reader:
                done += 1
                if done == count:
                    return
                writer.write(CONTENT)

        loop.run_until_complete(main())

    loop = asyncio.new_event_loop()
    everything = {
        "the loop itself": empty_loop,
        "write, acquire, release": write_acquire_release,
        "the same, looked up each time": with_attributes,
        "the same, timeouts by keyword": with_timeouts,
        "claim, commit, acquire, release": in_place,
        "with claim, with acquire": in_blocks,
        "the same, and a memoryview of each": with_views,
        "write, next of iteration": iteration,
        "write_many, next of batches(64)": batches,
        "write, await acquire_async, release": in_a_task,
        "write, next of async for": in_an_async_for,
        "acquire(0) that finds nothing": empty_tries,
    }
    return {name: run(cycle) for name, cycle in everything.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=51)
    parser.add_argument("--count", type=int, default=6400, help="frames of one round")
    options = parser.parse_args()
    measure.pin(1)
    name = measure.fresh_name()
    with Reader(name, capacity=1 << 20) as reader, Writer(name) as writer:
        figures = measure.interleaved(cases(reader, writer, options.count), options.rounds)
    loop = measure.median(figures["the loop itself"])
    rows = [
        (what, f"{measure.median(times) - loop:.0f}", f"{min(times) - min(figures['the loop itself']):.0f}")
        for what, times in figures.items()
        if what != "the loop itself"
    ]
    measure.print_table(
        f"Nanoseconds per frame of 64 bytes, one process, Python {sys.version.split()[0]}; less the loop ({loop:.0f})",
        ["", "median", "least"],
        rows,
    )


if __name__ == "__main__":
    main()
