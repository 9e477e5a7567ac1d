# SPDX-License-Identifier: MIT
"""One repetition of one case: two fresh processes, or one that makes its other end itself."""
from __future__ import annotations

import os
from typing import Any, Callable, Sequence

from . import processes
from .cases import Case, Effort, deadline_of
from .endpoints import Endpoints
from .processes import Start

Wrap = Callable[[Sequence[str]], Sequence[str]]
# Writer (or ping) and reader (or echo): what each of them printed.
Sides = dict[str, dict[str, Any]]


def cpus() -> list[int]:
    return sorted(os.sched_getaffinity(0))


def _arguments(case: Case, effort: Effort, name: str) -> list[str]:
    arguments = ["--transport", case.library, "--name", name, "--size", str(case.size), "--layout", case.layout or "v2",
                 "--alignment", str(case.alignment), "--capacity", str(case.capacity), "--touch", case.touch,
                 "--wait", case.wait, "--frames", str(effort.frames), "--warm-up", str(effort.warm_up)]
    return arguments + (["--rate", str(case.rate)] if case.rate else [])


def starts_of(case: Case, effort: Effort, name: str, endpoints: Endpoints, wrap: Wrap = list) -> list[Start]:
    """What to start, in order: the end that is connected to comes first."""
    arguments = _arguments(case, effort, name)
    first_cpu, second_cpu = (cpus() * 2)[:2]

    def start(language: str, role: str, cpu: int, more: Sequence[str] = ()) -> Start:
        endpoint = endpoints.by_language[language]
        binding = ["--cpu", str(cpu)] if case.pinned else []
        return Start(role, list(wrap([*endpoint.command, role, *arguments, *binding, *more])), endpoint.environment)

    if case.inherited:
        peer_cpu = ["--peer-cpu", str(second_cpu)] if case.pinned else []
        return [start(case.writer, "pair-rtt" if case.shape == "rtt" else "pair-stream", first_cpu, peer_cpu)]
    writer_role, reader_role = ("ping", "echo") if case.shape == "rtt" else ("source", "sink")
    return [start(case.reader, reader_role, second_cpu), start(case.writer, writer_role, first_cpu)]


def sides_of(case: Case, results: Sequence[dict[str, Any]]) -> Sides:
    by_role = {side["role"]: side for result in results for side in result.get("sides", [result])}
    writer_role, reader_role = ("ping", "echo") if case.shape == "rtt" else ("source", "sink")
    try:
        return {"writer": by_role[writer_role], "reader": by_role[reader_role]}
    except KeyError as missing:
        raise processes.EndpointFailure(f"no result of {missing}") from None


def measure(case: Case, effort: Effort, endpoints: Endpoints) -> Sides:
    """Errors: EndpointFailure."""
    with processes.fresh_name() as (name, folder):
        starts = starts_of(case, effort, name, endpoints)
        return sides_of(case, processes.run(starts, deadline_of(case, effort), folder))
