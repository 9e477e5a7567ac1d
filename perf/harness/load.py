# SPDX-License-Identifier: MIT
"""How busy the rest of the machine is while something is measured, from /proc/stat: as load.hpp does it."""
from __future__ import annotations

import os
import resource
import time

# Of a CPU.
TOLERATED = 0.06
# /proc/stat counts in steps of 10 ms.
STEP = 0.01


def parse_stat(stat: str, ticks_per_second: int) -> tuple[float, int]:
    """Seconds that all CPUs together were idle, and how many CPUs there are."""
    idle, cpus = 0.0, 0
    for line in stat.splitlines():
        label, *fields = line.split()
        if label == "cpu":
            idle = (int(fields[3]) + int(fields[4])) / ticks_per_second
        elif label.startswith("cpu"):
            cpus += 1
    return idle, cpus


def _own() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


class LoadWatch:
    """Watches from its making on. Time stolen by a hypervisor counts as others', too: it disturbs just the same."""

    def __init__(self) -> None:
        self._begin = self._read()

    @staticmethod
    def _read() -> tuple[float, float, int, float]:
        with open("/proc/stat", encoding="ascii") as file:
            idle, cpus = parse_stat(file.read(), os.sysconf("SC_CLK_TCK"))
        return time.monotonic(), idle, cpus, _own()

    def others(self, helpers: float = 0.0) -> float:
        """CPU seconds that others used; children count as own once they are reaped, and so do `helpers`, the CPU
        seconds of what is never reaped here."""
        begin, end = self._begin, self._read()
        busy = (end[0] - begin[0]) * end[2] - (end[1] - begin[1])
        return max(0.0, busy - helpers - (end[3] - begin[3]))


def disturbed(others: float, measured: float) -> bool:
    """`others`: CPU seconds of others while processes started, measured for `measured` seconds, and ended. When in that
    time is unknown, so all of it counts as beside the measured part."""
    return others > TOLERATED * measured + STEP
