# SPDX-License-Identifier: MIT
"""Histograms as endpoints print them: [[middle, count], ...]. Merged into steps of 0.4 %, read off, and written as the
text that HdrHistogram's plotter takes."""
from __future__ import annotations

import math
from typing import Iterable, Sequence

Steps = Sequence[Sequence[float]]
TICKS_PER_HALF_DISTANCE = 5


def _middle(value: float) -> float:
    """Of the step that holds the value: 256 steps per octave, exact below 512."""
    if value < 512:
        return round(value, 1)
    width = 2.0 ** (math.frexp(value)[1] - 9)
    return math.floor(value / width) * width + (width - 1) / 2


def merge(histograms: Iterable[Steps]) -> list[list[float]]:
    counts: dict[float, int] = {}
    for steps in histograms:
        for value, count in steps:
            middle = _middle(value)
            counts[middle] = counts.get(middle, 0) + int(count)
    return [[value, counts[value]] for value in sorted(counts)]


def total(steps: Steps) -> int:
    return int(sum(count for _, count in steps))


def quantile(steps: Steps, share: float) -> float:
    """The least value that at least this share of all does not exceed. Errors: ValueError if there are none."""
    if not steps:
        raise ValueError("an empty histogram has no quantiles")
    wanted, seen = math.ceil(share * total(steps)), 0.0
    for value, count in steps:
        seen += count
        if seen >= wanted:
            return value
    return steps[-1][0]


def _levels(steps: Steps) -> Iterable[tuple[float, float, int]]:
    """Value, percentile level (0 to 100) and how many values there are up to it: five levels per half of the way to
    100."""
    whole, seen, level = total(steps), 0, 0.0
    for value, count in steps:
        seen += int(count)
        while level < 100.0 and 100.0 * seen / whole >= level:
            if seen == whole:
                break
            yield value, level, seen
            ticks = TICKS_PER_HALF_DISTANCE * 2.0 ** (math.floor(math.log2(100.0 / (100.0 - level))) + 1)
            level += 100.0 / ticks
    yield steps[-1][0], 100.0, whole


def percentile_text(steps: Steps, unit: float = 1000.0) -> str:
    """As HistogramLogProcessor and HdrHistogram's plotter write and read it; values divided by `unit`: microseconds."""
    whole = total(steps)
    mean = sum(value * count for value, count in steps) / whole
    deviation = math.sqrt(sum(count * (value - mean) ** 2 for value, count in steps) / whole)
    lines = [f"{'Value':>12} {'Percentile':>14} {'TotalCount':>10} {'1/(1-Percentile)':>14}", ""]
    for value, level, seen in _levels(steps):
        line = f"{value / unit:12.3f} {level / 100:2.12f} {seen:10d}"
        lines.append(line if level == 100.0 else f"{line} {100.0 / (100.0 - level):14.2f}")
    buckets = max(1, math.frexp(steps[-1][0])[1] - 8)
    lines += [
        f"#[Mean    = {mean / unit:12.3f}, StdDeviation   = {deviation / unit:12.3f}]",
        f"#[Max     = {steps[-1][0] / unit:12.3f}, Total count    = {whole:12d}]",
        f"#[Buckets = {buckets:12d}, SubBuckets     = {512:12d}]",
    ]
    return "\n".join(lines) + "\n"
