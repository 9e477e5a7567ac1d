# SPDX-License-Identifier: MIT
"""What would disturb a timed run, counted in a short one apart: system calls by strace, allocations by a preloaded
malloc."""
from __future__ import annotations

import pathlib
import re
import shutil
import subprocess
from typing import Any, Iterable, Optional, Sequence

from . import processes
from .cases import Case, counting_effort, deadline_of
from .endpoints import Endpoints
from .measure import Sides, sides_of, starts_of
from .processes import EndpointFailure, Start

# How many times slower a frame may be under strace; it matters for deadlines alone.
SLOWER = 20.0
_CALL = re.compile(r"(\d+)\s+(\w+)\(")


def why_not() -> Optional[str]:
    """Why system calls cannot be counted here; nothing if they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    trial = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    return f"strace does not work here: {trial.stderr.strip()[-200:]}" if trial.returncode else None


def calls_between_marks(trace: Iterable[str], main: int, only: Optional[int] = None) -> int:
    """System calls between the last two calls of getrusage by the process `main`, of all threads or of `only`. Errors:
    ValueError when the marks are not there."""
    count, since_mark, marks = 0, 0, 0
    for line in trace:
        call = _CALL.match(line)
        if call is None:
            # The end of a call that was counted at its begin, a signal, or an exit.
            continue
        process, name = int(call[1]), call[2]
        if process == main and name == "getrusage":
            count, since_mark, marks = since_mark, 0, marks + 1
        elif only is None or process == only:
            since_mark += 1
    if marks < 2:
        raise ValueError("the trace does not show where the measured part begins and ends")
    return count


class Counter:
    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints
        self.reason = why_not()
        self._library = endpoints.build / "perf/endpoints/cpp/libzerobuffer_counted_memory.so"

    def _counted(self, start: Start, trace: pathlib.Path) -> Start:
        environment = {**start.environment, "PYTHONMALLOC": "malloc"}
        if self._library.exists():
            environment["LD_PRELOAD"] = str(self._library)
        if self.reason is not None:
            return Start(start.role, start.command, environment)
        # strace itself is not to be counted: it hands these on.
        handed_on = [f"-E{name}={value}" for name, value in environment.items()]
        traced = ["setpriv", "--pdeathsig", "KILL", "--", *start.command]
        command = ["strace", "-f", "-qq", "--signal=none", "-o", str(trace), *handed_on, *traced]
        return Start(start.role, command, start.environment)

    def _count(self, case: Case, sides: Sides, traces: Sequence[pathlib.Path]) -> dict[str, float]:
        counts = {}
        for side, result in sides.items():
            # The reader is started first.
            trace = traces[0] if len(traces) == 1 or side == "reader" else traces[1]
            with open(trace, encoding="utf-8", errors="replace") as lines:
                calls = calls_between_marks(lines, result["pid"], result["pid"] if case.inherited else None)
            counts[side] = round(calls / result["frames"], 3)
        return counts

    def count(self, case: Case) -> dict[str, Any]:
        """`syscalls_per_frame`, `allocations_per_frame`, `allocated_bytes_per_frame`: per side, or null. Why not is in
        `not_counted`."""
        effort = counting_effort(case)
        nothing: dict[str, Any] = {"syscalls_per_frame": None, "allocations_per_frame": None,
                                   "allocated_bytes_per_frame": None}
        try:
            with processes.fresh_name() as (name, folder):
                traces = [folder / "trace-1", folder / "trace-2"]
                starts = [self._counted(start, trace)
                          for start, trace in zip(starts_of(case, effort, name, self._endpoints), traces)]
                seconds = SLOWER * deadline_of(case, effort)
                sides = sides_of(case, processes.run(starts, min(seconds, 120.0), folder))
                if self.reason is None:
                    nothing["syscalls_per_frame"] = self._count(case, sides, traces[:len(starts)])
        except (EndpointFailure, ValueError) as error:
            return {**nothing, "not_counted": str(error)}
        for source in ("allocations", "allocated_bytes"):
            values = {side: result.get(source) for side, result in sides.items()}
            nothing[f"{source}_per_frame"] = None if None in values.values() else values
        return {**nothing, **({"not_counted": self.reason} if self.reason else {})}
