# SPDX-License-Identifier: MIT
# Reader: takes frames out of a buffer.

# How to take one frame: the next, or the newest.
ctypedef zb_status (*Take)(zb_reader* reader, int64_t timeout, zb_frame* frame) noexcept nogil

cdef enum:
    # Frames that acquire_many takes with one call: a limit of the stack, not of the caller.
    BATCH = 64


cdef zb_status frame_ready(void* handle, uint64_t size, int64_t timeout) noexcept nogil:
    return zb_reader_wait(<zb_reader*>handle, timeout)


cdef zb_status writer_attached(void* handle, uint64_t size, int64_t timeout) noexcept nogil:
    return zb_reader_wait_for_peer(<zb_reader*>handle, timeout)


cdef zb_status metadata_published(void* handle, uint64_t size, int64_t timeout) noexcept nogil:
    cdef uint64_t length
    cdef zb_status status = zb_reader_metadata(<zb_reader*>handle, timeout, NULL, 0, &length)
    # Nothing is copied here, so "too large for the caller" means that there is some.
    return ZB_OK if status == ZB_TOO_LARGE else status


cdef zb_status cancel_reader(void* handle) noexcept nogil:
    return zb_reader_cancel(<zb_reader*>handle)


@cython.final
cdef class Reader(Endpoint):
    """Takes frames out of a buffer, in place. Makes the buffer ``name``, or takes over the one that is there.

    A v2 buffer of the same shape that an earlier reader left behind (``stats().resumed``), or that a writer made, is taken
    over: its unread frames are delivered, and those that a dead reader had not released once more.

    name: 1 to 200 of ``A-Z a-z 0-9 . _ -``, not starting with ``.`` or ``sem.``
    capacity: bytes of the ring; v2 rounds up to 64 KiB. Four to eight large frames or 256 small ones make a good ring
    metadata_size: bytes reserved for metadata, 8 of them for its length; 0 for none
    layout: ``"v2"``, or ``"v1"`` to speak with ZeroBuffer 1.x processes
    alignment: v2: payloads start on it; power of two, 16 to 4096. v1 packs frames
    permissions: file mode of a new buffer, whatever the umask
    wait: ``"adaptive"`` (predict, spin briefly, sleep), ``"spin"`` (never sleep) or ``"block"`` (never spin)
    replace: throw away a buffer of that name that nobody holds, instead of taking it over
    prefault: touch every page now: ``True``, ``False``, or ``None`` for rings of at most 64 MiB
    writable: map frames writable, to edit them in place
    guarded: survive a peer that truncates the memory: ``Corrupt`` instead of SIGBUS

    Errors: ``BadName``, ``Busy`` (a live reader holds it), ``Incompatible`` (it has another shape), ``NoSpace``,
    ``PermissionDenied``, ``Corrupt``, ``Misuse`` (a bad option), ``SystemFailure``.

    >>> with zerobuffer.Reader("example", capacity=1 << 20) as reader:
    ...     reader.acquire(timeout=0.01) is None
    True
    """

    cdef vector[zb_frame] returned   # given back by other threads while this reader was exclusive
    cdef bint is_writable

    def __cinit__(self):
        self.side = "reader"

    def __init__(self, name, *, capacity=16 << 20, metadata_size=4096, layout="v2", alignment=64, permissions=0o600,
                 wait="adaptive", replace=False, prefault=None, writable=False, guarded=False):
        cdef zb_options options
        zb_options_init(&options, sizeof(options))
        describe_ring(&options, capacity, metadata_size, layout, alignment, permissions, replace)
        describe_access(&options, wait, prefault, guarded)
        self.start(name, &options, writable, True)
        self.origin = "new"
        # What `replace` throws away, it throws away once.
        self.wishes = dict(capacity=capacity, metadata_size=metadata_size, layout=layout, alignment=alignment,
                           permissions=permissions, wait=wait, prefault=prefault, writable=writable, guarded=guarded)

    @staticmethod
    def open(name, *, timeout=0, wait="adaptive", prefault=None, writable=False, guarded=False):
        """Attaches to a v2 buffer that a writer made; waits ``timeout`` seconds for it to appear.

        Errors: as ``Reader(...)``, and ``NotFound`` when it is not there.
        """
        cdef Reader reader = Reader.__new__(Reader)
        cdef zb_options options
        zb_options_init(&options, sizeof(options))
        options.wait_for_peer = nanoseconds(timeout)
        describe_access(&options, wait, prefault, guarded)
        reader.start(name, &options, writable, False)
        reader.origin = "open"
        reader.wishes = dict(timeout=timeout, wait=wait, prefault=prefault, writable=writable, guarded=guarded)
        return reader

    cdef int start(self, name, zb_options* options, writable, bint create) except -1:
        options.writable = 1 if writable else 0
        self.attach(name, options, create)
        self.is_writable = options.writable
        return 0

    cdef void free_handle(self) noexcept nogil:
        zb_reader_close(<zb_reader*>self.handle)

    cdef void shut_handle(self) noexcept nogil:
        zb_reader_shutdown(<zb_reader*>self.handle)

    cdef zb_status cancel_handle(self) noexcept nogil:
        return cancel_reader(self.handle)

    cdef Waiter* make_waiter(self) except NULL:
        return new Waiter(self.handle, frame_ready, cancel_reader)

    cdef zb_status read_stats(self, zb_stats* stats) noexcept nogil:
        return zb_reader_stats(<zb_reader*>self.handle, stats)

    cdef zb_status read_properties(self) noexcept nogil:
        return zb_reader_properties(<zb_reader*>self.handle, &self.properties)

    cdef zb_status open_handle(self, const char* name, const zb_options* options, bint create) noexcept nogil:
        cdef zb_reader* reader = NULL
        cdef zb_status status
        if create:
            status = zb_reader_create(name, options, &reader)
        else:
            status = zb_reader_open(name, options, &reader)
        self.handle = reader
        return status

    # Taking frames.

    cdef Frame take(self, Take call, object timeout):
        cdef int64_t duration = nanoseconds(timeout)
        cdef int64_t deadline
        cdef Frame frame = Frame.__new__(Frame)
        cdef zb_status status = call(<zb_reader*>self.usable(), 0, &frame.lease)
        if status == ZB_TIMEOUT and duration != 0:
            deadline = deadline_after(duration)
            # Another thread may be faster: then wait again.
            while status == ZB_TIMEOUT and self.wait_for(frame_ready, 0, deadline):
                status = call(<zb_reader*>self.usable(), 0, &frame.lease)
        if status == ZB_TIMEOUT:
            self.note_nothing(0)
            return None
        if status != ZB_OK:
            raise failure(status)
        self.adopt(frame)
        return frame

    cdef inline void adopt(self, Frame frame) noexcept:
        frame.reader = self
        frame.number = frame.lease.sequence
        frame.length = frame.lease.size

    cdef int give_back(self, zb_frame* lease) except -1:
        if self.exclusive:
            self.returned.push_back(lease[0])
            lease.reader = NULL
        else:
            # Fails only in a forked child, where nothing is to be done.
            zb_reader_release(lease)
        return 0

    def acquire(self, timeout=None):
        """The next :class:`Frame`, or ``None`` when none comes within ``timeout`` seconds.

        Any number of frames may be held, and given back in any order. ``PeerClosed`` and ``PeerDied``: no frame is left
        and the writer that this reader had met is gone; the call may be repeated, and goes on when a new writer comes.
        Other errors: ``Cancelled``, ``Closed``, ``Corrupt``, ``Misuse`` (another thread waits).

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write(b"hello")
        ...     with reader.acquire(timeout=1) as frame:
        ...         print(frame.sequence, frame.size, bytes(frame))
        1
        1 5 b'hello'
        """
        return self.take(zb_reader_acquire, timeout)

    def acquire_latest(self, timeout=None):
        """Like ``acquire``, but the newest frame there is; older ones are released unseen (``stats().skipped``).

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write_many([b"old", b"older", b"new"])
        ...     bytes(reader.acquire_latest())
        ...     reader.stats().skipped
        3
        b'new'
        2
        """
        return self.take(zb_reader_acquire_latest, timeout)

    def acquire_many(self, limit, timeout=None):
        """Waits for one frame, then takes all that are there, up to ``limit``: a list, empty after the timeout.

        Errors: as ``acquire``.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write_many([b"one", b"two", b"three"])
        ...     [bytes(frame) for frame in reader.acquire_many(2)]
        3
        [b'one', b'two']
        """
        cdef zb_frame leases[BATCH]
        cdef uint64_t wanted = byte_count(limit, "limit")
        cdef uint64_t count = 0
        cdef int64_t duration = nanoseconds(timeout)
        cdef int64_t deadline
        cdef list frames = []
        if wanted == 0:
            raise no_limit()
        cdef zb_status status = zb_reader_acquire_many(
            <zb_reader*>self.usable(), min(wanted, <uint64_t>BATCH), 0, leases, &count)
        if status == ZB_TIMEOUT and duration != 0:
            deadline = deadline_after(duration)
            while status == ZB_TIMEOUT and self.wait_for(frame_ready, 0, deadline):
                status = zb_reader_acquire_many(
                    <zb_reader*>self.usable(), min(wanted, <uint64_t>BATCH), 0, leases, &count)
        if status != ZB_OK and status != ZB_TIMEOUT:
            raise failure(status)
        if status == ZB_TIMEOUT:
            self.note_nothing(0)
        while status == ZB_OK:
            self.adopt_many(leases, count, frames)
            wanted -= count
            if count < BATCH or wanted == 0:
                break
            # What goes wrong now, the next call says again.
            count = 0
            status = zb_reader_acquire_many(
                <zb_reader*>self.usable(), min(wanted, <uint64_t>BATCH), 0, leases, &count)
        return frames

    cdef int adopt_many(self, zb_frame* leases, uint64_t count, list frames) except -1:
        cdef Frame frame
        cdef uint64_t done = 0
        try:
            while done < count:
                frame = Frame.__new__(Frame)
                frame.lease = leases[done]
                done += 1
                self.adopt(frame)
                frames.append(frame)
        except MemoryError:
            zb_reader_release_many(leases + done, count - done)
            raise
        return 0

    def __iter__(self):
        """The frames to come, one after the other. Each is released by itself at the next step.

        Ends when the writer closes; ``PeerDied`` is raised. Waits for ever; ``cancel()`` and Ctrl-C end it.

        >>> with zerobuffer.Reader("example") as reader:
        ...     with zerobuffer.Writer("example") as writer:
        ...         writer.write_many([b"one", b"two"])
        ...     [bytes(frame) for frame in reader]
        2
        [b'one', b'two']
        """
        cdef FrameIterator iterator = FrameIterator.__new__(FrameIterator)
        iterator.reader = self
        return iterator

    def __aiter__(self):
        """``async for frame in reader``: as plain iteration, in a task. Others run while it waits, and after every 64 frames."""
        return _tasks.AsyncFrames(self)

    def batches(self, limit=64):
        """Lists of frames, each as ``acquire_many(limit)`` gives it: ``for batch in reader.batches()``, also ``async for``.

        A batch is released by itself at the next step, all at once, which wakes the writer once at most. Ends as plain
        iteration does.

        >>> with zerobuffer.Reader("example") as reader:
        ...     with zerobuffer.Writer("example") as writer:
        ...         writer.write_many([b"one", b"two", b"three"])
        ...     [len(batch) for batch in reader.batches(2)]
        3
        [2, 1]
        """
        cdef BatchIterator iterator = BatchIterator.__new__(BatchIterator)
        iterator.limit = byte_count(limit, "limit")
        if iterator.limit == 0:
            raise no_limit()
        iterator.reader = self
        return iterator

    # For the coroutines: one try, with the timeout checked.

    def _acquire_now(self, timeout):
        nanoseconds(timeout)
        return self.take(zb_reader_acquire, 0)

    # Waiting and looking.

    def wait(self, timeout=None):
        """True when a frame can be acquired, False after ``timeout`` seconds. Takes nothing. Errors: as ``acquire``."""
        return self.look_or_wait(frame_ready, 0, timeout)

    def wait_for_peer(self, timeout=None):
        """True when a writer is attached, False after ``timeout`` seconds."""
        return self.wait_once_or_for(writer_attached, 0, timeout)

    def metadata(self, timeout=0):
        """A copy of what the writer has published, or ``None`` if it publishes nothing within ``timeout`` seconds.

        While it waits, other threads may only ``cancel()``, ``close()`` and release frames.
        """
        cdef int64_t duration = nanoseconds(timeout)
        cdef zb_status status = metadata_published(self.usable(), 0, 0)
        if status == ZB_TIMEOUT and duration != 0:
            if not self.wait_for_metadata(deadline_after(duration)):
                return None
            status = ZB_OK
        if status == ZB_TIMEOUT:
            return None
        if status != ZB_OK:
            raise failure(status)
        return self.copy_metadata()

    cdef bint wait_for_metadata(self, int64_t deadline) except -1:
        if self.waiting:
            raise self.occupied()
        self.waiting = self.exclusive = True
        try:
            if self.waiter != NULL:
                make_way(self)
            return self.wait_inside(metadata_published, 0, deadline)
        finally:
            self.waiting = self.exclusive = False
            self.take_back()
            if self.descriptor >= 0:
                self.waiter.ring(for_descriptor)

    cdef void take_back(self) noexcept:
        cdef size_t index
        for index in range(self.returned.size()):
            zb_reader_release(&self.returned[index])
        self.returned.clear()

    cdef object copy_metadata(self):
        cdef uint64_t size = 0
        cdef bytes content = PyBytes_FromStringAndSize(NULL, self.properties.metadata_size)
        cdef zb_status status = zb_reader_metadata(
            <zb_reader*>self.usable(), 0, PyBytes_AS_STRING(content), self.properties.metadata_size, &size)
        if status == ZB_TIMEOUT:
            return None
        if status != ZB_OK:
            raise failure(status)
        return content[:size]

    @property
    def writable(self):
        """Whether frames may be edited in place."""
        return self.is_writable
