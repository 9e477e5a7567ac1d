# SPDX-License-Identifier: MIT
"""A queue between two processes, for code that was written for ``multiprocessing.Queue``.

One process puts and one process gets, each with any number of threads. An object is pickled straight into shared memory
by the thread that puts it, and loaded from there by the thread that gets it: no pipe, no feeder thread, no server.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
import weakref
from collections import deque
from queue import Empty, Full
from typing import Any, Callable, Generic, NoReturn, TypeVar

from ._core import Reader, Writer, inspect
from ._leaving import join_threads
from .errors import Busy, Closed, NotFound, NotReady, PeerClosed, PeerDied, PeerLost, TooLarge, ZeroBufferError

__all__ = ["ConsumerClosed", "ConsumerDied", "ProducerClosed", "ProducerDied", "Queue"]

T = TypeVar("T")


class ProducerClosed(PeerClosed, Empty):
    """Everything was got, and the process that put it has closed the queue or ended. Also a ``queue.Empty``."""


class ProducerDied(PeerDied, Empty):
    """Everything was got, and the process that put it was killed or crashed. Also a ``queue.Empty``."""


class ConsumerClosed(PeerClosed, Full):
    """The queue is full, and the process that got from it has closed it or ended. Also a ``queue.Full``."""


class ConsumerDied(PeerDied, Full):
    """The queue is full, and the process that got from it was killed or crashed. Also a ``queue.Full``."""


class Queue(Generic[T]):
    """A first-in first-out queue from one process to another. Has the calls of ``multiprocessing.Queue``.

    Make it before the processes that use it and pass it to them, whatever their start method: it travels by name.
    Each process opens its end with its first ``put`` or ``get``. Both may be the same process, and several threads may
    use it.

    maxsize: how many objects may wait; 0 or less for as many as ``capacity`` holds
    capacity: bytes of shared memory, reserved when the first end is opened. One object needs its pickle, its arrays and
        some hundred bytes. The queue is full when either limit is reached
    copy: what ``get`` returns. True: objects of their own. False: arrays in them are read-only views of the shared
        memory, and their place is taken until the last of them goes

    Loading runs what the pickle says: whoever may write to the buffer (mode 0600: the same user) has to be trusted.

    >>> queue = zerobuffer.Queue()
    >>> queue.put({"text": "hello", "numbers": [1, 2]})
    >>> queue.get()
    {'text': 'hello', 'numbers': [1, 2]}
    >>> queue.close()
    """

    def __init__(self, maxsize: int = 0, *, capacity: int = 16 << 20, copy: bool = True) -> None:
        _remove_abandoned()
        _leave_in_order()
        self._describe(f"queue-{os.getpid()}-{secrets.token_hex(8)}", maxsize, capacity, copy)
        _made[self._name] = False
        weakref.finalize(self, _abandon, self._name).atexit = False

    def _describe(self, name: str, maxsize: int, capacity: int, copy: bool) -> None:
        self._name = name
        self._maxsize = maxsize
        self._capacity = capacity
        self._copy = copy
        self._forget()
        _queues.add(self)

    def _forget(self) -> None:
        """As it is in a process that has not used it yet."""
        self._closed = False
        self._reader: Reader | None = None
        self._writer: Writer | None = None
        self._getting = threading.Lock()
        self._putting = threading.Lock()
        self._newest: _Newest | None = None

    def __reduce__(self) -> tuple[Callable[..., Queue[Any]], tuple[Any, ...]]:
        return _known, (self._name, self._maxsize, self._capacity, self._copy)

    def __repr__(self) -> str:
        return f"<zerobuffer.Queue {self._name!r}, {self._capacity} bytes{', closed' if self._closed else ''}>"

    @property
    def name(self) -> str:
        """The name of the buffer, for ``zerobuffer info`` and ``inspect``. The buffer is there from the first use."""
        return self._name

    # Putting.

    def put(self, obj: T, block: bool = True, timeout: float | None = None) -> None:
        """Puts one object. It is pickled before this returns and may be changed then.

        Waits while the queue is full: for ever, for ``timeout`` seconds, or with ``block=False`` not at all; then
        ``queue.Full``. ``ConsumerClosed``, ``ConsumerDied``: full, and nobody is left to make room; the call may be
        repeated when another process takes over. ``Misuse``: it cannot be pickled. ``TooLarge``: it can never fit.
        ``Busy``: another process puts. ``Closed``: this queue is closed here.
        """
        deadline = _deadline(block, timeout)
        if deadline is None:
            self._putting.acquire()
        elif not self._putting.acquire(timeout=_lock_timeout(deadline)):
            raise Full
        try:
            writer = self._writer or self._open_writer()
            if self._newest is not None and not self._newest.wait(writer, _left(deadline)):
                raise Full
            if writer.write_object(obj, _left(deadline)) is None:
                raise Full
            if self._newest is not None:
                self._newest.add(writer)
        except PeerLost as error:
            # Both ends may have been here, and close() been called.
            self._check_open()
            raise (ConsumerDied if isinstance(error, PeerDied) else ConsumerClosed)(str(error)) from None
        except TooLarge as error:
            raise TooLarge(f"{error}; for a queue that is Queue(capacity=...)") from None
        finally:
            self._putting.release()

    def put_nowait(self, obj: T) -> None:
        """The same as ``put(obj, False)``."""
        self.put(obj, False)

    def _open_writer(self) -> Writer:
        self._check_open()
        try:
            writer = Writer.create(self._name, capacity=self._capacity, metadata_size=0)
        except Busy as error:
            self._taken("puts into", error)
        if self._maxsize > 0:
            self._newest = _Newest(self._maxsize, writer)
        self._writer = writer
        self._opened(writer)
        return writer

    # Getting.

    def get(self, block: bool = True, timeout: float | None = None) -> T:
        """Takes the oldest object out.

        Waits while the queue is empty: for ever, for ``timeout`` seconds, or with ``block=False`` not at all; then
        ``queue.Empty``. ``ProducerClosed``, ``ProducerDied``: empty, and the process that had put is gone; the call may
        be repeated, and goes on when another one puts. A producer that never put anything cannot be missed.
        ``Incompatible``: this object cannot be loaded here; it is lost, the next one is not. ``Busy``: another process
        gets. ``Closed``: this queue is closed here.
        """
        deadline = _deadline(block, timeout)
        if deadline is None:
            self._getting.acquire()
        elif not self._getting.acquire(timeout=_lock_timeout(deadline)):
            raise Empty
        try:
            reader = self._reader or self._open_reader()
            frame = reader.acquire(_left(deadline))
        except PeerLost as error:
            self._check_open()
            raise (ProducerDied if isinstance(error, PeerDied) else ProducerClosed)(str(error)) from None
        finally:
            self._getting.release()
        if frame is None:
            raise Empty
        if not self._copy:
            # The views hold it, and nobody else does once this returns.
            return frame.object()  # type: ignore[no-any-return]
        with frame:
            return frame.object(copy=True)  # type: ignore[no-any-return]

    def get_nowait(self) -> T:
        """The same as ``get(False)``."""
        return self.get(False)

    def _open_reader(self) -> Reader:
        self._check_open()
        try:
            reader = Reader(self._name, capacity=self._capacity, metadata_size=0)
        except Busy as error:
            self._taken("gets from", error)
        self._reader = reader
        self._opened(reader)
        return reader

    def _check_open(self) -> None:
        if self._closed:
            raise Closed(f"queue {self._name!r}: is closed in this process; make another one to go on")

    def _taken(self, verb: str, error: Busy) -> NoReturn:
        raise Busy(
            f"queue {self._name!r}: another process {verb} it, or another Queue object of this one; one at a time may: "
            "use one Queue for each pair of processes, or close() it there"
        ) from error

    def _opened(self, end: Reader | Writer) -> None:
        _leave_in_order()
        if self._closed:
            # By another thread, meanwhile.
            end.close()

    # Looking.

    def qsize(self) -> int:
        """How many objects wait, from any process. With ``copy=False`` those count of which somebody holds a view."""
        try:
            return inspect(self._name).unread
        except (NotFound, NotReady):
            return 0

    def empty(self) -> bool:
        """Whether there is nothing to get, from any process."""
        reader = self._reader
        if reader is None or self._closed:
            return self.qsize() == 0
        try:
            return not reader.wait(0)
        except PeerLost:
            return True

    def full(self) -> bool:
        """Whether ``maxsize`` objects wait, from any process. Only ``put`` can tell whether the next one fits."""
        return 0 < self._maxsize <= self.qsize()

    # Ending.

    def close(self) -> None:
        """Closes the ends of this process: the other side sees that nothing will come, or that nobody gets any more.

        What was put stays until it is got. Calls of other threads that wait end with ``Closed``. Twice is the same as
        once.
        """
        self._closed = True
        for end in (self._writer, self._reader):
            if end is not None:
                end.close()

    def join_thread(self) -> None:
        """Does nothing: what ``put`` has returned from is in shared memory already."""

    def cancel_join_thread(self) -> None:
        """Does nothing: no thread keeps the process from ending."""


class _Newest:
    """How many bytes of the ring the newest ``maxsize - 1`` objects take: no more may be used when the next one comes.

    So the limit is a wait for room, as any other.
    """

    def __init__(self, maxsize: int, writer: Writer) -> None:
        self._sizes: deque[int] = deque()
        self._most = maxsize - 1
        self._sum = 0
        self._written = 0
        # What an earlier producer left counts as one that large and others of nothing: the large one is the oldest.
        used = writer.stats().used
        if used:
            waiting = inspect(writer.name).unread
            for size in (used, *[0] * min(waiting - 1, maxsize)):
                self._push(size)

    def _push(self, size: int) -> None:
        self._sizes.append(size)
        self._sum += size
        if len(self._sizes) > self._most:
            self._sum -= self._sizes.popleft()

    def wait(self, writer: Writer, timeout: float | None) -> bool:
        room = writer.max_frame - self._sum
        # More than the ring holds: then its bytes are the narrower limit.
        return room < 0 or writer.wait(room, timeout)

    def add(self, writer: Writer) -> None:
        written = writer._ring_bytes()
        self._push(written - self._written)
        self._written = written


# Time.


def _deadline(block: bool, timeout: float | None) -> float | None:
    """When to give up, in seconds of the monotonic clock: None for never, 0 for at once. As in the standard library."""
    if block and timeout is None:
        return None
    return time.monotonic() + timeout if block and timeout is not None and timeout > 0 else 0


def _left(deadline: float | None) -> float | None:
    return deadline if not deadline else max(deadline - time.monotonic(), 0)


def _lock_timeout(deadline: float) -> float:
    return min(max(deadline - time.monotonic(), 0), threading.TIMEOUT_MAX) if deadline else 0


# The queues of this process, and the end of it.

_queues: weakref.WeakSet[Queue[Any]] = weakref.WeakSet()
# Names that this process has made, and whether their Queue is gone.
_made: dict[str, bool] = {}
_leaving = False


def _known(name: str, maxsize: int, capacity: int, copy: bool) -> Queue[Any]:
    """A queue that another process made."""
    queue: Queue[Any] = Queue.__new__(Queue)
    queue._describe(name, maxsize, capacity, copy)
    return queue


def _leave_in_order() -> None:
    """Processes of multiprocessing end without running ``atexit``; they have handlers of their own."""
    global _leaving
    if not _leaving:
        from multiprocessing.util import Finalize

        _leaving = True
        Finalize(None, _close_all, exitpriority=0)
        # Below 0: after the children have ended.
        Finalize(None, _remove_made, exitpriority=-100)


def _close_all() -> None:
    join_threads()
    for queue in list(_queues):
        queue.close()


def _abandon(name: str) -> None:
    # Not in a forked child, which has forgotten it.
    if name in _made:
        _made[name] = True


def _remove_abandoned() -> None:
    """What killed processes left behind of queues that are gone here. As long as children live it may be theirs."""
    abandoned = [name for name, gone in _made.items() if gone]
    if abandoned:
        from multiprocessing import active_children

        if not active_children():
            _remove(abandoned)


def _remove_made() -> None:
    _remove(list(_made))


def _remove(names: list[str]) -> None:
    for name in names:
        try:
            snapshot = inspect(name)
            if "attached" in (snapshot.writer.state, snapshot.reader.state):
                continue
            # A reader that closes alone takes the name along.
            Reader.open(name, wait="block", prefault=False).close()
        except NotFound:
            pass
        except ZeroBufferError:
            # Somebody has come meanwhile, who removes it.
            continue
        _made.pop(name, None)


def _after_fork() -> None:
    global _leaving
    _leaving = False
    _made.clear()
    for queue in list(_queues):
        queue._forget()


os.register_at_fork(after_in_child=_after_fork)
