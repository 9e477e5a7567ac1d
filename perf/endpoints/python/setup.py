# SPDX-License-Identifier: MIT
"""What an endpoint was asked for; perf/CONTRACT.md explains each."""
from __future__ import annotations

import argparse
import dataclasses
import re
from typing import Literal, NoReturn, Optional, Sequence

ROLES = ("ping", "echo", "source", "sink", "pair-rtt", "pair-stream")
PATIENCE = 10.0


class BadArguments(Exception):
    """Options that make no sense; the message names the option."""


@dataclasses.dataclass(frozen=True)
class Setup:
    role: str
    transport: str
    name: str
    size: int
    layout: Literal["v1", "v2"]
    alignment: int
    capacity: int
    touch: str
    wait: Literal["spin", "adaptive", "block"]
    frames: int
    warm_up: int
    rate: Optional[float]
    cpu: Optional[int]
    peer_cpu: Optional[int]

    @property
    def is_pair(self) -> bool:
        return self.role.startswith("pair-")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadArguments(message)


def _check(setup: Setup) -> None:
    if not re.fullmatch("[A-Za-z0-9._-]{1,100}", setup.name):
        raise BadArguments("--name must be 1 to 100 of A-Z a-z 0-9 . _ -")
    if setup.size < 16 or setup.size % 8:
        raise BadArguments("--size must be a multiple of 8, at least 16")
    if setup.frames < 1:
        raise BadArguments("--frames must be at least 1")
    if setup.warm_up < 0:
        raise BadArguments("--warm-up must not be negative")
    if setup.rate is not None and not setup.rate > 0:
        raise BadArguments("--rate must be above 0")
    if setup.rate is not None and setup.role not in ("source", "sink", "pair-stream"):
        raise BadArguments("--rate is for source, sink and pair-stream")
    if setup.peer_cpu is not None and not setup.is_pair:
        raise BadArguments("--peer-cpu is for pair-rtt and pair-stream")


def parse(arguments: Sequence[str]) -> Optional[Setup]:
    """None: --describe was asked for."""
    if "--describe" in arguments:
        return None
    parser = _Parser(description="One end of a measurement; perf/CONTRACT.md", add_help=False, allow_abbrev=False)
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("--transport", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--layout", choices=("v1", "v2"), default="v2")
    parser.add_argument("--alignment", type=int, default=64)
    parser.add_argument("--capacity", type=int, default=16 << 20)
    parser.add_argument("--touch", choices=("none", "header", "every", "copy"), default="none")
    parser.add_argument("--wait", choices=("spin", "adaptive", "block"), default="adaptive")
    parser.add_argument("--frames", type=int, required=True)
    parser.add_argument("--warm-up", type=int, default=0)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--cpu", type=int)
    parser.add_argument("--peer-cpu", type=int)
    setup = Setup(**vars(parser.parse_args(arguments)))
    _check(setup)
    return setup
