# SPDX-License-Identifier: MIT
"""What the programs here have in common: other processes, processors, medians, tables."""

import itertools
import multiprocessing
import os
import pathlib
import statistics
import sys
import time

sys.path.insert(0, os.environ.get("ZEROBUFFER_SITE", str(pathlib.Path(__file__).parents[2] / "build/release/site")))

FRAME = 3_110_416
"""Bytes of a 1080p picture in YUV 4:2:0."""

_numbers = itertools.count()
context = multiprocessing.get_context("fork")


def fresh_name():
    return f"bench-{os.getpid()}-{next(_numbers)}"


def pin(which):
    """This process, and what it starts, to one processor: each end has its own where there are two."""
    cpus = sorted(_allowed)
    os.sched_setaffinity(0, {cpus[which % len(cpus)]})


def unpin():
    os.sched_setaffinity(0, _allowed)


_allowed = os.sched_getaffinity(0)


def per_call(call, count):
    """Nanoseconds of each of `count` calls of something that takes no arguments: the mean of this run."""
    calls = itertools.repeat(None, count)
    begin = time.perf_counter_ns()
    for _ in calls:
        call()
    return (time.perf_counter_ns() - begin) / count


def interleaved(cases, rounds):
    """{name: call returning a figure} run in turn, so that a busy moment meets all; {name: all its figures}."""
    figures = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            figures[name].append(case())
    return figures


def median(figures):
    return statistics.median(figures)


def duration(nanoseconds):
    for unit, size in (("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.0f} ns"


def print_table(title, heads, rows):
    print(f"\n{title}\n")
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    sys.stdout.flush()
