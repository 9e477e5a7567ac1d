# SPDX-License-Identifier: MIT
"""Which cases there are. The whole cross product takes a day, so the plan is a union of parts of it: everything while
both sides spin, and a few sizes for what else there is."""
from __future__ import annotations

import dataclasses
import itertools
import re
from typing import Any, Iterable, Optional, Sequence

from .cases import PACED_SIZE, Case

SIZES = (32, 64, 1024, 65_536, 1_048_576, PACED_SIZE, 24_883_200)
LAYOUTS = ("v1", "v2")
TOUCHES = ("none", "header", "every", "copy")
WAITS = ("spin", "adaptive", "block")
SHAPES = ("rtt", "stream", "paced")
RATES = (30, 60, 120, 240, 500, 1000)


@dataclasses.dataclass(frozen=True)
class Language:
    name: str
    transports: tuple[str, ...]
    inherited: frozenset[str] = frozenset()
    # Those that heed how to wait; others wait as they do.
    polling: frozenset[str] = frozenset()

    @property
    def peers(self) -> tuple[str, ...]:
        return tuple(name for name in self.transports if name != "zerobuffer")


@dataclasses.dataclass(frozen=True)
class Wishes:
    """What the user chose; None or empty: what the plan says."""

    quick: bool = False
    everything: bool = False
    pairs: Optional[Sequence[str]] = None
    sizes: Optional[Sequence[int]] = None
    layouts: Optional[Sequence[str]] = None
    touches: Optional[Sequence[str]] = None
    waits: Optional[Sequence[str]] = None
    shapes: Optional[Sequence[str]] = None
    rates: Optional[Sequence[int]] = None
    rings: Optional[Sequence[int]] = None
    peers: Optional[Sequence[str]] = None
    filter: str = ""


@dataclasses.dataclass(frozen=True)
class Part:
    """A cross product. A dimension that the user named replaces this one's."""

    shapes: Sequence[str]
    sizes: Sequence[int]
    touches: Sequence[str]
    waits: Sequence[str]
    layouts: Sequence[str] = LAYOUTS
    pinned: Sequence[bool] = (True,)
    rates: Sequence[Optional[int]] = (None,)


FULL = (
    Part(("rtt", "stream"), SIZES, TOUCHES, ("spin",)),
    Part(("rtt",), (64, 65_536, PACED_SIZE), ("none", "every"), ("adaptive", "block")),
    Part(("rtt",), (64, PACED_SIZE), ("none",), WAITS, layouts=("v2",), pinned=(False,)),
    Part(("paced",), (PACED_SIZE,), ("header",), ("adaptive", "block"), layouts=("v2",), rates=RATES),
)
QUICK = (
    Part(("rtt", "stream"), (64, 65_536, PACED_SIZE), ("none", "every", "copy"), ("spin",), layouts=("v2",)),
    Part(("rtt",), (64,), ("none", "copy"), ("spin",), layouts=("v1",)),
    Part(("rtt",), (64,), ("none",), ("adaptive", "block"), layouts=("v2",)),
    # Beside libraries that sleep.
    Part(("rtt",), (64, 65_536, PACED_SIZE), ("every",), ("block",), layouts=("v2",)),
    Part(("paced",), (PACED_SIZE,), ("header",), ("adaptive", "block"), layouts=("v2",), rates=(60, 240)),
)
EVERYTHING = (
    Part(("rtt", "stream"), SIZES, TOUCHES, WAITS, pinned=(True, False)),
    Part(("paced",), (PACED_SIZE,), ("header", "every", "copy"), WAITS, pinned=(True, False), rates=RATES),
)
PEERS_FULL = (
    Part(("rtt", "stream"), SIZES, ("header", "every"), ("block", "spin")),
    Part(("rtt",), (64, PACED_SIZE), ("every",), ("block", "spin"), pinned=(False,)),
)
PEERS_QUICK = (Part(("rtt", "stream"), (64, 65_536, PACED_SIZE), ("every",), ("block", "spin")),)
PEERS_EVERYTHING = (Part(("rtt", "stream"), SIZES, ("header", "every"), ("block", "spin"), pinned=(True, False)),)


def _own(part: Part, writer: str, reader: str, wishes: Wishes) -> Iterable[Case]:
    paced = "paced" in part.shapes
    dimensions: list[Sequence[Any]] = [
        part.shapes,
        wishes.sizes or part.sizes,
        wishes.touches or part.touches,
        wishes.waits or part.waits,
        wishes.layouts or part.layouts,
        part.pinned,
        wishes.rates or part.rates if paced else (None,),
    ]
    for shape, size, touch, wait, layout, pinned, rate in itertools.product(*dimensions):
        yield Case("zerobuffer", layout, writer, reader, shape, size, touch, wait, pinned, rate)


def _peers(language: Language, wishes: Wishes) -> Iterable[Case]:
    """The sender writes and the receiver reads every byte, or the header alone; each waits as it does by itself, which
    is asleep, and polls as well if it can."""
    parts = PEERS_EVERYTHING if wishes.everything else PEERS_QUICK if wishes.quick else PEERS_FULL
    names = [peer for peer in language.peers if wishes.peers is None or peer in wishes.peers]
    for part, peer in itertools.product(parts, names):
        ways = itertools.product(part.shapes, wishes.sizes or part.sizes, wishes.touches or part.touches, part.waits,
                                 part.pinned)
        for shape, size, touch, wait, pinned in ways:
            if wait == "block" or peer in language.polling:
                yield Case(peer, None, language.name, language.name, shape, size, touch, wait, pinned,
                           inherited=peer in language.inherited)


def pairs_of(languages: Sequence[Language], wishes: Wishes) -> list[tuple[Language, Language]]:
    """Writer (or ping) and reader (or echo). Errors: ValueError for a pair with a language that is not there."""
    by_name = {language.name: language for language in languages}
    if wishes.pairs is None:
        return [(writer, reader) for writer in languages for reader in languages]
    pairs = []
    for pair in wishes.pairs:
        writer, dash, reader = pair.partition("-")
        if not dash or writer not in by_name or reader not in by_name:
            raise ValueError(f"no such pair here: {pair}; there are endpoints in {', '.join(by_name) or 'no language'}")
        pairs.append((by_name[writer], by_name[reader]))
    return pairs


def plan(languages: Sequence[Language], wishes: Wishes) -> list[Case]:
    """Every case once, in a fixed order. Errors: ValueError for wishes that name what is not there."""
    parts = EVERYTHING if wishes.everything else QUICK if wishes.quick else FULL
    pairs = pairs_of(languages, wishes)
    known_peers = {peer for language in languages for peer in language.peers}
    unknown = set(wishes.peers or ()) - known_peers
    if unknown:
        raise ValueError(f"no such peer here: {', '.join(sorted(unknown))}; there are {', '.join(sorted(known_peers))}")
    cases: list[Case] = []
    for part, (writer, reader) in itertools.product(parts, pairs):
        cases += _own(part, writer.name, reader.name, wishes)
    for writer, reader in pairs:
        if writer is reader:
            cases += _peers(writer, wishes)
    pattern = re.compile(wishes.filter)
    shapes = wishes.shapes or SHAPES
    if wishes.rings:
        cases = [dataclasses.replace(case, ring=ring) for case in cases for ring in wishes.rings]
    chosen = [case for case in dict.fromkeys(cases) if case.shape in shapes and pattern.search(case.id)]
    for case in chosen:
        if case.lap < 1:
            raise ValueError(f"a ring of {case.ring} bytes holds no frame of {case.size}: name larger --rings or other "
                             "--sizes")
    return chosen
