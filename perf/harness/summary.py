# SPDX-License-Identifier: MIT
"""What the repetitions of a case come to: its line in the results. Medians over the repetitions, but for least and
largest, which are those of all."""
from __future__ import annotations

from statistics import median
from typing import Any, Mapping, Optional, Sequence

from . import histogram, limits
from .cases import Case

LEVELS = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999}
SIDES = ("writer", "reader")


def _histogram_of(case: Case, sides: Mapping[str, Any]) -> Optional[dict[str, Any]]:
    found: Optional[dict[str, Any]] = sides["writer" if case.shape == "rtt" else "reader"].get("histogram")
    return found


def percentiles(found: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Without those that have too few samples: of 60, the largest is no 99th percentile."""
    whole = histogram.merge(each["steps"] for each in found)
    levels = {}
    for name, share in LEVELS.items():
        def is_told_by(steps: histogram.Steps) -> bool:
            return histogram.total(steps) * (1 - share) > 1 - 1e-9
        if all(is_told_by(each["steps"]) for each in found):
            levels[name] = median(histogram.quantile(each["steps"], share) for each in found)
        elif is_told_by(whole):
            levels[name] = histogram.quantile(whole, share)
    every = {"min": min(each["least"] for each in found), **levels, "max": max(each["largest"] for each in found)}
    return {name: round(value, 1) for name, value in every.items()}


def late_wakeups_of(case: Case, sides: Mapping[str, Any]) -> Optional[int]:
    found: Optional[int] = sides["writer" if case.shape == "rtt" else "reader"].get("late_wakeups")
    return found


def sample_of(case: Case, sides: Mapping[str, Any]) -> float:
    """The figure of one repetition: the median, or what a frame of a stream took, as its reader saw it."""
    found = _histogram_of(case, sides)
    if found is not None:
        return histogram.quantile(found["steps"], 0.5)
    return float(sides["reader"]["elapsed_ns"] / sides["reader"]["frames"])


def _per_side(repeats: Sequence[Mapping[str, Any]], field: str, by: str) -> dict[str, float]:
    return {side: round(median(repeat["sides"][side][field] / repeat["sides"][side][by] for repeat in repeats), 5)
            for side in SIDES}


def _identity(case: Case) -> dict[str, Any]:
    names = ("library", "layout", "writer", "reader", "shape", "size", "touch", "wait", "pinned", "rate", "ring")
    return {"case": case.id, **{name: getattr(case, name) for name in names}}


def _distribution(case: Case, repeats: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found = [each for repeat in repeats if (each := _histogram_of(case, repeat["sides"])) is not None]
    if not found:
        return {"p": None, "histogram": [], "late_wakeups": None}
    record: dict[str, Any] = {
        "p": percentiles(found),
        "histogram": histogram.merge(each["steps"] for each in found),
    }
    late = [repeat["late_wakeups"] for repeat in repeats]
    record["late_wakeups"] = None if None in late else sum(late)
    corrected = [each for repeat in repeats if (each := repeat["sides"]["reader"].get("corrected"))]
    if corrected:
        record["corrected_p"] = percentiles(corrected)
        record["corrected_histogram"] = histogram.merge(each["steps"] for each in corrected)
    return record


def failed(case: Case, reason: str, impossible: bool) -> dict[str, Any]:
    unknown = ("p", "per_frame_ns", "frames_per_s", "cpu_ns_per_frame", "cpu_share", "syscalls_per_frame",
               "allocations_per_frame", "faults_per_frame", "late_wakeups")
    empty: dict[str, Any] = {"repeats": 0, **dict.fromkeys(unknown), "histogram": [], "samples": []}
    return {**_identity(case), **empty, "error": reason, "impossible": impossible}


def summarise(case: Case, repeats: Sequence[Mapping[str, Any]], counts: Optional[Mapping[str, Any]],
              medians: Mapping[str, float]) -> dict[str, Any]:
    """`repeats` holds at least one: {"sides": ..., "others": ..., "disturbed": ..., "late_wakeups": ...}."""
    samples = [round(sample_of(case, repeat["sides"]), 1) for repeat in repeats]
    timed = [repeat["sides"]["writer" if case.shape == "rtt" else "reader"] for repeat in repeats]
    faults = [_per_side(repeats, kind, "frames") for kind in ("minor_faults", "major_faults")]
    record: dict[str, Any] = {
        **_identity(case),
        "repeats": len(repeats),
        "disturbed": sum(bool(repeat.get("disturbed")) for repeat in repeats),
        **_distribution(case, repeats),
        "per_frame_ns": median(samples) if case.shape == "stream" else None,
        "frames_per_s": round(median(side["frames"] * 1e9 / side["elapsed_ns"] for side in timed), 1),
        "cpu_ns_per_frame": _per_side(repeats, "cpu_ns", "frames"),
        "cpu_share": _per_side(repeats, "cpu_ns", "elapsed_ns"),
        "faults_per_frame": {side: round(faults[0][side] + faults[1][side], 5) for side in SIDES},
        "switches_per_frame": {
            kind: _per_side(repeats, f"{kind}_switches", "frames") for kind in ("voluntary", "involuntary")},
        "syscalls_per_frame": None,
        "allocations_per_frame": None,
        **(counts or {}),
        "samples": samples,
    }
    against = limits.yardstick(case, medians)
    if against is not None:
        name, nanoseconds = against
        record["limit"] = {"name": name, "ns": round(nanoseconds, 2), "ratio": round(median(samples) / nanoseconds, 4)}
    return record
