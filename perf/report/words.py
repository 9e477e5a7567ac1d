# SPDX-License-Identifier: MIT
"""How figures and names are written, the same in every table and picture."""
from __future__ import annotations

import sys
from pathlib import Path
from typing import Optional

from .results import Case

sys.path.append(str(Path(__file__).resolve().parents[2] / "examples"))
from charts import time_text  # noqa: E402

__all__ = [
    "LANGUAGES",
    "count_text",
    "language",
    "library_text",
    "limit_text",
    "pair_text",
    "ratio_text",
    "share_text",
    "short_size",
    "size_text",
    "time_text",
    "times_text",
    "touch_text",
]

LANGUAGES = {"cpp": "C++", "python": "Python", "csharp": "C#"}
_LIBRARIES = {
    "zerobuffer": "ZeroBuffer",
    "pipe": "pipe",
    "unix": "Unix socket",
    "posix-mq": "POSIX message queue",
    "boost-mq": "Boost message_queue",
    "zmq": "ZeroMQ ipc",
    "nng": "nng ipc",
    "iceoryx": "iceoryx",
    "mp-pipe": "multiprocessing.Pipe",
    "mp-queue": "multiprocessing.Queue",
    "mp-simple-queue": "multiprocessing.SimpleQueue",
    "pyzmq": "pyzmq ipc",
    "shared-memory": "shared_memory, by hand",
}
_TOUCHES = {
    "none": "payload left alone",
    "header": "first 64 bytes written and read",
    "every": "every byte written and read",
    "copy": "copied in and out",
}
_STEPS = ((1 << 20, "MiB"), (1 << 10, "KiB"))


def language(name: str) -> str:
    return LANGUAGES.get(name, name)


def library_text(name: str) -> str:
    return _LIBRARIES.get(name, name)


def touch_text(name: str) -> str:
    return _TOUCHES.get(name, name)


def pair_text(case: Case) -> str:
    return f"{language(case.writer)} \u2192 {language(case.reader)}"


def size_text(size: int) -> str:
    """Exact: 64 B, 1 KiB, 3,110,416 B."""
    for step, unit in _STEPS:
        if size % step == 0 and 1 <= size // step < 1024:
            return f"{size // step:,} {unit}"
    return f"{size:,} B"


def short_size(size: int) -> str:
    """For the head of a narrow column."""
    for step, unit in ((10**6, "MB"), (10**3, "kB")):
        if size >= step and size_text(size).endswith(" B"):
            return f"{size / step:.3g} {unit}"
    return size_text(size)


def count_text(value: Optional[float]) -> str:
    if value is None:
        return "\u2013"
    if value == 0:
        return "0"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ratio_text(value: float) -> str:
    return f"{value:,.0f} x" if value >= 99.5 else f"{value:.3g} x" if value >= 9.95 else f"{value:.2f} x"


def times_text(value: float) -> str:
    return ratio_text(value).removesuffix(" x") + " times"


def share_text(value: Optional[float]) -> str:
    """A share of one CPU."""
    return "\u2013" if value is None else f"{100 * value:.3g} %" if value < 0.9995 else f"{100 * value:.0f} %"


def limit_text(name: str) -> str:
    factor, _, name = name.rpartition(" ")
    kind, _, rest = name.partition("/")
    known = {
        "lines/2": "two cache lines there and back",
        "lines/1": "one cache line there and back",
        "futex": "futex there and back",
    }
    kinds = {
        "memcpy": "memcpy of",
        "copy-rtt": "plain flags and four copies of",
        "copy-stream": "plain flags and two copies of",
        "every-rtt": "plain flags, there and back, every byte of",
        "every-stream": "plain flags, every byte of",
    }
    if kind in kinds and rest.isdigit():
        return f"{kinds[kind]} {size_text(int(rest))}"
    return (f"{factor} x " if factor else "") + known.get(name, name)
