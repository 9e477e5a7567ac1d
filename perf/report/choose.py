# SPDX-License-Identifier: MIT
"""Which cases a picture shows. The rules prefer pinned processes and layout v2, and take what there is otherwise."""
from __future__ import annotations

import math
from typing import Callable, Iterable, Optional, Sequence

from .results import Case, Run

WAITS = ("spin", "adaptive", "block")
TOUCHES = ("none", "header", "every", "copy")
_RATIO_GROUPS = (
    ("spin", ("none", "header")),
    ("adaptive", ("none", "header")),
    ("block", ("none", "header")),
    ("spin", ("every",)),
    ("spin", ("copy",)),
)
LANGUAGE_ORDER = ("cpp", "python", "csharp")


def rank(order: Sequence[str], name: Optional[str]) -> int:
    return order.index(name) if name in order else len(order)


def _preference(case: Case) -> tuple[int, int, int]:
    return (not case.pinned, 0 if case.layout in (None, "v2") else 1, rank(WAITS, case.wait))


def best(cases: Iterable[Case], fits: Callable[[Case], bool] = lambda case: True) -> Optional[Case]:
    """The preferred one of those that fit: pinned, v2, spinning."""
    fit = sorted((case for case in cases if fits(case)), key=_preference)
    return fit[0] if fit else None


def own(cases: Iterable[Case], shape: str) -> list[Case]:
    return [case for case in cases if case.library == "zerobuffer" and case.shape == shape]


def pairs(cases: Iterable[Case]) -> list[tuple[str, str]]:
    found = {(case.writer, case.reader) for case in cases}
    return sorted(found, key=lambda pair: tuple(rank(LANGUAGE_ORDER, name) for name in pair))


def nearest_size(cases: Iterable[Case], wanted: int) -> Optional[int]:
    sizes = sorted({case.size for case in cases}, key=lambda size: abs(math.log(size / wanted)))
    return sizes[0] if sizes else None


def contest(cases: Iterable[Case], size: int, touch: str) -> list[Case]:
    """Who takes part in a comparison at that size: every library once per language and way to wait."""
    found: dict[tuple[str, str, str], Case] = {}
    for case in sorted(cases, key=_preference):
        alike = case.shape == "rtt" and case.size == size and case.touch == touch and case.writer == case.reader
        if alike and case.layout in (None, "v2"):
            found.setdefault((case.library, case.writer, case.wait or ""), case)
    return sorted(found.values(), key=lambda case: case.median_ns or 0)


def ratio_rows(run: Run) -> list[Case]:
    """The first pair at every size: in place, blocking, every byte touched, copied; of other pairs the smallest frame
    only."""
    cases = [case for case in own(run.measured, "rtt") if case.layout in (None, "v2") and case.ratio]
    rows: list[Case] = []
    for number, pair in enumerate(pairs(cases)):
        alike = [case for case in cases if (case.writer, case.reader) == pair]
        for wait, touches in _RATIO_GROUPS:
            if wait == "adaptive" and any(case.wait == "spin" for case in alike) or number and touches[0] != "none":
                continue
            fit = [case for case in alike if case.wait == wait and case.touch in touches]
            for size in sorted({case.size for case in fit})[: 1 if number else None]:
                rows.append(
                    min(
                        (case for case in fit if case.size == size),
                        key=lambda case: (not case.pinned, rank(TOUCHES, case.touch)),
                    )
                )
    return rows
