# SPDX-License-Identifier: MIT
"""Ctrl-C and SIGTERM, seen where something is waited for and nowhere else: an exception out of a signal handler may
come inside a hook of the interpreter that swallows it, or between a fork and the line that remembers the child."""
from __future__ import annotations

import os
import select
import signal
from typing import Optional, Sequence

_pipe: Optional[tuple[int, int]] = None


class Interrupted(Exception):
    """The user ended the run."""


def take() -> None:
    """From here on SIGINT and SIGTERM are seen by wait(), and by it alone."""
    global _pipe
    reading, writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    _pipe = reading, writing
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.write(writing, b"!"))


def wait(descriptors: Sequence[int], seconds: float) -> list[int]:
    """Those of the descriptors that can be read, at the latest after so long. Errors: Interrupted, also if the signal
    came before; it stays so."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    if _pipe is not None:
        poll.register(_pipe[0], select.POLLIN)
    ready = [descriptor for descriptor, _ in poll.poll(max(0.0, seconds) * 1000)]
    if _pipe is not None and _pipe[0] in ready:
        raise Interrupted
    return ready
