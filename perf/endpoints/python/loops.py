# SPDX-License-Identifier: MIT
"""The measuring loops of frames whose bytes nobody looks at. What is called per frame are local names of bound methods:
looking up an attribute costs some 20 ns, a Python call around it some 50. touching.py has the loops for which that does
not matter."""
from __future__ import annotations

import time
from typing import Any, Protocol

from transports import Copying, InPlace


class Stamps(Protocol):
    """Room for times, one per frame."""

    def __setitem__(self, index: int, value: int, /) -> None: ...  # noqa: E704


class Loops(Protocol):
    """Each runs `count` frames, of which the first has the number `first`."""

    def ping(self, first: int, count: int, stamps: Stamps) -> None: ...  # noqa: E704
    def echo(self, first: int, count: int) -> None: ...  # noqa: E704
    def send(self, first: int, count: int) -> None: ...  # noqa: E704
    def receive(self, first: int, count: int) -> None: ...  # noqa: E704


def refuse(found: int, size: int) -> None:
    raise ValueError(f"a frame of {found} bytes came instead of {size}")


class Untouched:
    """In place, the payload left alone. Only the last frame's size is looked at: asking makes an object, which a
    program that knows its sizes need not make."""

    def __init__(self, transport: InPlace, size: int) -> None:
        self.transport, self.size = transport, size

    def check(self, frame: Any) -> None:
        if frame is not None and frame.size != self.size:
            refuse(frame.size, self.size)

    def ping(self, first: int, count: int, stamps: Stamps) -> None:
        claim, acquire, size = self.transport.claim, self.transport.acquire, self.size
        now, frame = time.perf_counter_ns, None
        for i in range(count):
            claim(size).commit()
            frame = acquire()
            frame.release()
            stamps[i] = now()
        self.check(frame)

    def echo(self, first: int, count: int) -> None:
        claim, acquire, size, frame = self.transport.claim, self.transport.acquire, self.size, None
        for _ in range(count):
            frame = acquire()
            claim(size).commit()
            frame.release()
        self.check(frame)

    def send(self, first: int, count: int) -> None:
        claim, size = self.transport.claim, self.size
        for _ in range(count):
            claim(size).commit()

    def receive(self, first: int, count: int) -> None:
        acquire, frame = self.transport.acquire, None
        for _ in range(count):
            frame = acquire()
            frame.release()
        self.check(frame)


class Copied:
    """In place, but copied in from a private buffer and out to one. The copy out fails if the size differs."""

    def __init__(self, transport: InPlace, size: int) -> None:
        self.transport, self.local = transport, memoryview(bytearray(b"Z") * size)

    def ping(self, first: int, count: int, stamps: Stamps) -> None:
        write, acquire, local = self.transport.write, self.transport.acquire, self.local
        now = time.perf_counter_ns
        for i in range(count):
            write(local)
            frame = acquire()
            local[:] = frame
            frame.release()
            stamps[i] = now()

    def echo(self, first: int, count: int) -> None:
        write, acquire, local = self.transport.write, self.transport.acquire, self.local
        for _ in range(count):
            frame = acquire()
            local[:] = frame
            write(local)
            frame.release()

    def send(self, first: int, count: int) -> None:
        write, local = self.transport.write, self.local
        for _ in range(count):
            write(local)

    def receive(self, first: int, count: int) -> None:
        acquire, local = self.transport.acquire, self.local
        for _ in range(count):
            frame = acquire()
            local[:] = frame
            frame.release()


class Passed:
    """Through a transport that copies by itself."""

    def __init__(self, transport: Copying, size: int) -> None:
        self.transport, self.size, self.local = transport, size, b"Z" * size

    def ping(self, first: int, count: int, stamps: Stamps) -> None:
        send, receive, local, size = self.transport.send, self.transport.receive, self.local, self.size
        now = time.perf_counter_ns
        for i in range(count):
            send(local)
            frame = receive()
            if len(frame) != size:
                refuse(len(frame), size)
            stamps[i] = now()

    def echo(self, first: int, count: int) -> None:
        send, receive, local, size = self.transport.send, self.transport.receive, self.local, self.size
        for _ in range(count):
            frame = receive()
            if len(frame) != size:
                refuse(len(frame), size)
            send(local)

    def send(self, first: int, count: int) -> None:
        send, local = self.transport.send, self.local
        for _ in range(count):
            send(local)

    def receive(self, first: int, count: int) -> None:
        receive, size = self.transport.receive, self.size
        for _ in range(count):
            frame = receive()
            if len(frame) != size:
                refuse(len(frame), size)
