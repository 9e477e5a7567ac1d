# SPDX-License-Identifier: MIT
"""What tasks of an event loop await. What is there already is returned at once, without a turn of the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Optional, TypeVar

# Still being made while this is read: it is looked into later.
from . import _core
from .errors import PeerClosed

if TYPE_CHECKING:
    import asyncio

_Result = TypeVar("_Result")

# A stream that is faster than its task must not keep the other tasks of the loop waiting.
_FRAMES_PER_TURN = 64


def _wake(future: asyncio.Future[bool], in_time: bool) -> None:
    if not future.done():
        future.set_result(in_time)


async def _until(
    endpoint: _core.Endpoint, size: int, attempt: Callable[[], Optional[_Result]], timeout: Optional[float]
) -> Optional[_Result]:
    """Waits for the endpoint until an attempt gives something, or the time is over. Nothing is taken but by an attempt,
    and what an attempt gives is returned at once: a task that is cancelled meanwhile has taken nothing."""
    from asyncio import get_running_loop

    loop = get_running_loop()
    end = None if timeout is None else loop.time() + float(timeout)
    wait = _core._TaskWait(endpoint, size)
    try:
        while True:
            woken = loop.create_future()
            loop.add_reader(wait.descriptor, _wake, woken, True)
            timer = None if end is None else loop.call_at(end, _wake, woken, False)
            try:
                in_time = await woken
            finally:
                loop.remove_reader(wait.descriptor)
                if timer is not None:
                    timer.cancel()
            result = attempt()
            if result is not None or not in_time:
                return result
            wait.again()
    finally:
        wait.end()


async def acquire_async(self: _core.Reader, timeout: Optional[float] = None) -> Optional[_core.Frame]:
    """The next :class:`Frame`, or ``None`` when none comes within ``timeout`` seconds; other tasks run meanwhile.

    A frame that is there is returned without a turn of the event loop. A task that is cancelled takes no frame: it
    stays for the next call. One task at a time may wait for a reader (``Misuse``), and no thread beside it. Errors: as
    ``acquire``. Runs under asyncio and what follows its interface (uvloop); elsewhere there is ``fileno()``.
    """
    frame: Optional[_core.Frame] = self._acquire_now(timeout)
    if frame is not None or timeout == 0:
        return frame
    return await _until(self, 0, lambda: self.acquire(0), timeout)


async def claim_async(self: _core.Writer, size: int, timeout: Optional[float] = None) -> Optional[_core.Claim]:
    """Room for a frame as a :class:`Claim`, or ``None`` when the ring stays full for ``timeout`` seconds.

    As ``claim``, but other tasks run while it waits. Where there is room there is no turn of the event loop. A task
    that is cancelled holds no claim. One task at a time may wait for a writer (``Misuse``), and no thread beside it.
    """
    claim: Optional[_core.Claim] = self._claim_now(size, timeout)
    if claim is not None or timeout == 0:
        return claim
    return await _until(self, size, lambda: self.claim(size, 0), timeout)


async def write_async(self: _core.Writer, buffer: _core._Bytes, timeout: Optional[float] = None) -> Optional[int]:
    """Copies a bytes-like object into one frame. Its sequence, or ``None`` when the ring stays full.

    As ``write``, but other tasks run while it waits for room, ``timeout`` seconds at most; they must leave the object
    as it is. The copy itself is made in the thread of the loop. A task that is cancelled has written nothing.
    """
    sequence: Optional[int] = self._write_now(buffer, timeout)
    if sequence is not None or timeout == 0:
        return sequence
    held = _core._Held(buffer)
    try:
        return await _until(self, held.size, lambda: self.write(buffer, 0), timeout)
    finally:
        held.end()


class AsyncFrames:
    """``async for frame in reader``: releases its last frame at the next step; keep ``bytes(frame)``, not the frame."""

    __slots__ = ("_in_a_row", "_last", "_reader")

    def __init__(self, reader: _core.Reader) -> None:
        self._reader = reader
        self._last: Optional[_core.Frame] = None
        self._in_a_row = 0

    def __aiter__(self) -> AsyncFrames:
        return self

    async def __anext__(self) -> _core.Frame:
        if self._last is not None:
            self._last.release()
            self._last = None
        self._in_a_row += 1
        if self._in_a_row > _FRAMES_PER_TURN:
            await _let_others_run()
            self._in_a_row = 1
        reader = self._reader
        try:
            frame = reader.acquire(0)
            if frame is None:
                self._in_a_row = 0
                frame = await _until(reader, 0, lambda: reader.acquire(0), None)
        except PeerClosed:
            raise StopAsyncIteration from None
        assert frame is not None  # there was no timeout
        self._last = frame
        return frame


class AsyncBatches:
    """``async for batch in reader.batches()``: releases its last batch at the next step."""

    __slots__ = ("_batches", "_in_a_row")

    def __init__(self, batches: _core.BatchIterator) -> None:
        self._batches = batches
        self._in_a_row = 0

    def __aiter__(self) -> AsyncBatches:
        return self

    async def __anext__(self) -> list[_core.Frame]:
        if self._in_a_row > _FRAMES_PER_TURN:
            self._in_a_row = 0
            await _let_others_run()
        step = self._batches._step
        try:
            batch: Optional[list[_core.Frame]] = step()
            if not batch:
                self._in_a_row = 0
                batch = await _until(self._batches._reader, 0, lambda: step() or None, None)
        except PeerClosed:
            raise StopAsyncIteration from None
        assert batch  # there was no timeout
        self._in_a_row += len(batch)
        return batch


async def _let_others_run() -> None:
    from asyncio import sleep

    await sleep(0)
