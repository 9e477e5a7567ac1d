# SPDX-License-Identifier: MIT
"""Frames of any size from one process to another through shared memory, without a copy.

A :class:`Reader` makes the buffer, a :class:`Writer` attaches to it by name (or the other way round)::

    with zerobuffer.Reader("camera") as reader:          # one process
        for frame in reader:
            consume(memoryview(frame))

    with zerobuffer.Writer("camera", timeout=5) as writer:   # another one
        writer.write(b"hello")
        with writer.claim(1024) as claim:
            fill(memoryview(claim))

Timeouts are seconds: ``None`` waits for ever, ``0`` tries once; when the time is over a call returns ``None``,
``False`` or a smaller count. Everything else that fails is a :class:`ZeroBufferError`.

One thread at a time uses a reader with its frames, or a writer with its claim. While a thread waits, others may release
frames, look at ``stats()``, ``cancel()`` or ``close()``.
"""

from ._core import Claim, Frame, Reader, Strings, Writer, __version__, clean, inspect, json_backend, list_buffers
from .errors import (
    BadName,
    Busy,
    Cancelled,
    Closed,
    Corrupt,
    Incompatible,
    Misuse,
    NoSpace,
    NotFound,
    NotReady,
    PeerClosed,
    PeerDied,
    PeerLost,
    PermissionDenied,
    SystemFailure,
    TooLarge,
    ZeroBufferError,
)
from .queues import Queue
from .snapshot import Side, Snapshot, Stats

__all__ = [
    "BadName",
    "Busy",
    "Cancelled",
    "Claim",
    "Closed",
    "Corrupt",
    "Frame",
    "Incompatible",
    "Misuse",
    "NoSpace",
    "NotFound",
    "NotReady",
    "PeerClosed",
    "PeerDied",
    "PeerLost",
    "PermissionDenied",
    "Queue",
    "Reader",
    "Side",
    "Snapshot",
    "Stats",
    "Strings",
    "SystemFailure",
    "TooLarge",
    "Writer",
    "ZeroBufferError",
    "__version__",
    "clean",
    "inspect",
    "json_backend",
    "list_buffers",
]
