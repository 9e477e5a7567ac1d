# SPDX-License-Identifier: MIT
# How tasks of event loops, and programs that select on fileno(), wait: a thread of the endpoint waits for them.

cdef object task_is_waiting(Endpoint endpoint):
    return Misuse(
        f"{endpoint.side} of buffer {endpoint.buffer_name!r}: a task waits in it; one at a time may, "
        "so await that task first, or cancel it"
    )


cdef int require_open(Endpoint endpoint) except -1:
    endpoint.usable()
    if endpoint.is_closed:
        raise endpoint.closed()
    if endpoint.inherited():
        raise Misuse(
            f"{endpoint.side} of buffer {endpoint.buffer_name!r}: belongs to the parent process of this fork; "
            "open a new one in the child"
        )
    return 0


cdef bint thread_may_wait(Endpoint endpoint) noexcept:
    """Whether the thread for event loops waits, or is about to."""
    return endpoint.waiter != NULL and not endpoint.inherited() and endpoint.waiter.engaged()


cdef int open_eye(Endpoint endpoint, Party party) except -2:
    """The eventfd of this party."""
    cdef int descriptor
    if endpoint.waiter == NULL:
        endpoint.waiter = endpoint.make_waiter()
    descriptor = endpoint.waiter.open_descriptor(party)
    if descriptor < 0:
        raise cannot_watch(endpoint, errno)
    return descriptor


cdef object cannot_watch(Endpoint endpoint, int number):
    return errors.from_status(
        "system_failure",
        f"{endpoint.side} of buffer {endpoint.buffer_name!r}: no {'thread' if number == EAGAIN else 'eventfd'} to wait for an "
        f"event loop: {os.strerror(number)}; raise the limit (ulimit), or close what is not needed",
        number,
    )


cdef int ask(Endpoint endpoint, Party party, uint64_t size) except -1:
    cdef int problem = endpoint.waiter.ask(party, size)
    if problem != 0:
        raise cannot_watch(endpoint, problem)
    return 0


cdef int raise_outcome(Endpoint endpoint, Party party) except -1:
    """Raises what the wait for this party ended with, if that was an error. Not the loss of a peer after which another came."""
    cdef zb_status status = ZB_OK
    cdef string message
    cdef int number = 0
    cdef zb_stats stats
    if not endpoint.waiter.take_outcome(party, status, message, number):
        return 0
    if status != ZB_PEER_CLOSED and status != ZB_PEER_DIED:
        raise errors.from_status(status_name(status), message.decode("utf-8", "replace"), number)
    if endpoint.read_stats(&stats) != ZB_OK or stats.peer != ZB_PEER_STATE_ATTACHED:
        raise errors.from_status(status_name(status), message.decode("utf-8", "replace"), number)
    return 0


cdef int raise_cancelled(Endpoint endpoint) except -1:
    """Where the library's own wait cannot say it: the thread's has taken notice of it."""
    if endpoint.cancel_requested:
        endpoint.cancel_requested = False
        raise errors.Cancelled(
            f"{endpoint.side} of buffer {endpoint.buffer_name!r}: the wait was cancelled; call again to go on")
    return 0


cdef int make_way(Endpoint endpoint) except -1:
    """A wait of a thread is about to begin. The library has room for one."""
    if endpoint.task_waits:
        raise task_is_waiting(endpoint)
    if endpoint.inherited():
        return 0
    with nogil:
        endpoint.waiter.make_way()
    return raise_cancelled(endpoint)


cdef int watched_descriptor(Endpoint endpoint) except -2:
    require_open(endpoint)
    if endpoint.descriptor < 0:
        endpoint.descriptor = open_eye(endpoint, for_descriptor)
    return endpoint.descriptor


cdef int found_nothing(Endpoint endpoint, uint64_t size) except -1:
    if endpoint.waiting:
        # When that thread's wait is over it rings.
        endpoint.waiter.hush(for_descriptor)
        return 0
    raise_outcome(endpoint, for_descriptor)
    return ask(endpoint, for_descriptor, size)


cdef int end_watch(Endpoint endpoint) except -1:
    """After the end of all calls on the handle."""
    cdef bint inherited = endpoint.inherited()
    endpoint.descriptor = -1
    if inherited:
        return 0
    with nogil:
        endpoint.waiter.stop()
        endpoint.waiter.close_descriptor(for_descriptor)
    if endpoint.task_waits:
        endpoint.waiter.ring(for_task)
    else:
        endpoint.waiter.close_descriptor(for_task)
    return 0


@cython.final
cdef class _TaskWait:
    """The wait of one task: from here to ``end()`` nobody else may wait. ``descriptor`` is readable when it is over."""

    cdef Endpoint endpoint
    cdef uint64_t size
    cdef readonly int descriptor

    def __init__(self, Endpoint endpoint not None, size):
        require_open(endpoint)
        if endpoint.waiting:
            raise endpoint.occupied()
        if endpoint.task_waits:
            raise task_is_waiting(endpoint)
        raise_cancelled(endpoint)
        self.size = byte_count(size, "size")
        self.descriptor = open_eye(endpoint, for_task)
        ask(endpoint, for_task, self.size)
        endpoint.task_waits = True
        self.endpoint = endpoint

    def again(self):
        """Another look found nothing: raises the reason, or goes on waiting."""
        raise_cancelled(self.endpoint)
        raise_outcome(self.endpoint, for_task)
        ask(self.endpoint, for_task, self.size)

    def end(self):
        """Any thread may wait again. Twice is the same as once."""
        cdef Endpoint endpoint = self.endpoint
        if endpoint is None:
            return
        self.endpoint = None
        endpoint.task_waits = False
        if endpoint.inherited():
            return
        if endpoint.is_closed:
            endpoint.waiter.close_descriptor(for_task)
        else:
            endpoint.waiter.take_back(for_task)


@cython.final
@cython.no_gc
cdef class _Held:
    """The bytes that a task waits to write: the object cannot change its size meanwhile. With no more asked of it than
    ``write`` asks, so not as a memoryview, which wants a format."""

    cdef Py_buffer view
    cdef bint has_view

    def __cinit__(self, buffer):
        PyObject_GetBuffer(buffer, &self.view, PyBUF_SIMPLE)
        self.has_view = True

    def __dealloc__(self):
        self.end()

    @property
    def size(self):
        return self.view.len

    def end(self):
        """Twice is the same as once."""
        if self.has_view:
            self.has_view = False
            PyBuffer_Release(&self.view)
