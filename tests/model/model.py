# SPDX-License-Identifier: MIT
"""Runs Spin on one case: translates the text, compiles the verifier, searches, and reads what the search found."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cases import IS_LONG, Case

DEPTH = 1_000_000 if IS_LONG else 10_000


@dataclass(frozen=True)
class Search:
    report: str
    states: int
    errors: int
    complete: bool
    violation: str
    unreached: list[str]


def search(case: Case, folder: Path) -> Search:
    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout

    is_large = IS_LONG and not case.mutant
    # Most mutants fall at once: what counts is the time to compile.
    options = ["-O2", "-DCOLLAPSE"] if is_large else ["-O0" if case.mutant else "-O1"]
    bits = 26 if is_large else 20
    run("spin", "-a", *case.defines(), str(case.text))
    run("gcc", *options, "-w", "-DSAFETY", "-o", "pan", "pan.c")
    return read(run("./pan", f"-m{DEPTH}", f"-w{bits}"))


def read(report: str) -> Search:
    stored = re.search(r"^ *([0-9.e+]+) states, stored", report, re.MULTILINE)
    errors = re.search(r"errors: (\d+)", report)
    assert stored and errors, report
    found = re.search(r"^pan:1: (.*)", report, re.MULTILINE)
    # The end of a process that serves for ever is no statement that could be missed.
    unreached = [line.strip() for line in re.findall(r"^\t/.*$", report, re.MULTILINE) if '"-end-"' not in line]
    return Search(
        report=report,
        states=int(float(stored[1])),
        errors=int(errors[1]),
        complete="Search not completed" not in report and "max search depth too small" not in report,
        violation=found[1] if found else "",
        unreached=unreached,
    )
