# SPDX-License-Identifier: MIT
"""Plain values: counters of an endpoint, and buffers seen from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

__all__ = ["Side", "Snapshot", "Stats"]


@dataclass(frozen=True)
class Stats:
    """Counters of one endpoint since it attached. Only rare events are counted; the rest follows from positions."""

    frames: int
    """Committed by this writer, or taken by this reader (skipped ones included)."""
    bytes: int
    """Ring bytes of those frames: payload, headers, padding."""
    sequence: int
    """Of the last such frame, 0 before the first of the buffer."""
    used: int
    """Ring bytes that hold unreleased frames now."""
    held: int
    """Frames acquired and not yet given back (a released frame counts while views of it live), or claims open."""
    skipped: int
    """Frames passed over by ``acquire_latest``."""
    waits: int
    """Calls that waited longer than a brief spin for a frame or for room."""
    sleeps: int
    """Times this side slept in the kernel."""
    wakes: int
    """Times this side woke the other one."""
    timeouts: int
    """Waits that ended with the time."""
    resumed: bool
    """This endpoint took over from an earlier one of its side."""
    peer: str
    """The other side now: ``"never"`` (nobody has come yet), ``"attached"``, ``"closed"`` or ``"died"``."""


@dataclass(frozen=True)
class Side:
    """One side of a buffer, seen from outside."""

    position: int
    """Ring bytes produced or released since the buffer was made (v2); offset in the ring (v1)."""
    sequence: int
    """Last frame committed or released (v2); frames and markers counted (v1)."""
    generation: int
    """v2: odd while attached, even after closing, 0 never attached. v1: 0."""
    waits: int
    """v2: as in :class:`Stats`, in the life of the buffer; the same holds for the next three. v1: 0."""
    sleeps: int
    wakes: int
    timeouts: int
    pid: int
    """Informs people only: other containers count differently."""
    state: str
    """``"never"``, ``"attached"``, ``"closed"`` or ``"died"``."""


@dataclass(frozen=True)
class Snapshot:
    """A buffer seen from outside. Taken without disturbing it, so the values may be of slightly different moments."""

    name: str
    status: str
    """``"ok"``; otherwise what is wrong, such as ``"corrupt"``: then only name, file_size, mode and uid count."""
    problem: str
    """Why ``status`` is not ``"ok"``; empty otherwise."""
    layout: str
    """``"v1"`` or ``"v2"``; empty if unknown."""
    file_size: int
    """Bytes of shared memory."""
    capacity: int
    """Bytes of the ring."""
    max_frame: int
    """Largest payload that a frame can ever have."""
    metadata_size: int
    """Bytes of the metadata block, 8 of them its length."""
    metadata: Optional[bytes]
    """What the writer has published, ``None`` if nothing."""
    creation_id: int
    """v2: random, tells two buffers of one name apart. v1: 0."""
    used: int
    """Ring bytes not free."""
    unread: int
    """Frames committed and not yet released (v2), markers included (v1)."""
    alignment: int
    """Of frame payloads; 1 in v1."""
    mode: int
    """File permission bits."""
    uid: int
    """Owner."""
    writer: Side
    reader: Side
