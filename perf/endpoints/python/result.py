# SPDX-License-Identifier: MIT
"""What an end found out. The readings of getrusage mark the measured part for strace, too."""
from __future__ import annotations

import ctypes
import dataclasses
import json
import os
import resource
import time
from typing import Any, Optional, Sequence

import numpy

WAIT_SLICE_NS = 50_000_000


@dataclasses.dataclass(frozen=True)
class Usage:
    memory: tuple[int, int]
    used: resource.struct_rusage
    time: int

    @property
    def cpu_ns(self) -> int:
        return round((self.used.ru_utime + self.used.ru_stime) * 1e9)


class Meter:
    """Takes readings: of this process, and of the counting malloc if that is preloaded."""

    def __init__(self) -> None:
        self._ask = getattr(ctypes.CDLL(None), "zerobuffer_counted_memory", None)
        self._values = (ctypes.c_uint64 * 2)()
        self._pointers = [ctypes.byref(self._values, 8 * i) for i in range(2)]
        self._own = (0, 0)
        # The first reading makes what the later ones use; what each of those takes is known then.
        _, before, after = self.take(), self.take(), self.take()
        self._own = (after.memory[0] - before.memory[0], after.memory[1] - before.memory[1])

    def take(self) -> Usage:
        if self._ask is not None:
            self._ask(*self._pointers)
        memory = self._values[0], self._values[1]
        return Usage(memory, resource.getrusage(resource.RUSAGE_SELF), time.monotonic_ns())

    def per_frame(self, begin: Usage, end: Usage, frames: int) -> list[Optional[float]]:
        """Allocations, and bytes of them; nothing if nobody counts."""
        if self._ask is None:
            return [None, None]
        return [max(0, end.memory[i] - begin.memory[i] - self._own[i]) / frames for i in range(2)]


def histogram(samples: Sequence[int]) -> dict[str, Any]:
    """Log-linear: exact below 512, then 256 steps per octave."""
    values = numpy.asarray(samples, dtype=numpy.int64)
    # frexp: value = mantissa * 2**exponent, mantissa in [0.5, 1): the bit width is the exponent.
    shift = numpy.maximum(numpy.frexp(values.astype(numpy.float64))[1] - 9, 0)
    lowest, counts = numpy.unique((values >> shift) << shift, return_counts=True)
    width = numpy.left_shift(1, numpy.maximum(numpy.frexp(lowest.astype(numpy.float64))[1] - 9, 0))
    steps = [[low + (wide - 1) / 2, count]
             for low, wide, count in zip(lowest.tolist(), width.tolist(), counts.tolist())]
    return {"unit": "ns", "least": int(values.min()), "largest": int(values.max()), "steps": steps}


def late(samples: Sequence[int], above: int) -> int:
    return int((numpy.asarray(samples) > above).sum())


def fields(role: str, frames: int, meter: Meter, begin: Usage, end: Usage) -> dict[str, Any]:
    allocations, allocated = meter.per_frame(begin, end, frames)
    return {
        "role": role,
        "frames": frames,
        "elapsed_ns": end.time - begin.time,
        "cpu_ns": end.cpu_ns - begin.cpu_ns,
        "voluntary_switches": end.used.ru_nvcsw - begin.used.ru_nvcsw,
        "involuntary_switches": end.used.ru_nivcsw - begin.used.ru_nivcsw,
        "minor_faults": end.used.ru_minflt - begin.used.ru_minflt,
        "major_faults": end.used.ru_majflt - begin.used.ru_majflt,
        "allocations": allocations,
        "allocated_bytes": allocated,
        "late_wakeups": None,
        "pid": os.getpid(),
    }


def print_event(event: str, **more: Any) -> None:
    print(json.dumps({"event": event, **more}), flush=True)
