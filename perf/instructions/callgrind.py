# SPDX-License-Identifier: MIT
"""Runs zerobuffer_instructions under callgrind, and reads what each measured function took."""
from __future__ import annotations

import dataclasses
import pathlib
import re
import subprocess
import tempfile
from typing import Iterable

INTERFACES = ("cpp", "c")
LAYOUTS = ("v2", "v1")
# Frames per call of the operations that end in _many; operations.hpp has the same number.
BATCH = 64
# What the first calls take besides, to resolve symbols, is in both runs and so not in the difference.
FEW, MANY = 256, 1280
SECONDS = 300

_NAMESPACE = "zerobuffer::perf::measured::"
_CALLED = re.compile(rf"cfn={_NAMESPACE}(\w+)\(")


class CallgrindFailure(Exception):
    """The program could not be run or counted; the message says why."""


@dataclasses.dataclass
class Total:
    calls: int = 0
    instructions: int = 0


def totals(text: str) -> dict[str, Total]:
    """By measured function, with all that it calls. `text`: callgrind's output, names and positions not compressed."""
    found: dict[str, Total] = {}
    lines = iter(text.splitlines())
    for line in lines:
        called = _CALLED.match(line)
        if called:
            total = found.setdefault(called[1], Total())
            # calls=COUNT POSITION, and on the next line POSITION COST
            total.calls += int(next(lines).removeprefix("calls=").split()[0])
            total.instructions += int(next(lines).split()[1])
    return found


def _run(program: pathlib.Path, interface: str, layout: str, rounds: int) -> dict[str, Total]:
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "counts"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", f"--toggle-collect={_NAMESPACE}*",
                   "--compress-strings=no", "--compress-pos=no", str(program), interface, layout, str(rounds)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        except FileNotFoundError:
            raise CallgrindFailure("valgrind is not installed: ./dev setup instructions") from None
        except subprocess.TimeoutExpired:
            raise CallgrindFailure(f"{program.name} did not end within {SECONDS} s under valgrind") from None
        if done.returncode != 0:
            raise CallgrindFailure(f"{program.name} {interface} {layout}: {done.stderr.strip()[-500:]}")
        found = totals(out.read_text(encoding="utf-8"))
    if {total.calls for total in found.values()} != {rounds}:
        raise CallgrindFailure(f"{program.name} {interface} {layout}: not every operation was called {rounds} times")
    return found


def count(program: pathlib.Path, interface: str, layout: str) -> dict[str, float]:
    """Instructions of each operation, per frame. Errors: CallgrindFailure."""
    few, many = (_run(program, interface, layout, rounds) for rounds in (FEW, MANY))
    found = {}
    for name, total in many.items():
        operation = name.removeprefix(f"{interface}_")
        frames = (MANY - FEW) * (BATCH if operation.endswith("_many") else 1)
        found[operation] = round((total.instructions - few[name].instructions) / frames, 2)
    return found


def count_all(program: pathlib.Path) -> Iterable[tuple[str, float]]:
    """INTERFACE/LAYOUT/OPERATION and its instructions, as they are found."""
    for interface in INTERFACES:
        for layout in LAYOUTS:
            for operation, instructions in count(program, interface, layout).items():
                yield f"{interface}/{layout}/{operation}", instructions
