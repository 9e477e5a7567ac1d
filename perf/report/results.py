# SPDX-License-Identifier: MIT
"""Result files of the harness: JSON lines in, checked objects out. What cannot be used is kept as a problem in
words and never stops the rest: a run may have been cut off in the middle of a line."""
from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any, Iterable, Mapping, Optional

PERCENTILES = ("min", "p50", "p90", "p99", "p99.9", "max")
SHAPES = ("rtt", "stream", "paced")
# Lines that the harness keeps until a run is complete.
_PROVISIONAL = ("begin", "limit-repeat", "repeat", "counts", "failure")


class NoResults(Exception):
    """The file has nothing that a report could show; the message says why and what to do."""


@dataclasses.dataclass(frozen=True)
class Limit:
    name: str
    median_ns: float
    least_ns: Optional[float]


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    library: str
    layout: Optional[str]
    writer: str
    reader: str
    shape: str
    size: int
    touch: str
    wait: str
    pinned: bool
    rate: Optional[float]
    repeats: Optional[int]
    percentiles: Mapping[str, float]
    per_frame_ns: Optional[float]
    frames_per_s: Optional[float]
    cpu_ns_per_frame: Mapping[str, float]
    cpu_share: Mapping[str, float]
    syscalls_per_frame: Mapping[str, float]
    allocations_per_frame: Mapping[str, float]
    faults_per_frame: Mapping[str, float]
    late_wakeups: Optional[float]
    histogram: tuple[tuple[float, float], ...]
    samples: tuple[float, ...]
    limit: Optional[Limit]  # what the machine needs at least for the same, as the harness chose it
    corrected: Mapping[str, float]  # percentiles from when frames were due
    disturbed: int  # repeats during which others used the machine
    error: Optional[str]

    @property
    def median_ns(self) -> Optional[float]:
        """The figure that the case is judged by: of a stream the time per frame, else the median latency."""
        return self.per_frame_ns if self.shape == "stream" else self.percentiles.get("p50")

    @property
    def ratio(self) -> Optional[float]:
        """How many times as long as the limit."""
        return self.median_ns / self.limit.median_ns if self.median_ns and self.limit else None

    @property
    def spread(self) -> Optional[float]:
        """Largest over smallest figure of the repeats."""
        return max(self.samples) / min(self.samples) if len(self.samples) > 1 and min(self.samples) > 0 else None


@dataclasses.dataclass
class Run:
    name: str
    machine: dict[str, Any]
    limits: dict[str, Limit]
    cases: list[Case]
    problems: list[str]

    @property
    def measured(self) -> list[Case]:
        return [case for case in self.cases if case.median_ns is not None]

    @property
    def failed(self) -> list[Case]:
        return [case for case in self.cases if case.median_ns is None]


def load(path: Path, name: Optional[str] = None) -> Run:
    """The run of that name, or the one that begins last. Raises NoResults, and OSError if it cannot be read."""
    lines, problems = _objects(path)
    if not lines:
        why = problems[0] if problems else "it is empty"
        raise NoResults(f"{path} holds no results: {why}. `./dev bench --out {path.name}` writes such a file")
    names = list(dict.fromkeys(_run_of(line) for _, line in lines))
    if name is not None and name not in names:
        raise NoResults(f"{path} has no run {name}; it has: {', '.join(names)}")
    started = [_run_of(line) for _, line in lines if line.get("kind") == "machine"]
    chosen = name or (started or names)[-1]
    if len(names) > 1:
        problems.append(f"The file holds {len(names)} runs; this is {chosen}. --run chooses another.")
    run = Run(chosen, {}, {}, [], problems)
    for number, line in lines:
        if _run_of(line) == chosen and line["kind"] not in _PROVISIONAL:
            _take(run, number, line)
    # A case that was measured again, after a run went on, counts once: as it was last.
    run.cases = list({case.name: case for case in run.cases}.values())
    provisional = [line for _, line in lines if line["kind"] in _PROVISIONAL and _run_of(line) == chosen]
    if provisional:
        run.problems.append("The run is not complete; the same `./dev bench` command carries on with it.")
    if not run.machine:
        run.problems.append("The file does not say which machine this was.")
    return run


def _run_of(line: Mapping[str, Any]) -> str:
    return _text(line.get("run")) or "without a name"


