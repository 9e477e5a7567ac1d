# SPDX-License-Identifier: MIT
"""What the standard library has: multiprocessing's pipe and queues, and shared memory with semaphores by hand. All are
inherited by a fork, so the pair roles use them."""
from __future__ import annotations

import multiprocessing
import multiprocessing.shared_memory
from typing import Any, Callable

from setup import PATIENCE, Setup

from . import Copying, transport

_CONTEXT = multiprocessing.get_context("fork")
_SENDS_FIRST = ("ping", "source")


class _Inherited(Copying):
    inherited = True

    def close(self) -> None:
        pass


@transport("mp-pipe")
class Pipe(_Inherited):
    """Bytes as they are, without pickling them."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.ends = _CONTEXT.Pipe()

    def connect(self, role: str) -> None:
        own, other = self.ends if role in _SENDS_FIRST else reversed(self.ends)
        # So that the end of the other process shows.
        other.close()
        self.send, self.receive = own.send_bytes, own.recv_bytes


class _TwoQueues(_Inherited):
    make: Callable[[], Any]

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.ways = [self.make(), self.make()]

    def connect(self, role: str) -> None:
        out, back = self.ways if role in _SENDS_FIRST else reversed(self.ways)
        put = out.put

        def send(buffer: Any) -> None:
            # A queue pickles what it is given, in a thread of its own and later.
            put(bytes(buffer))

        self.send, self.receive = send, back.get


@transport("mp-queue")
class Queue(_TwoQueues):
    """As deep as the ring, so that a stream is held back as a ring does it."""

    def __init__(self, setup: Setup) -> None:
        depth = min(max(setup.capacity // setup.size, 2), 1000)
        self.make = lambda: _CONTEXT.Queue(depth)
        super().__init__(setup)


@transport("mp-simple-queue")
class SimpleQueue(_TwoQueues):
    make = staticmethod(_CONTEXT.SimpleQueue)


class _Slot:
    """One frame in shared memory, and who may touch it."""

    def __init__(self, name: str, size: int) -> None:
        self.memory = multiprocessing.shared_memory.SharedMemory(name, create=True, size=size)
        self.view = self.memory.buf[:size]
        self.local = memoryview(bytearray(size))
        self.free, self.full = _CONTEXT.Semaphore(1), _CONTEXT.Semaphore(0)

    def send(self, buffer: Any) -> None:
        if not self.free.acquire(timeout=PATIENCE):
            raise TimeoutError("the other end takes nothing")
        self.view[:] = buffer
        self.full.release()

    def receive(self) -> memoryview:
        """Valid until the next one."""
        if not self.full.acquire(timeout=PATIENCE):
            raise TimeoutError("the other end sends nothing")
        self.local[:] = self.view
        self.free.release()
        return self.local


@transport("shared-memory")
class ByHand(_Inherited):
    """SharedMemory and two semaphores a way, copied in and out: what people write who know of the copies."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.slots = [_Slot(f"{setup.name}-{way}", setup.size) for way in ("there", "back")]

    def connect(self, role: str) -> None:
        out, back = self.slots if role in _SENDS_FIRST else reversed(self.slots)
        self.send, self.receive = out.send, back.receive

    def close(self) -> None:
        for slot in self.slots:
            slot.view.release()
            slot.memory.close()
            slot.memory.unlink()
