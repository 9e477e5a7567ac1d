# SPDX-License-Identifier: MIT
"""./dev bench. Exit code: 0 measured, whatever the figures; 1 something failed; 2 wrong options; 3 cannot run here;
130 interrupted (the same command carries on)."""
from __future__ import annotations

import argparse
import datetime
import os
import pathlib
import platform
import re
import shlex
import sys
from typing import Any, Iterable, Mapping, Optional, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from . import compare, histogram, interrupts, limits, planner, store, table
from .endpoints import Endpoints
from .identity import plan_record
from .measure import cpus
from .options import parser, wishes_of
from .session import Options, Session

FAILED, WRONG, IMPOSSIBLE, INTERRUPTED = 1, 2, 3, 130


def machine(bench: limits.Bench, endpoints: Endpoints, command: Sequence[str]) -> dict[str, Any]:
    facts = bench.machine()
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "run": f"{now:%Y%m%dT%H%M%S}-{os.getpid()}",
        "time": now.isoformat(timespec="seconds"),
        "cpu": facts["cpu"],
        "cores": int(facts["cpus"]),
        "kernel": facts["kernel"],
        "governor": facts["governor"],
        "compiler": facts["compiler"],
        "versions": {"python": platform.python_version(), "build": facts["build"],
                     "libc": " ".join(platform.libc_ver()), **endpoints.versions},
        "commit": facts["commit"],
        "command": shlex.join(["./dev", "bench", *command]),
        "clock_mhz": int(facts["clock_mhz"]),
        "shared_huge_pages": facts["shared_huge_pages"],
        "left_out": {each.language: each.reason for each in endpoints.left_out},
    }


def write_percentiles(folder: pathlib.Path, records: Iterable[Mapping[str, Any]]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for record in records:
        if record["kind"] != "case":
            continue
        for field, suffix in (("histogram", ""), ("corrected_histogram", "-corrected")):
            if record.get(field):
                name = re.sub(r"[^A-Za-z0-9.-]+", "_", record["case"]) + suffix + ".hgrm"
                (folder / name).write_text(histogram.percentile_text(record[field]), encoding="ascii")
                written += 1
    return written


def measure(session: Session, console: Console) -> bool:
    """Whether it came to its end."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Without a thread of its own, which would disturb what is measured.
    bar = Progress(*columns, console=console, auto_refresh=False, transient=True, disable=not console.is_terminal)
    with bar:
        task = bar.add_task("", total=session.steps_left())

        def progress(what: Optional[str]) -> None:
            if what is None:
                bar.advance(task)
            else:
                bar.update(task, description=what)
            bar.refresh()

        try:
            session.run(progress)
        except interrupts.Interrupted:
            return False
    return True


def stored_run(path: pathlib.Path) -> list[Mapping[str, Any]]:
    """Errors: StoreError for a file without a complete run."""
    run = store.last_run(store.read(path))
    if not any(record["kind"] == "case" for record in run):
        raise store.StoreError(f"{path}: no complete run in it")
    return run


def run(options: argparse.Namespace, command: Sequence[str]) -> int:
    baseline = stored_run(options.check) if options.check else None
    if options.against:
        print(compare.text(compare.compare(baseline or [], stored_run(options.against))))
        return 0
    endpoints = Endpoints(options.build)
    cases = planner.plan(endpoints.languages, wishes_of(options))
    if options.list:
        print("\n".join(case.id for case in cases))
        return 0
    # A pair that spins on one processor would never end.
    if len(cpus()) < 2:
        print(f"./dev bench needs two CPUs, and this process may use {len(cpus())}", file=sys.stderr)
        return IMPOSSIBLE
    quick = options.quick
    how = Options(options.repeat or (3 if quick else 5), options.retries, options.seconds or (0.05 if quick else 0.25),
                  options.counts)
    bench = limits.Bench(options.build)
    about = machine(bench, endpoints, command)
    kept = store.Store(options.out or options.build.parent / "bench/results.jsonl", options.fresh)
    carried_on = kept.unfinished
    kept.begin(about, plan_record(cases, how.seconds, about["commit"], [bench.program, *endpoints.made_of]))
    console = Console(stderr=True)
    if carried_on:
        console.print(f"carrying on with the unfinished run in {kept.path}", highlight=False)
    session = Session(cases, endpoints, kept, how, bench)
    complete = measure(session, console)
    records = session.records()
    if complete:
        kept.finish(records)
    out = Console(width=None if sys.stdout.isatty() else 160)
    table.show(out, records, [(each.language, each.reason) for each in endpoints.left_out])
    if options.hdr:
        out.print(f"{write_percentiles(options.hdr, records)} percentile files in {options.hdr}", highlight=False)
    if options.baseline and complete:
        store.write(options.baseline, compare.baseline(kept.run))
    if baseline is not None:
        print(compare.text(compare.compare(baseline, [*kept.of_kind("machine"), *records])))
    if not complete:
        print(f"interrupted; the same command carries on with what is in {kept.path}", file=sys.stderr)
        return INTERRUPTED
    out.print(f"results in {kept.path}", highlight=False)
    # A comparison informs, whatever it finds.
    return FAILED if any(record.get("error") and not record.get("impossible") for record in records) else 0


def main(command: Sequence[str]) -> int:
    options_parser = parser()
    options = options_parser.parse_args(command)
    if options.against and not options.check:
        options_parser.error("--against needs --check")
    interrupts.take()
    try:
        return run(options, [each for each in command if not each.startswith("--build=")])
    except re.error as error:
        print(f"./dev bench: --filter: {error}", file=sys.stderr)
        return WRONG
    except ValueError as error:
        print(f"./dev bench: {error}", file=sys.stderr)
        return WRONG
    except (store.StoreError, limits.LimitFailure) as error:
        print(f"./dev bench: {error}", file=sys.stderr)
        return FAILED
    except interrupts.Interrupted:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
