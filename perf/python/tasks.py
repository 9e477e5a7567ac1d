# SPDX-License-Identifier: MIT
"""What a task pays for a frame: one that is there, and one that it has to wait for, against the calls of a thread."""

import argparse
import asyncio
import sys
import time

import measure
from measure import context, duration, median
from zerobuffer import PeerLost, Reader, Writer

CONTENT = bytes(64)


def echo(name):
    """The other process: answers as fast as it can, and ends with the requests."""
    measure.pin(1)
    with Reader(name + "-requests", capacity=1 << 20, wait="spin") as requests:
        with Writer(name + "-answers", timeout=10) as answers:
            for frame in requests:
                answers.write(frame)


def by_thread(requests, answers, count):
    times = []
    for _ in range(count):
        begin = time.perf_counter_ns()
        requests.write(CONTENT)
        answers.acquire().release()
        times.append(time.perf_counter_ns() - begin)
    return times


async def by_task(requests, answers, count):
    times = []
    for _ in range(count):
        begin = time.perf_counter_ns()
        requests.write(CONTENT)
        (await answers.acquire_async()).release()
        times.append(time.perf_counter_ns() - begin)
    return times


async def by_executor(requests, answers, count):
    loop = asyncio.get_running_loop()
    times = []
    for _ in range(count):
        begin = time.perf_counter_ns()
        requests.write(CONTENT)
        (await loop.run_in_executor(None, answers.acquire)).release()
        times.append(time.perf_counter_ns() - begin)
    return times


async def ready(requests, answers, count):
    """Both ends in this process: the frame is always there."""
    times = []
    with Reader(requests.name + "-own", capacity=1 << 20) as reader, Writer(requests.name + "-own") as writer:
        for _ in range(count // 100):
            begin = time.perf_counter_ns()
            for _ in range(100):
                writer.write(CONTENT)
                (await reader.acquire_async()).release()
            times.append((time.perf_counter_ns() - begin) / 100)
    return times


async def ready_for_a_thread(requests, answers, count):
    times = []
    with Reader(requests.name + "-own", capacity=1 << 20) as reader, Writer(requests.name + "-own") as writer:
        for _ in range(count // 100):
            begin = time.perf_counter_ns()
            for _ in range(100):
                writer.write(CONTENT)
                reader.acquire().release()
            times.append((time.perf_counter_ns() - begin) / 100)
    return times


async def one_turn(requests, answers, count):
    times = []
    for _ in range(count):
        begin = time.perf_counter_ns()
        await asyncio.sleep(0)
        times.append(time.perf_counter_ns() - begin)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--count", type=int, default=1000)
    options = parser.parse_args()
    name = measure.fresh_name()
    server = context.Process(target=echo, args=(name,))
    server.start()
    measure.pin(0)
    loops = {"asyncio": asyncio.new_event_loop()}
    try:
        import uvloop

        loops["uvloop"] = uvloop.new_event_loop()
    except ImportError:
        pass
    answers = Reader(name + "-answers", capacity=1 << 20)
    requests = Writer(name + "-requests", timeout=10)
    cases = {
        "round trip, thread: acquire, adaptive": lambda: median(by_thread(requests, answers, options.count)),
    }
    coroutines = {
        "there already, thread: write, acquire, release": ready_for_a_thread,
        "there already, task: write, await acquire_async, release": ready,
        "one turn of the loop": one_turn,
        "round trip, task: await acquire_async": by_task,
        "round trip, task: run_in_executor(acquire)": by_executor,
    }
    for kind, loop in loops.items():
        for what, coroutine in coroutines.items():
            cases[f"{kind}: {what}"] = lambda loop=loop, coroutine=coroutine: median(
                loop.run_until_complete(coroutine(requests, answers, options.count))
            )
    figures = measure.interleaved(cases, options.rounds)
    rows = [(what, duration(median(times)), duration(min(times))) for what, times in figures.items()]
    measure.print_table(
        f"Frames of 64 bytes, the peer spins in another process; Python {sys.version.split()[0]}",
        ["", "median", "least"],
        rows,
    )
    requests.close()
    answers.close()
    server.join()
    for loop in loops.values():
        loop.close()


if __name__ == "__main__":
    try:
        main()
    except PeerLost as lost:
        sys.exit(f"the other process ended: {lost}")
