# SPDX-License-Identifier: MIT
"""`./dev bench instructions`: how many instructions each operation takes, per frame of 64 bytes, while nothing waits.
The same program and the same processor give the same counts, however busy the machine is."""
from __future__ import annotations

import argparse
import json
import pathlib
import sys
from typing import Any, Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from harness import limits

from . import callgrind

STORED = pathlib.Path(__file__).resolve().parents[1] / "instructions.json"
FAILED = 1
WORDS = {
    "write": "write",
    "write_parts": "write two parts",
    "claim_commit": "claim and commit",
    "write_many": "write 64 at once, each",
    "acquire": "acquire a frame that is there",
    "acquire_nothing": "acquire that finds nothing",
    "acquire_many": "acquire 64 at once, each",
    "release": "release",
    "release_many": "release 64 at once, each",
}


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="./dev bench instructions", description=__doc__, allow_abbrev=False)
    options.add_argument("--json", type=pathlib.Path, metavar="FILE", help="the counts for a machine to read as well")
    options.add_argument("--check", type=pathlib.Path, metavar="FILE", nargs="?", const=STORED,
                         help="also say what differs from stored counts (default: perf/instructions.json); the exit "
                              "code does not tell")
    options.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    return options


def counted(build: pathlib.Path) -> dict[str, Any]:
    """The counts, and what they depend on besides the source. Errors: CallgrindFailure, LimitFailure."""
    machine = limits.Bench(build).machine()
    return {
        **{fact: machine[fact] for fact in ("cpu", "compiler", "build")},
        "instructions": dict(callgrind.count_all(build / "perf/instructions/zerobuffer_instructions")),
    }


def show(console: Console, instructions: Mapping[str, float]) -> None:
    columns = [(interface, layout) for interface in callgrind.INTERFACES for layout in callgrind.LAYOUTS]
    table = Table("instructions", box=box.SIMPLE_HEAD)
    for interface, layout in columns:
        table.add_column(f"{interface} {layout}", justify="right")
    for operation, words in WORDS.items():
        figures = (instructions[f"{interface}/{layout}/{operation}"] for interface, layout in columns)
        table.add_row(words, *(f"{figure:.1f}" for figure in figures))
    console.print(table, highlight=False)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """In words, none if everything is the same."""
    lines = [f"{fact}: was {before.get(fact)!r}, is {after[fact]!r}" for fact in ("cpu", "compiler", "build")
             if before.get(fact) != after[fact]]
    old, new = before["instructions"], after["instructions"]
    for name in [*old, *(name for name in new if name not in old)]:
        if old.get(name) != new.get(name):
            lines.append(f"{name:<26} {old.get(name, 'none'):>8} -> {new.get(name, 'none'):>8}")
    return lines


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    try:
        before = json.loads(options.check.read_text(encoding="utf-8")) if options.check else None
        found = counted(options.build)
        if options.json:
            options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    except (callgrind.CallgrindFailure, limits.LimitFailure, OSError, ValueError) as error:
        print(f"./dev bench instructions: {error}", file=sys.stderr)
        return FAILED
    show(Console(width=None if sys.stdout.isatty() else 120), found["instructions"])
    if before is not None:
        lines = differences(before, found)
        print("\n".join([f"beside {options.check.name}:", *lines]) if lines else f"as in {options.check.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
