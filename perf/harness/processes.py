# SPDX-License-Identifier: MIT
"""Endpoints as child processes: started, read, and killed when they hang. Nothing of them stays behind, whatever ends
this process: each dies with its parent, and what a killed one left in shared memory is removed."""
from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence

from . import interrupts

# How long an end may go on after its other end has failed.
GRACE = 3.0


_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class EndpointFailure(Exception):
    """An endpoint that gave no result; the message says which, and why."""


class NotPossibleHere(EndpointFailure):
    """Nor could it: the machine does not carry such frames that way."""


@dataclasses.dataclass(frozen=True)
class Start:
    role: str
    command: Sequence[str]
    environment: Mapping[str, str]


def die_with(parent: int) -> Callable[[], None]:
    """What a forked child has to call first, so that it does not outlive `parent`. Only without other threads here."""
    def bind() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return bind


class Child:
    """One endpoint. Standard output is read as it comes, standard error kept in a file."""

    def __init__(self, start: Start, folder: pathlib.Path) -> None:
        self.role = start.role
        self.lines: list[dict[str, Any]] = []
        self.ended = False
        self._rest = b""
        # For when this one fails without a word.
        self._errors = tempfile.TemporaryFile(dir=folder)
        environment = {**os.environ, **start.environment, "TMPDIR": str(folder)}
        # A group of its own: Ctrl-C is for the harness, which then ends this one.
        self.process = subprocess.Popen(start.command, env=environment, start_new_session=True,
                                        preexec_fn=die_with(os.getpid()), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=self._errors)
        assert self.process.stdout is not None
        self.output = self.process.stdout
        os.set_blocking(self.output.fileno(), False)

    def read(self) -> None:
        """Takes what is there. At the end of the output the process is reaped."""
        data = self.output.read()
        if data is None:
            return
        if not data:
            self.ended = True
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            try:
                self.lines.append(json.loads(line))
            except ValueError:
                raise EndpointFailure(f"{self.role} printed what is no JSON: {line[:200]!r}") from None

    def event(self, name: str) -> Optional[dict[str, Any]]:
        return next((line for line in self.lines if line.get("event") == name), None)

    def failure(self) -> Optional[str]:
        """Why it failed, once it has."""
        error = self.event("impossible") or self.event("error")
        if error is not None:
            return f"{self.role}: {error.get('message')}"
        if self.ended and self.event("result") is None:
            code = self.process.wait()
            self._errors.seek(0)
            words = self._errors.read().decode(errors="replace").strip()[-500:]
            how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
            return f"{self.role}: no result, {how}{': ' + words if words else ''}"
        return None

    def kill(self) -> None:
        """With all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.output.close()
        self._errors.close()


def _read_until(children: Sequence[Child], done: Callable[[], Any], deadline: float) -> None:
    """Reads all of them until done(). Errors: EndpointFailure when one fails, or at the deadline; Interrupted."""
    failed_at: Optional[float] = None
    while not done():
        failures = [failure for child in children if (failure := child.failure())]
        running = {child.output.fileno(): child for child in children if not child.ended}
        now = time.monotonic()
        if failures:
            # The other one fails because this one has: what both say tells more.
            failed_at = failed_at or now
            if len(failures) == len(children) or now >= failed_at + GRACE or not running:
                impossible = any(child.event("impossible") for child in children)
                raise (NotPossibleHere if impossible else EndpointFailure)("; ".join(failures))
        if now > deadline:
            roles = " and ".join(child.role for child in running.values())
            raise EndpointFailure(f"{roles} hung and had to be killed")
        for descriptor in interrupts.wait(list(running), min(deadline - now, GRACE)):
            running[descriptor].read()


def run_program(command: Sequence[str]) -> tuple[int, str]:
    """Runs another program to its end: exit code, and what it printed. Errors: Interrupted; it is gone then."""
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT,
                                   start_new_session=True, preexec_fn=die_with(os.getpid()))
        ended = os.pidfd_open(process.pid)
        try:
            while ended not in interrupts.wait([ended], 60.0):
                pass
            code = process.wait()
        finally:
            os.close(ended)
            process.kill()
            process.wait()
        words.seek(0)
        return code, words.read().decode(errors="replace").strip()


def run(starts: Sequence[Start], seconds: float, folder: pathlib.Path) -> list[dict[str, Any]]:
    """Starts each when the one before is ready, and returns what they found, in the order of `starts`. All have ended
    when this returns or raises. Errors: EndpointFailure, Interrupted."""
    deadline = time.monotonic() + seconds
    children: list[Child] = []
    try:
        for start in starts:
            if children:
                _read_until(children, lambda: children[-1].event("ready") is not None, deadline)
            children.append(Child(start, folder))
        _read_until(children, lambda: all(child.event("result") and child.ended for child in children), deadline)
        results = []
        for child in children:
            code = child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            if code != 0:
                raise EndpointFailure(f"{child.role}: a result, and exit code {code}")
            result = child.event("result")
            assert result is not None
            results.append(result)
        return results
    except subprocess.TimeoutExpired:
        raise EndpointFailure("an endpoint gave a result and did not end") from None
    finally:
        for child in children:
            child.kill()


def remove_leftovers(name: str) -> None:
    """What killed endpoints left under this name, which nobody else uses."""
    try:
        from zerobuffer import Reader, ZeroBufferError
    except ImportError:
        pass
    else:
        for ring in (name, f"{name}-request", f"{name}-response"):
            if os.path.exists(f"/dev/shm/{ring}"):
                with contextlib.suppress(ZeroBufferError):
                    Reader(ring, replace=True, capacity=1 << 16).close()
                with contextlib.suppress(ZeroBufferError):
                    Reader(ring, layout="v1", replace=True, capacity=1 << 16).close()
    for folder in ("/dev/shm", "/dev/mqueue"):
        with contextlib.suppress(OSError):
            for entry in os.scandir(folder):
                if name in entry.name:
                    os.unlink(entry.path)
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL("librt.so.1")
        for queue in (name, f"{name}-request", f"{name}-response"):
            library.mq_unlink(f"/{queue}".encode())


@contextlib.contextmanager
def fresh_name() -> Iterator[tuple[str, pathlib.Path]]:
    """A name that nobody else uses, and a folder for sockets; both are cleared at the end."""
    global _count
    _count += 1
    # The last letter keeps one name from being the begin of another.
    name = f"zb-bench-{os.getpid()}-{_count}-x"
    with tempfile.TemporaryDirectory(prefix="zb-bench-") as folder:
        try:
            yield name, pathlib.Path(folder)
        except BaseException:
            remove_leftovers(name)
            raise


_count = 0
