# SPDX-License-Identifier: MIT
# What a reader and a writer have in common: the handle, its properties, waiting without the GIL, closing.

cdef extern from * nogil:
    """
    #include <chrono>
    #include <cstdint>
    static std::int64_t zerobuffer_now() {
        using std::chrono::nanoseconds;
        return std::chrono::duration_cast<nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
    """
    int64_t zerobuffer_now()

# Something to wait for: a C call on the handle with a timeout. `size` is for the one call that needs it.
ctypedef zb_status (*Wait)(void* handle, uint64_t size, int64_t timeout) noexcept nogil

cdef enum:
    # From here on a copy costs more than letting go of the GIL and taking it again.
    LONG_COPY = 32 * 1024
    # Nanoseconds after which signals are looked at where the library does not do it by itself.
    SLICE = 50000000

# At exit each of these is closed in order, so that its peer sees the end of the stream and not a death.
cdef object endpoints = weakref.WeakSet()


@atexit.register
def _close_endpoints():
    for endpoint in list(endpoints):
        endpoint.close()


cdef long leaves_in_order = 0  # the process for which multiprocessing knows


cdef int leave_in_order() except -1:
    """Processes of multiprocessing end without running ``atexit``; they have handlers of their own."""
    global leaves_in_order
    if leaves_in_order == getpid() or "multiprocessing.util" not in sys.modules:
        return 0
    from multiprocessing import parent_process
    from multiprocessing.util import register_after_fork
    if parent_process() is None:
        # One that loads its arguments may attach before it is a process of multiprocessing.
        register_after_fork(endpoints, _close_at_its_end)
    else:
        _close_at_its_end(endpoints)
    leaves_in_order = getpid()
    return 0


def _close_at_its_end(_):
    from multiprocessing.util import Finalize
    # Below 0: after its own children have ended, as with atexit.
    Finalize(None, _close_after_threads, exitpriority=-10)


def _close_after_threads():
    from zerobuffer._leaving import join_threads
    join_threads()
    _close_endpoints()


cdef int64_t deadline_after(int64_t timeout):
    """When a wait that starts now is over; INT64_MAX for never."""
    cdef int64_t now = zerobuffer_now()
    if timeout == ZB_FOREVER or timeout > INT64_MAX - now:
        return INT64_MAX
    return now + timeout


cdef int64_t time_left(int64_t deadline):
    if deadline == INT64_MAX:
        return ZB_FOREVER
    return max(deadline - zerobuffer_now(), 0)


include "_watch_declarations.pxi"