def _objects(path: Path) -> tuple[list[tuple[int, dict[str, Any]]], list[str]]:
    lines: list[tuple[int, dict[str, Any]]] = []
    problems: list[str] = []
    for number, text in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except ValueError:
            problems.append(f"Line {number} is not JSON and was left out; perhaps the run was cut off there.")
            continue
        if isinstance(line, dict) and isinstance(line.get("kind"), str):
            lines.append((number, line))
        else:
            problems.append(f"Line {number} is no result: it has no kind.")
    return lines, problems


def _take(run: Run, number: int, line: dict[str, Any]) -> None:
    kind = line["kind"]
    try:
        if kind == "machine":
            run.machine = line
        elif kind == "limit":
            limit = Limit(_needed(line, "name"), _positive(line, "median_ns"), _number(line.get("least_ns")))
            run.limits[limit.name] = limit
        elif kind == "case":
            run.cases.append(_case(line))
        else:
            run.problems.append(f"Line {number} is of a kind that this report does not know: {kind}.")
    except ValueError as error:
        run.problems.append(
            f"Line {number} ({kind} {_text(line.get('case')) or _text(line.get('name')) or '?'}) was left out: {error}."
        )


def _case(line: dict[str, Any]) -> Case:
    shape = _needed(line, "shape")
    if shape not in SHAPES:
        raise ValueError(f"shape is {shape!r}, which is none of {', '.join(SHAPES)}")
    percentiles = _figures(line.get("p"))
    return Case(
        name=_needed(line, "case"),
        library=_needed(line, "library"),
        layout=_text(line.get("layout")),
        writer=_needed(line, "writer"),
        reader=_needed(line, "reader"),
        shape=shape,
        size=int(_positive(line, "size")),
        touch=_needed(line, "touch"),
        wait=_text(line.get("wait")) or "",
        pinned=line.get("pinned") is True,
        rate=_number(line.get("rate")),
        repeats=_count(line.get("repeats")),
        percentiles={key: percentiles[key] for key in PERCENTILES if percentiles.get(key, 0) > 0},
        per_frame_ns=_above_zero(line.get("per_frame_ns")),
        frames_per_s=_above_zero(line.get("frames_per_s")),
        cpu_ns_per_frame=_figures(line.get("cpu_ns_per_frame")),
        cpu_share=_figures(line.get("cpu_share")),
        syscalls_per_frame=_figures(line.get("syscalls_per_frame")),
        allocations_per_frame=_figures(line.get("allocations_per_frame")),
        faults_per_frame=_figures(line.get("faults_per_frame")),
        late_wakeups=_number(line.get("late_wakeups")),
        histogram=_histogram(line.get("histogram")),
        samples=_samples(line.get("samples")),
        limit=_limit(line.get("limit")),
        corrected=_figures(line.get("corrected_p")),
        disturbed=_count(line.get("disturbed")) or 0,
        error=_text(line.get("error")),
    )


def _text(value: Any) -> Optional[str]:
    return value if isinstance(value, str) and value else None


def _needed(line: dict[str, Any], key: str) -> str:
    text = _text(line.get(key))
    if text is None:
        raise ValueError(f"{key} is missing")
    return text


def _number(value: Any) -> Optional[float]:
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if good else None


def _above_zero(value: Any) -> Optional[float]:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _positive(line: dict[str, Any], key: str) -> float:
    number = _above_zero(line.get(key))
    if number is None:
        raise ValueError(f"{key} is not a number above zero")
    return number


def _count(value: Any) -> Optional[int]:
    number = _number(value)
    return None if number is None else int(number)


def _figures(value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        return {}
    numbers = {str(key): _number(figure) for key, figure in value.items()}
    return {key: number for key, number in numbers.items() if number is not None}


def _limit(value: Any) -> Optional[Limit]:
    if not isinstance(value, dict):
        return None
    name, time = _text(value.get("name")), _above_zero(value.get("ns"))
    return None if name is None or time is None else Limit(name, time, None)


def _samples(value: Any) -> tuple[float, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(number for number in map(_number, value) if number is not None)


def _histogram(value: Any) -> tuple[tuple[float, float], ...]:
    """Ascending pairs of nanoseconds and count."""
    pairs: list[tuple[float, float]] = []
    for pair in value if isinstance(value, list) else ():
        if isinstance(pair, list) and len(pair) == 2:
            time, count = _above_zero(pair[0]), _above_zero(pair[1])
            if time is not None and count is not None:
                pairs.append((time, count))
    return tuple(sorted(pairs))


def sizes_of(cases: Iterable[Case]) -> list[int]:
    return sorted({case.size for case in cases})
