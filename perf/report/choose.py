# SPDX-License-Identifier: MIT
"""Which cases a picture shows. The rules prefer pinned processes and layout v2, and take what there is otherwise."""
from __future__ import annotations

from typing import Callable, Iterable, Optional, Sequence

from results import Case, Limit, Run

WAITS = ("spin", "adaptive", "block")
TOUCHES = ("none", "header", "every", "copy")
LANGUAGE_ORDER = ("cpp", "python", "csharp")


def rank(order: Sequence[str], name: Optional[str]) -> int:
    return order.index(name) if name in order else len(order)


def _preference(case: Case) -> tuple[int, int, int]:
    return (not case.pinned, 0 if case.layout in (None, "v2") else 1, rank(WAITS, case.wait))


def best(cases: Iterable[Case], fits: Callable[[Case], bool] = lambda case: True) -> Optional[Case]:
    """The preferred one of those that fit: pinned, v2, spinning."""
    return min(filter(fits, cases), key=_preference, default=None)


def own(cases: Iterable[Case], shape: str) -> list[Case]:
    return [case for case in cases if case.library == "zerobuffer" and case.shape == shape]


def pairs(cases: Iterable[Case]) -> list[tuple[str, str]]:
    found = {(case.writer, case.reader) for case in cases}
    return sorted(found, key=lambda pair: tuple(rank(LANGUAGE_ORDER, name) for name in pair))


def nearest_size(cases: Iterable[Case], wanted: int) -> Optional[int]:
    sizes = {case.size for case in cases}
    return min(sizes, key=lambda size: (abs(size.bit_length() - wanted.bit_length()), abs(size - wanted)), default=None)


def contest(cases: Iterable[Case], size: int, touch: str) -> list[Case]:
    """Who takes part in a comparison at that size: every library once per language, ZeroBuffer with each way to wait."""
    found: dict[tuple[str, str, str], Case] = {}
    for case in sorted(cases, key=_preference):
        alike = case.shape == "rtt" and case.size == size and case.touch == touch and case.writer == case.reader
        if alike and case.layout in (None, "v2"):
            wait = case.wait if case.library == "zerobuffer" else ""
            found.setdefault((case.library, case.writer, wait), case)
    return sorted(found.values(), key=lambda case: case.median_ns or 0)


def limit_of(run: Run, case: Case) -> Optional[tuple[float, str]]:
    """What the machine needs at least for the same, in nanoseconds, and in words."""
    if case.shape != "rtt" or case.library != "zerobuffer":
        return None
    signal = run.limits.get("futex") if case.wait == "block" else run.limits.get("lines/2")
    name = "futex there and back" if case.wait == "block" else "two cache lines"
    if signal is None or case.touch not in ("none", "header", "copy"):
        return None
    if case.touch != "copy":
        return signal.median_ns, name
    copy: Optional[Limit] = run.limits.get(f"memcpy/{case.size}")
    return None if copy is None else (4 * copy.median_ns + signal.median_ns, f"4 memcpy, {name}")


def ratio_rows(run: Run) -> list[Case]:
    """C++ at every size, in place, blocking and copying; of other pairs the smallest frame only."""
    cases = [case for case in own(run.measured, "rtt") if case.layout in (None, "v2") and limit_of(run, case)]
    rows: list[Case] = []
    for pair in pairs(cases):
        alike = [case for case in cases if (case.writer, case.reader) == pair]
        sizes = sorted({case.size for case in alike})
        for wait, touches in (("spin", ("none", "header")), ("adaptive", ("none", "header")), ("block", ("none", "header")),
                              ("spin", ("copy",))):
            if wait == "adaptive" and any(case.wait == "spin" for case in alike):
                continue
            if touches == ("copy",) and pair != pairs(cases)[0]:
                continue
            for size in sizes if pair == pairs(cases)[0] else sizes[:1]:
                found = min((case for case in alike if (case.size, case.wait) == (size, wait) and case.touch in touches),
                            key=lambda case: (not case.pinned, rank(TOUCHES, case.touch)), default=None)
                rows += [found] if found else []
    return rows
