# SPDX-License-Identifier: MIT
"""A run beside a stored one. Only ratios to the limits of the same repetition are compared, never times: the machine
may be busy, or another one of the same kind."""
from __future__ import annotations

import dataclasses
import math
from statistics import median
from typing import Any, Iterable, Mapping, Optional, Sequence

from . import limits
from .cases import Case

# A smaller change means nothing, however quiet the machine was.
LEAST_CHANGE = 0.05
CONFIDENCE = 0.95
# A case whose noise explains more than this tells little.
BLIND = 0.25


def _dropped(count: int) -> int:
    """How many values at each end the interval of the median leaves out."""
    dropped, outside = 0, 2 / 2**count
    while (outside := outside + 2 * math.comb(count, dropped + 1) / 2**count) <= 1 - CONFIDENCE:
        dropped += 1
    return dropped


@dataclasses.dataclass(frozen=True)
class Ratios:
    """Of one case: its figure over its yardstick, per repetition."""

    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        return median(self.values)

    @property
    def noise(self) -> float:
        """Half of the interval in which the true median lies with 95 %, as a share of the median, however the values
        are spread (Conover, Practical Nonparametric Statistics, 3.2): from least to largest, of nine or more without
        the outermost. Fewer than six promise less: three 75 %."""
        dropped = _dropped(len(self.values))
        inner = sorted(self.values)[dropped:len(self.values) - dropped]
        return (inner[-1] - inner[0]) / 2 / self.middle


@dataclasses.dataclass(frozen=True)
class Change:
    case: str
    before: Ratios
    after: Ratios

    @property
    def share(self) -> float:
        """0.1: a tenth slower."""
        return self.after.middle / self.before.middle - 1

    @property
    def bound(self) -> float:
        """What the noise of the repetitions explains: twice that of the noisier run."""
        return max(LEAST_CHANGE, 2 * max(self.before.noise, self.after.noise))

    @property
    def moved(self) -> bool:
        # As a factor, so that twice as fast and twice as slow are the same distance.
        factor = 1 + self.share
        return max(factor, 1 / factor) - 1 > self.bound


@dataclasses.dataclass(frozen=True)
class Comparison:
    changes: tuple[Change, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    processor_before: str = ""
    processor_after: str = ""

    @property
    def moved(self) -> list[Change]:
        """The largest first."""
        return sorted((change for change in self.changes if change.moved), key=lambda change: -abs(change.share))


def _case_of(record: Mapping[str, Any]) -> Case:
    names = [field.name for field in dataclasses.fields(Case) if field.name in record]
    return Case(**{name: record[name] for name in names})


def ratios(records: Iterable[Mapping[str, Any]]) -> dict[str, Ratios]:
    """By case, of the run that begins last. A case without figures, or without a yardstick, has none."""
    run = list(records)
    samples: dict[str, Sequence[float]] = {
        record["name"]: record.get("samples") or [record["median_ns"]] for record in run if record["kind"] == "limit"}
    medians = {name: median(values) for name, values in samples.items()}
    found = {}
    for record in run:
        if record["kind"] != "case" or not record.get("samples"):
            continue
        case = _case_of(record)
        own = [{name: each[index] if index < len(each) else medians[name] for name, each in samples.items()}
               for index in range(len(record["samples"]))]
        # The yardstick of the same repetition takes out what slowed both; where it alone was disturbed it adds to it.
        ways = [_over(case, record["samples"], yardsticks) for yardsticks in (own, [medians] * len(own))]
        if ways[0] is not None and ways[1] is not None:
            found[record["case"]] = min(ways[0], ways[1], key=lambda way: way.noise)
    return found


def _over(case: Case, figures: Sequence[float], yardsticks: Sequence[Mapping[str, float]]) -> Optional[Ratios]:
    against = [limits.yardstick(case, each) for each in yardsticks]
    values = [figure / each[1] for figure, each in zip(figures, against) if each is not None]
    return Ratios(tuple(values)) if values else None


def compare(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Comparison:
    """Both are the lines of one complete run."""
    old, new = ratios(before), ratios(after)
    changes = tuple(Change(case, old[case], new[case]) for case in new if case in old)
    return Comparison(changes, tuple(sorted(old.keys() - new.keys())), tuple(sorted(new.keys() - old.keys())),
                      _processor(before), _processor(after))


def _processor(records: Iterable[Mapping[str, Any]]) -> str:
    return next((str(record["cpu"]) for record in records if record["kind"] == "machine" and "cpu" in record), "")


_OF_MACHINE = ("kind", "time", "cpu", "cores", "compiler", "versions")
_OF_LIMIT = ("kind", "name", "median_ns", "samples")
_OF_CASE = ("kind", "case", *(field.name for field in dataclasses.fields(Case)), "samples")


def baseline(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What compare() needs of a complete run, small enough to be kept beside the source; nothing of it names a file."""
    kept = {"machine": _OF_MACHINE, "limit": _OF_LIMIT, "case": _OF_CASE}
    return [{name: record[name] for name in kept[record["kind"]] if name in record} for record in records]


def text(comparison: Comparison) -> str:
    lines = []
    for change in comparison.moved:
        word = "slower" if change.share > 0 else "faster"
        lines.append(f"{change.case:<64} {change.before.middle:9.3g} x -> {change.after.middle:9.3g} x  "
                     f"{change.share:+7.1%}  {word}, noise explains {change.bound:.0%}")
    blind = sum(not change.moved and change.bound > BLIND for change in comparison.changes)
    if blind:
        lines.append(f"of {blind} cases noise explains more than {BLIND:.0%}: these cannot tell")
    moved = len(comparison.moved)
    lines.append(f"{len(comparison.changes)} cases in both runs, {moved} moved beyond the noise of their repetitions")
    if comparison.processor_before != comparison.processor_after:
        lines.append(f"another processor: {comparison.processor_before or 'unknown'} in the baseline, "
                     f"{comparison.processor_after or 'unknown'} here. Where a cache line takes less, more of a ratio "
                     "is instructions: these ratios do not tell of a change in the code")
    for title, cases in (("only in the baseline", comparison.only_before), ("only in this run", comparison.only_after)):
        if cases:
            lines.append(f"{title}: {len(cases)}")
    return "\n".join(lines)
