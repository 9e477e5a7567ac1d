# SPDX-License-Identifier: MIT
"""The command line."""
from __future__ import annotations

import argparse
import dataclasses
import pathlib
from typing import Callable, Sequence

from .planner import LAYOUTS, RATES, SHAPES, TOUCHES, WAITS, Wishes


def _list_of(choices: Sequence[str]) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        values = text.split(",")
        for value in values:
            if value not in choices:
                raise argparse.ArgumentTypeError(f"{value!r}: choose from {', '.join(choices)}")
        return values

    return parse


def _names(text: str) -> list[str]:
    return [] if text in ("", "none") else text.split(",")


def _sizes(text: str) -> list[int]:
    try:
        sizes = [int(value) for value in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: bytes, separated by commas") from None
    if any(size < 16 or size % 8 for size in sizes):
        raise argparse.ArgumentTypeError("a size is a multiple of 8, at least 16")
    return sizes


def _rings(text: str) -> list[int]:
    return [_positive(value) for value in text.split(",")]


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: a number above 0")
    return int(text)


def _rates(text: str) -> list[int]:
    return [int(value) for value in _list_of([str(rate) for rate in RATES])(text)]


ABOUT = """Measures frames between two processes in every pair of languages, beside what the machine can do at best and
beside other ways, all in one run. `./dev bench engine` measures the engine alone."""


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="./dev bench", allow_abbrev=False, description=ABOUT)
    which = options.add_argument_group("which cases (lists are separated by commas)").add_argument
    which("--quick", action="store_true", help="a small part, in a few minutes")
    which("--all", dest="everything", action="store_true", help="the whole cross product: a day")
    which("--pairs", type=_names, help="such as cpp-python: the writer's language, then the reader's")
    which("--sizes", type=_sizes, help="bytes of a frame")
    which("--layouts", type=_list_of(LAYOUTS), help=", ".join(LAYOUTS))
    which("--touches", type=_list_of(TOUCHES), help=", ".join(TOUCHES))
    which("--waits", type=_list_of(WAITS), help=", ".join(WAITS))
    which("--shapes", type=_list_of(SHAPES), help=", ".join(SHAPES))
    which("--rate", dest="rates", type=_rates, help=f"frames per second of paced cases: {', '.join(map(str, RATES))}")
    which("--rings", type=_rings, help="bytes of the ring (default: 1 MiB for small frames to 128 MiB for the largest)")
    which("--peers", type=_names, help="these other transports alone; none: without")
    which("--filter", default="", metavar="REGEX", help="only cases whose id matches somewhere")
    which("--list", action="store_true", help="print the ids of the cases and stop")
    how = options.add_argument_group("how").add_argument
    how("--repeat", type=_positive, help="repetitions, each with fresh processes (default: 5, with --quick 3)")
    how("--retries", type=int, default=3, help="how often one that others disturbed is tried again (default: 3)")
    how("--seconds", type=float, help="about how long each measures (default: 0.25, with --quick 0.05)")
    how("--no-counts", dest="counts", action="store_false", help="do not count system calls and allocations")
    out = options.add_argument_group("results").add_argument
    out("--out", type=pathlib.Path, metavar="FILE",
        help="JSON lines; an unfinished run in it is carried on (default: build/bench/results.jsonl)")
    out("--fresh", action="store_true", help="throw away what is in that file")
    out("--hdr", type=pathlib.Path, metavar="FOLDER", help="HdrHistogram's percentile text of each case, in us")
    out("--check", type=pathlib.Path, metavar="BASELINE",
        help="then say what moved beyond the noise since that stored run; the exit code does not tell")
    out("--baseline", type=pathlib.Path, metavar="FILE", help="also store what a later --check needs, and no more")
    out("--against", type=pathlib.Path, metavar="FILE", help="with --check: measure nothing, compare this stored run")
    options.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    return options


def wishes_of(options: argparse.Namespace) -> Wishes:
    names = (field.name for field in dataclasses.fields(Wishes))
    return Wishes(**{name: getattr(options, name) for name in names})
