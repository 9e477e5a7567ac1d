# SPDX-License-Identifier: MIT
"""What the machine can do at best, measured by zerobuffer_bench in the same run, and which of it a case is set
against."""
from __future__ import annotations

import json
import pathlib
import tempfile
from statistics import median
from typing import Any, Iterable, Mapping, Optional, Sequence

from .cases import LARGE_RING, Case
from .processes import run_program

# Names of zerobuffer_bench, and those in results.
_NAMES = {"raw/lines": "lines/2", "raw/line": "lines/1", "raw/futex": "futex"}


class LimitFailure(Exception):
    """The yardsticks could not be measured."""


def name_in_results(raw: str) -> str:
    """raw/memcpy/64: memcpy/64; raw/rtt/64/copy: copy-rtt/64; raw/rtt/64/every: every-rtt/64."""
    if raw in _NAMES:
        return _NAMES[raw]
    parts = raw.split("/")
    return f"memcpy/{parts[2]}" if parts[1] == "memcpy" else f"{parts[3]}-{parts[1]}/{parts[2]}"


def needed(cases: Iterable[Case]) -> str:
    """The regular expression of the yardsticks that these cases are set against."""
    either = {"lines?", "futex"}
    for case in cases:
        if case.shape != "paced" and case.touch in ("every", "copy") and not case.ring:
            either |= {f"{case.shape}/{case.size}/{case.touch}", f"memcpy/{case.size}"}
    return f"^raw/({'|'.join(sorted(either))})$"


class Bench:
    """The program that measures the yardsticks. Errors: LimitFailure, Interrupted."""

    def __init__(self, build: pathlib.Path) -> None:
        self.program = build / "perf/zerobuffer_bench"

    def _run(self, *arguments: str) -> list[dict[str, Any]]:
        with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as file:
            same_ring = ["--large-ring", str(LARGE_RING)]
            command = [str(self.program), "--repeat", "1", *same_ring, "--json", file.name, *arguments]
            code, words = run_program(command)
            if code not in (0, 1):
                raise LimitFailure(f"{self.program.name}: {words[-500:]}")
            return [json.loads(line) for line in file]

    def machine(self) -> dict[str, Any]:
        line = next(line for line in self._run("--filter", "^$") if line["type"] == "machine")
        return {name: value for name, value in line.items() if name != "type"}

    def measure(self, pattern: str, retries: int) -> dict[str, dict[str, Any]]:
        """By name: `median_ns`, `least_ns`, `others`, `disturbed`."""
        lines = self._run("--filter", pattern, "--retries", str(retries), "--python", "")
        return {
            name_in_results(line["name"]): {
                "median_ns": line["median"][0],
                "least_ns": line["least"][0] if line["least"][0] is not None else line["median"][0],
                "others": line["others"][0],
                "disturbed": line["disturbed"][0],
            }
            for line in lines if line["type"] == "row"
        }


def summary(repeats: Sequence[Mapping[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    names = dict.fromkeys(name for repeat in repeats for name in repeat)
    records = []
    for name in names:
        figures = [repeat[name] for repeat in repeats if name in repeat]
        samples = [round(figure["median_ns"], 2) for figure in figures]
        records.append({"name": name, "median_ns": median(samples), "least_ns": min(f["least_ns"] for f in figures),
                        "repeats": len(samples), "disturbed": sum(bool(f["disturbed"]) for f in figures),
                        "samples": samples})
    return records


def yardstick(case: Case, medians: Mapping[str, float]) -> Optional[tuple[str, float]]:
    """What the machine needs at best for this case, and its name; nothing if that was not measured."""
    if case.shape == "paced":
        # One wake-up, of a processor that sleeps.
        name, factor = "futex", 0.5
    elif case.touch in ("every", "copy"):
        # The same bytes through plain flags, awake, in a ring of the plan's size.
        if case.ring:
            return None
        name, factor = f"{case.touch}-{case.shape}/{case.size}", 1.0
    elif case.wait == "block" and case.shape == "rtt":
        name, factor = "futex", 1.0
    else:
        name, factor = "lines/2", 1.0
    if name not in medians:
        return None
    return name if factor == 1 else f"{factor:g} {name}", medians[name] * factor
