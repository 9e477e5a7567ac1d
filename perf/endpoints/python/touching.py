# SPDX-License-Identifier: MIT
"""The measuring loops of frames that are written and read, and of frames at a rate: a call for each frame."""
from __future__ import annotations

import ctypes
import time
from typing import Any, Callable

from loops import Copied, Loops, Passed, Stamps, Untouched, refuse
from payload import pack_stamps, reader_of, unpack_stamps, writer_of
from setup import Setup
from transports import Copying, InPlace, Transport

Answer = Callable[[int], None]


class InPlaceFrames:
    """put, take: a frame without times; put_due, take_due: with them."""

    def __init__(self, transport: InPlace, size: int, touch: str) -> None:
        self.transport, self.size = transport, size
        self.write, self.read = writer_of(size, touch), reader_of(size, touch)

    def put(self, number: int) -> None:
        claim = self.transport.claim(self.size)
        self.write(claim, number)
        claim.commit()

    def put_due(self, number: int, due: int) -> None:
        claim = self.transport.claim(self.size)
        self.write(claim, number)
        commit = claim.commit
        pack_stamps(claim, 0, time.monotonic_ns(), due)
        commit()

    def take(self, number: int, answer: Answer | None = None) -> None:
        frame = self.transport.acquire()
        if frame.size != self.size:
            refuse(frame.size, self.size)
        self.read(frame, number)
        if answer is not None:
            answer(number)
        frame.release()

    def take_due(self, number: int) -> tuple[int, int]:
        """How long after it was sent, and after it was due, the frame was there."""
        frame = self.transport.acquire()
        now = time.monotonic_ns()
        if frame.size != self.size:
            refuse(frame.size, self.size)
        sent, due = unpack_stamps(frame)
        self.read(frame, number)
        frame.release()
        return now - sent, now - due


class CopiedFrames(InPlaceFrames):
    """At a rate: copied in from a private buffer after the time was taken, and out to one before."""

    def __init__(self, transport: InPlace, size: int) -> None:
        super().__init__(transport, size, "copy")
        self.local = memoryview(bytearray(b"Z") * size)

    def put_due(self, number: int, due: int) -> None:
        pack_stamps(self.local, 0, time.monotonic_ns(), due)
        self.transport.write(self.local)

    def take_due(self, number: int) -> tuple[int, int]:
        frame = self.transport.acquire()
        self.local[:] = frame
        now = time.monotonic_ns()
        frame.release()
        sent, due = unpack_stamps(self.local)
        return now - sent, now - due


class PassedFrames:
    """The same through a transport that copies by itself."""

    def __init__(self, transport: Copying, size: int, touch: str) -> None:
        self.transport, self.size, self.local = transport, size, bytearray(b"Z") * size
        self.write, self.read = writer_of(size, touch), reader_of(size, touch)

    def put(self, number: int) -> None:
        self.write(self.local, number)
        self.transport.send(self.local)

    def put_due(self, number: int, due: int) -> None:
        self.write(self.local, number)
        pack_stamps(self.local, 0, time.monotonic_ns(), due)
        self.transport.send(self.local)

    def take(self, number: int, answer: Answer | None = None) -> None:
        self._checked(self.transport.receive(), number)
        if answer is not None:
            answer(number)

    def take_due(self, number: int) -> tuple[int, int]:
        frame = self.transport.receive()
        now = time.monotonic_ns()
        sent, due = unpack_stamps(frame)
        self._checked(frame, number)
        return now - sent, now - due

    def _checked(self, frame: Any, number: int) -> None:
        if len(frame) != self.size:
            refuse(len(frame), self.size)
        self.read(frame, number)


Frames = InPlaceFrames | PassedFrames


def frames_of(transport: Transport, setup: Setup) -> Frames:
    if isinstance(transport, Copying):
        return PassedFrames(transport, setup.size, setup.touch)
    if setup.touch == "copy":
        return CopiedFrames(transport, setup.size)
    return InPlaceFrames(transport, setup.size, setup.touch)


class Touched:
    def __init__(self, frames: Frames) -> None:
        self.put, self.take = frames.put, frames.take

    def ping(self, first: int, count: int, stamps: Stamps) -> None:
        put, take, now = self.put, self.take, time.perf_counter_ns
        for i in range(count):
            put(first + i)
            take(first + i)
            stamps[i] = now()

    def echo(self, first: int, count: int) -> None:
        put, take = self.put, self.take
        for number in range(first, first + count):
            take(number, put)

    def send(self, first: int, count: int) -> None:
        put = self.put
        for number in range(first, first + count):
            put(number)

    def receive(self, first: int, count: int) -> None:
        take = self.take
        for number in range(first, first + count):
            take(number)


def loops_of(transport: Transport, setup: Setup) -> Loops:
    if setup.touch in ("header", "every"):
        return Touched(frames_of(transport, setup))
    if isinstance(transport, Copying):
        return Passed(transport, setup.size)
    if setup.touch == "copy":
        return Copied(transport, setup.size)
    return Untouched(transport, setup.size)


def send_paced(frames: Frames, first: int, count: int, start: int, rate: float) -> None:
    for number in range(first, first + count):
        due = start + round((number - 1) * 1e9 / rate)
        wait = due - time.monotonic_ns()
        if wait > 0:
            time.sleep(wait / 1e9)
        frames.put_due(number, due)


def receive_paced(frames: Frames, first: int, count: int, latency: Stamps, corrected: Stamps) -> None:
    take_due = frames.take_due
    for i in range(count):
        latency[i], corrected[i] = take_due(first + i)


def shorten_timer_slack() -> None:
    pr_set_timerslack = 29
    ctypes.CDLL(None).prctl(pr_set_timerslack, ctypes.c_ulong(1), 0, 0, 0)
