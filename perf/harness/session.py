# SPDX-License-Identifier: MIT
"""Runs everything once before anything a second time, so that what the machine does meanwhile falls on all alike; and a
repetition again right away when others used the machine during it."""
from __future__ import annotations

import dataclasses
from typing import Any, Callable, Mapping, Optional, Sequence

from . import limits, load, summary
from .cases import Case, effort_of
from .counting import Counter
from .endpoints import Endpoints
from .measure import measure
from .processes import EndpointFailure, NotPossibleHere
from .store import Store

LIMITS = "limits"


@dataclasses.dataclass(frozen=True)
class Options:
    repeats: int = 5
    retries: int = 3
    seconds: float = 0.25
    counts: bool = True


# Told what begins, and at the end of each step.
Progress = Callable[[Optional[str]], None]


class Session:
    def __init__(self, cases: Sequence[Case], endpoints: Endpoints, store: Store, options: Options,
                 bench: limits.Bench) -> None:
        self._cases, self._endpoints, self._store, self._options = cases, endpoints, store, options
        self._bench = bench
        self._run_id = store.run[0]["run"]
        self._counter = Counter(endpoints) if options.counts else None
        self._failed = {record["case"] for record in store.of_kind("failure")}
        self._counted = {record["case"] for record in store.of_kind("counts")}
        self._done = {(record["case"], record["repeat"]) for record in store.of_kind("repeat")}
        self._done |= {(LIMITS, record["repeat"]) for record in store.of_kind("limit-repeat")}

    def steps_left(self) -> int:
        counts = sum(case.id not in self._counted for case in self._cases) if self._counter else 0
        wanted = [LIMITS, *(case.id for case in self._cases)]
        return counts + sum((name, repeat) not in self._done
                            for repeat in range(self._options.repeats) for name in wanted)

    def run(self, progress: Progress) -> None:
        for repeat in range(self._options.repeats):
            if (LIMITS, repeat) not in self._done:
                progress("limits")
                self._measure_limits(repeat)
                progress(None)
            for case in self._cases:
                if (case.id, repeat) not in self._done:
                    progress(case.id)
                    self._measure_case(case, repeat)
                    progress(None)
                if repeat == 0 and self._counter and case.id not in self._counted:
                    progress(f"{case.id} (counting)")
                    self._count(case, self._counter)
                    progress(None)

    def records(self) -> list[dict[str, Any]]:
        """The lines of a complete run, or of what there is of it."""
        repeats = [record["limits"] for record in self._store.of_kind("limit-repeat")]
        lines = [{"kind": "limit", "run": self._run_id, **each} for each in limits.summary(repeats)]
        medians = {line["name"]: line["median_ns"] for line in lines}
        counts = {record["case"]: record["counts"] for record in self._store.of_kind("counts")}
        failures = {record["case"]: record for record in self._store.of_kind("failure")}
        taken: dict[str, list[Mapping[str, Any]]] = {}
        for record in self._store.of_kind("repeat"):
            taken.setdefault(record["case"], []).append(record)
        for case in self._cases:
            if case.id in failures:
                line = summary.failed(case, failures[case.id]["reason"], failures[case.id]["impossible"])
            elif case.id in taken:
                in_order = sorted(taken[case.id], key=lambda record: int(record["repeat"]))
                line = summary.summarise(case, in_order, counts.get(case.id), medians)
            else:
                continue
            lines.append({"kind": "case", "run": self._run_id, **line})
        return lines

    def _append(self, kind: str, **more: Any) -> None:
        self._store.append({"kind": kind, "run": self._run_id, **more})

    def _measure_limits(self, repeat: int) -> None:
        found = self._bench.measure(limits.needed(self._cases), self._options.retries)
        self._append("limit-repeat", repeat=repeat, limits=found)

    def _take(self, case: Case) -> dict[str, Any]:
        watch = load.LoadWatch()
        sides = measure(case, effort_of(case, self._options.seconds), self._endpoints)
        others = watch.others(sum(side.get("helpers_cpu_ns", 0) for side in sides.values()) / 1e9)
        measured = max(side["elapsed_ns"] for side in sides.values()) / 1e9
        return {"sides": sides, "others": round(others / measured, 4), "disturbed": load.disturbed(others, measured),
                "late_wakeups": summary.late_wakeups_of(case, sides)}

    def _measure_case(self, case: Case, repeat: int) -> None:
        """A case that fails is not repeated."""
        if case.id in self._failed:
            return
        try:
            tries = [self._take(case)]
            while tries[-1]["disturbed"] and len(tries) <= self._options.retries:
                tries.append(self._take(case))
        except EndpointFailure as failure:
            self._failed.add(case.id)
            self._append("failure", case=case.id, reason=str(failure),
                         impossible=isinstance(failure, NotPossibleHere))
            return
        best = min(tries, key=lambda taken: float(taken["others"]))
        # A wake-up that was lost is a fault however busy the machine was, so a try that does not count counts here.
        late = [each["late_wakeups"] for each in tries]
        best["late_wakeups"] = None if None in late else sum(late)
        self._append("repeat", case=case.id, repeat=repeat, **best)

    def _count(self, case: Case, counter: Counter) -> None:
        if case.id not in self._failed:
            self._append("counts", case=case.id, counts=counter.count(case))