cdef class Endpoint:
    """One side of a buffer. Close it, use it in a ``with`` statement, or drop it.

    One thread at a time may use it. While one waits, others may do everything that does not wait; ``cancel()`` and
    ``close()`` may come from any thread at any time. A forked child's calls raise ``Misuse``.
    """

    cdef void* handle                # NULL until attached
    cdef bint is_closed
    cdef bint waiting                # a thread is in a call that waits
    cdef bint exclusive              # a thread is inside without the GIL, and nobody else may be
    cdef PyThread_type_lock copying  # held during a copy without the GIL
    cdef bint cancel_requested       # cancel() was called, and no wait has reported it
    cdef Waiter* waiter              # NULL until a task or a selector waits; its end waits for dealloc
    cdef bint task_waits             # a task of an event loop waits
    cdef int descriptor              # what fileno() gave, or -1
    cdef str side
    cdef str buffer_name
    cdef long process
    cdef zb_properties properties
    cdef str origin                  # how it was attached, with which options: what a pickle of it carries
    cdef dict wishes
    cdef object __weakref__

    def __cinit__(self):
        self.copying = PyThread_allocate_lock()
        if self.copying == NULL:
            raise MemoryError()
        self.process = getpid()
        self.descriptor = -1

    def __dealloc__(self):
        # Nobody is inside: a thread that is holds a reference. But for the one that waits for event loops.
        if self.waiter != NULL:
            if self.inherited():
                self.waiter.abandon()
            else:
                self.shut_handle()
                self.waiter.stop()
                del self.waiter
        if self.handle != NULL:
            self.free_handle()
        if self.copying != NULL:
            PyThread_free_lock(self.copying)

    # What each side does in its own way.

    cdef void free_handle(self) noexcept nogil:
        pass

    cdef void shut_handle(self) noexcept nogil:
        pass

    cdef zb_status cancel_handle(self) noexcept nogil:
        return ZB_MISUSE

    cdef Waiter* make_waiter(self) except NULL:
        raise NotImplementedError

    cdef zb_status read_stats(self, zb_stats* stats) noexcept nogil:
        return ZB_MISUSE

    cdef zb_status open_handle(self, const char* name, const zb_options* options, bint create) noexcept nogil:
        return ZB_MISUSE

    cdef zb_status read_properties(self) noexcept nogil:
        return ZB_MISUSE

    cdef int attach(self, name, zb_options* options, bint create) except -1:
        """Makes or opens; waits for a buffer to appear as long as the options say."""
        cdef bytes encoded = encoded_name(name)
        cdef const char* c_name = encoded
        cdef zb_status status
        cdef int64_t deadline = 0 if options.wait_for_peer == 0 else deadline_after(options.wait_for_peer)
        if self.buffer_name is not None:
            raise Misuse(f"buffer {self.buffer_name!r}: this {self.side} was attached before; make another object")
        options.interruptible = 1
        while True:
            # Attaching has no cancel and no interruption: slices let signals in.
            options.wait_for_peer = 0 if deadline == 0 else min(<uint64_t>time_left(deadline), <uint64_t>SLICE)
            with nogil:
                status = self.open_handle(c_name, options, create)
            if deadline == 0 or (status != ZB_NOT_FOUND and status != ZB_NOT_READY) or time_left(deadline) == 0:
                break
            PyErr_CheckSignals()
        if status == ZB_OK:
            status = self.read_properties()
        if status != ZB_OK:
            raise failure(status)
        self.buffer_name = name
        endpoints.add(self)
        leave_in_order()
        return 0

    # Using.

    cdef object closed(self):
        if self.handle == NULL:
            return Closed(f"this {self.side} was never attached; call {type(self).__name__}(name)")
        return Closed(f"{self.side} of buffer {self.buffer_name!r}: is closed; make another one to go on")

    cdef object occupied(self):
        return Misuse(
            f"{self.side} of buffer {self.buffer_name!r}: another thread is inside a call; one at a time may use it"
        )

    cdef inline void* usable(self) except NULL:
        """The handle, for a call under the GIL. The library knows whether it is closed."""
        if self.handle == NULL:
            raise self.closed()
        if self.exclusive:
            raise self.occupied()
        return self.handle

    cdef bint wait_for(self, Wait call, uint64_t size, int64_t deadline) except -1:
        """Waits without the GIL. True when it happened, False after the deadline."""
        if self.waiting or self.exclusive:
            raise self.occupied()
        self.waiting = True
        try:
            if self.waiter != NULL:
                make_way(self)
            return self.wait_inside(call, size, deadline)
        finally:
            self.waiting = False
            if self.descriptor >= 0:
                self.waiter.ring(for_descriptor)

    cdef bint wait_inside(self, Wait call, uint64_t size, int64_t deadline) except -1:
        cdef zb_status status
        cdef int64_t timeout
        while True:
            timeout = time_left(deadline)
            if timeout == 0:
                timeout = 1  # still a wait, beside which the library allows other calls; 0 is none
            with nogil:
                status = call(self.handle, size, timeout)
            if status == ZB_OK:
                return True
            if status == ZB_TIMEOUT:
                return False
            if status == ZB_CANCELLED:
                # Not asked for: it was meant for the wait of an event loop, and came too late for that.
                if self.waiter != NULL and not self.cancel_requested:
                    continue
                self.cancel_requested = False
            if status != ZB_INTERRUPTED:
                raise failure(status)
            PyErr_CheckSignals()

    cdef bint wait_once_or_for(self, Wait call, uint64_t size, object timeout) except -1:
        """One try under the GIL, then a wait without it."""
        cdef int64_t duration = nanoseconds(timeout)
        cdef zb_status status = call(self.usable(), size, 0)
        if status == ZB_TIMEOUT and duration != 0:
            return self.wait_for(call, size, deadline_after(duration))
        if status != ZB_OK and status != ZB_TIMEOUT:
            raise failure(status)
        return status == ZB_OK

    cdef bint look_or_wait(self, Wait call, uint64_t size, object timeout) except -1:
        """The same for what fileno() tells of."""
        cdef bint there = self.wait_once_or_for(call, size, timeout)
        if not there:
            self.note_nothing(size)
        return there

    cdef inline int note_nothing(self, uint64_t size) except -1:
        """A call is about to say that there was nothing: from now on fileno() is not readable until there is something."""
        return found_nothing(self, size) if self.descriptor >= 0 else 0

    cdef bint inherited(self) noexcept:
        """In a forked child: a thread that was copying is not there, and will not end."""
        return self.process != getpid()

    def stats(self):
        """Counters of this endpoint since it attached: a :class:`Stats`. Waits for a copy in another thread to end.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write(b"hello")
        ...     stats = writer.stats()
        ...     print(stats.frames, stats.sequence, stats.peer)
        1
        1 1 attached
        """
        cdef zb_stats stats
        while self.exclusive and not self.waiting and not self.inherited():
            with nogil:
                PyThread_acquire_lock(self.copying, WAIT_LOCK)
                PyThread_release_lock(self.copying)
        self.usable()
        cdef zb_status status = self.read_stats(&stats)
        if status != ZB_OK:
            raise failure(status)
        return Stats(
            stats.frames,
            stats.bytes,
            stats.sequence,
            stats.used,
            stats.held,
            stats.skipped,
            stats.waits,
            stats.sleeps,
            stats.wakes,
            stats.timeouts,
            stats.resumed != 0,
            PEER_STATES[stats.peer],
        )

    # Ending.

    def cancel(self):
        """Ends the wait of another thread with ``Cancelled``; if none waits, the next call that would have to.

        Nothing is lost. Any thread, any time.

        >>> with zerobuffer.Reader("example") as reader:
        ...     reader.cancel()
        ...     reader.acquire()
        Traceback (most recent call last):
        zerobuffer.errors.Cancelled: reader of buffer "example": the wait was cancelled; call again to go on
        """
        if self.handle == NULL:
            raise self.closed()
        cdef zb_status status = self.cancel_handle()
        if status != ZB_OK:
            raise failure(status)
        self.cancel_requested = True
        if self.task_waits:
            self.waiter.ring(for_task)

    def close(self):
        """Lets go of the buffer. A waiting call in another thread raises ``Closed``, and has left when this returns.

        Views of frames and claims stay valid; the other side sees this one as attached until the last frame is given
        back. Any thread, any time; twice is the same as once.
        """
        self.is_closed = True
        if self.handle != NULL:
            with nogil:
                self.shut_handle()
        if self.waiter != NULL:
            end_watch(self)

    def fileno(self):
        """A file descriptor for ``select``, ``poll`` and ``epoll``: readable while a frame (a reader) or room (a writer) may be.

        It turns unreadable when a call that takes, claims, writes or waits ends with its timeout (with 0, or later), and
        readable when what that call asked for has come, or an error that the next call will raise. So: wait until it is
        readable, then call with timeout 0 until nothing is left. It may be readable for no reason. For reading only: a writer's,
        too, is readable and never writable; its size is that of the last call that found no room. ``close()`` closes it: take
        it out of selectors before. Never read from it or close it. The first call that waits so starts a thread, which ends
        with ``close()``.
        """
        return watched_descriptor(self)

    def __enter__(self):
        if self.handle == NULL or self.is_closed:
            raise self.closed()
        return self

    def __exit__(self, exception_type, exception, traceback):
        self.close()

    def __repr__(self):
        if self.buffer_name is None:
            return f"<{type(self).__name__}, never attached>"
        state = ", closed" if self.is_closed else ""
        return f"<{type(self).__name__} of {self.buffer_name!r}, layout {self.layout}, {self.capacity} bytes{state}>"

    def __reduce__(self):
        """A closed endpoint is pickled as its name and options; loading that attaches. An open one refuses."""
        if self.buffer_name is None or not self.is_closed:
            raise TypeError(
                f"{self!r}: only one process at a time can hold this side, so an open {self.side} cannot be copied or "
                "pickled; close() it first, and whoever loads the pickle attaches; or pass the name and attach there"
            )
        return _attach_again, (type(self).__name__, self.origin, self.buffer_name, self.wishes)

    # Fixed for life; valid after close() too.

    @property
    def name(self):
        """The name of the buffer."""
        return self.buffer_name

    @property
    def capacity(self):
        """Bytes of the ring, after rounding."""
        return self.properties.capacity

    @property
    def layout(self):
        """``"v1"`` or ``"v2"``."""
        return LAYOUT_NAMES.get(self.properties.layout)

    @property
    def alignment(self):
        """What every frame's payload starts on, in bytes; 1 in v1."""
        return self.properties.alignment

    @property
    def max_frame(self):
        """The largest payload that a frame can ever have, in bytes."""
        return self.properties.max_frame

    @property
    def metadata_size(self):
        """Bytes of the metadata block, 8 of them its length."""
        return self.properties.metadata_size


def _attach_again(side, origin, name, wishes):
    """What a pickle of a closed endpoint calls: attaches as that endpoint was attached."""
    made = {"Reader": Reader, "Writer": Writer}[side]
    return (made if origin == "new" else getattr(made, origin))(name, **wishes)
