# SPDX-License-Identifier: MIT
# Writer: puts frames into a buffer.

cdef zb_status room(void* handle, uint64_t size, int64_t timeout) noexcept nogil:
    return zb_writer_wait(<zb_writer*>handle, size, timeout)


cdef zb_status reader_attached(void* handle, uint64_t size, int64_t timeout) noexcept nogil:
    return zb_writer_wait_for_peer(<zb_writer*>handle, timeout)


cdef zb_status cancel_writer(void* handle) noexcept nogil:
    return zb_writer_cancel(<zb_writer*>handle)


# One way of copying slices in: as one frame, or as one each. `done` gets the sequence, or how many were committed.
ctypedef zb_status (*CopyIn)(zb_writer* writer, const zb_slice* slices, uint64_t count, int64_t timeout,
                             uint64_t* done) noexcept nogil


cdef zb_status write_one(zb_writer* writer, const zb_slice* slices, uint64_t count, int64_t timeout,
                         uint64_t* done) noexcept nogil:
    return zb_writer_write(writer, slices.data, slices.size, timeout, done)


@cython.final
cdef class Writer(Endpoint):
    """Puts frames into a buffer. Attaches to the buffer ``name`` that a reader made.

    timeout: seconds to wait for the buffer to appear
    wait: ``"adaptive"`` (predict, spin briefly, sleep), ``"spin"`` (never sleep) or ``"block"`` (never spin)
    prefault: touch every page now: ``True``, ``False``, or ``None`` for rings of at most 64 MiB
    guarded: survive a peer that truncates the memory: ``Corrupt`` instead of SIGBUS
    copy: how ``write`` copies: ``"auto"`` (by ring size), ``"cached"`` or ``"streaming"`` (around the cache)

    Sequence numbers carry on from the last writer's.

    Errors: ``BadName``, ``NotFound``, ``NotReady``, ``Busy`` (a live writer holds it), ``Incompatible``, ``Corrupt``,
    ``PermissionDenied``, ``SystemFailure``.

    >>> zerobuffer.Writer("nobody-reads-this")
    Traceback (most recent call last):
    zerobuffer.errors.NotFound: buffer "nobody-reads-this": does not exist; start the side that creates it, or wait for it
    """

    cdef vector[Py_buffer] spare_views      # kept between calls, so that gathering allocates once
    cdef vector[zb_slice] spare_slices
    cdef bint claimed                       # a claim is open: nobody may copy without the GIL
    cdef bint lingering                     # that claim was aborted, and views of it live

    def __cinit__(self):
        self.side = "writer"

    def __init__(self, name, *, timeout=0, wait="adaptive", prefault=None, guarded=False, copy="auto"):
        cdef zb_options options
        zb_options_init(&options, sizeof(options))
        options.wait_for_peer = nanoseconds(timeout)
        describe_access(&options, wait, prefault, guarded)
        options.copy = choice(COPIES, copy, "copy")
        self.attach(name, &options, False)
        self.origin = "new"
        self.wishes = dict(timeout=timeout, wait=wait, prefault=prefault, guarded=guarded, copy=copy)

    @staticmethod
    def create(name, *, capacity=16 << 20, metadata_size=4096, layout="v2", alignment=64, permissions=0o600,
               wait="adaptive", replace=False, prefault=None, guarded=False, copy="auto"):
        """v2: makes the buffer and attaches as its writer, or takes over one of the same shape. As ``Reader(...)``.

        >>> with zerobuffer.Writer.create("example", capacity=1 << 20) as writer:
        ...     with zerobuffer.Reader.open("example") as reader:
        ...         reader.capacity == writer.capacity >= 1 << 20
        True
        """
        cdef Writer writer = Writer.__new__(Writer)
        cdef zb_options options
        zb_options_init(&options, sizeof(options))
        describe_ring(&options, capacity, metadata_size, layout, alignment, permissions, replace)
        describe_access(&options, wait, prefault, guarded)
        options.copy = choice(COPIES, copy, "copy")
        writer.attach(name, &options, True)
        writer.origin = "create"
        # What `replace` throws away, it throws away once.
        writer.wishes = dict(capacity=capacity, metadata_size=metadata_size, layout=layout, alignment=alignment,
                             permissions=permissions, wait=wait, prefault=prefault, guarded=guarded, copy=copy)
        return writer

    cdef void free_handle(self) noexcept nogil:
        zb_writer_close(<zb_writer*>self.handle)

    cdef void shut_handle(self) noexcept nogil:
        zb_writer_shutdown(<zb_writer*>self.handle)

    cdef zb_status cancel_handle(self) noexcept nogil:
        return cancel_writer(self.handle)

    cdef Waiter* make_waiter(self) except NULL:
        return new Waiter(self.handle, room, cancel_writer)

    cdef zb_status read_stats(self, zb_stats* stats) noexcept nogil:
        return zb_writer_stats(<zb_writer*>self.handle, stats)

    cdef zb_status read_properties(self) noexcept nogil:
        return zb_writer_properties(<zb_writer*>self.handle, &self.properties)

    cdef zb_status open_handle(self, const char* name, const zb_options* options, bint create) noexcept nogil:
        cdef zb_writer* writer = NULL
        cdef zb_status status
        if create:
            status = zb_writer_create(name, options, &writer)
        else:
            status = zb_writer_open(name, options, &writer)
        self.handle = writer
        return status

    cdef object refused(self, int status):
        if status == ZB_MISUSE and self.lingering:
            return Misuse(
                f"buffer {self.buffer_name!r}: views of the last claim, which was aborted, live; let them go first "
                "(del array, view.release()), then write"
            )
        return failure(status)

    # In place.

    def claim(self, size, timeout=None):
        """Room for a frame of up to ``size`` bytes as a :class:`Claim`, or ``None`` when the ring stays full.

        0 to ``max_frame`` bytes; v1 has no empty frames. ``TooLarge``: it can never fit. ``PeerClosed``, ``PeerDied``: full,
        and the reader that this writer had met is gone. ``Misuse``: a claim is open, or another thread waits. Also
        ``Cancelled``, ``Closed``, ``Corrupt``.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     with writer.claim(5) as claim, memoryview(claim) as room:
        ...         room[:] = b"hello"
        ...     bytes(reader.acquire())
        b'hello'
        """
        return self.claim_room(size, timeout)

    cdef Claim claim_room(self, object size, object timeout):
        cdef uint64_t length = byte_count(size, "size")
        cdef int64_t duration = nanoseconds(timeout)
        cdef int64_t deadline
        cdef Claim claim = Claim.__new__(Claim)
        cdef zb_status status = zb_writer_claim(<zb_writer*>self.usable(), length, 0, &claim.lease)
        if status == ZB_TIMEOUT and duration != 0:
            deadline = deadline_after(duration)
            while status == ZB_TIMEOUT and self.wait_for(room, length, deadline):
                status = zb_writer_claim(<zb_writer*>self.usable(), length, 0, &claim.lease)
        if status == ZB_TIMEOUT:
            self.note_nothing(length)
            return None
        if status != ZB_OK:
            raise self.refused(status)
        claim.writer = self
        claim.length = length
        self.claimed = True
        return claim

    cdef void give_up(self, zb_claim* lease) noexcept:
        # Fails only in a forked child, where nothing is to be done.
        zb_writer_abort(lease)
        self.claimed = self.lingering = False

    # For the coroutines: one try, with the timeout checked.

    def _claim_now(self, size, timeout):
        nanoseconds(timeout)
        return self.claim_room(size, 0)

    def _write_now(self, buffer, timeout):
        nanoseconds(timeout)
        return self.write_buffer(buffer, 0)

    # By copy.

    def write(self, buffer, timeout=None):
        """Copies a bytes-like object into one frame. Returns its sequence, or ``None`` when the ring stays full.

        ``Misuse``: the object is not contiguous in C order. Other errors: as ``claim``.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write(b"hello")
        ...     bytes(reader.acquire())
        1
        b'hello'
        """
        return self.write_buffer(buffer, timeout)

    cdef object write_buffer(self, object buffer, object timeout):
        cdef zb_slice frame
        cdef Py_buffer view
        cdef int64_t duration = nanoseconds(timeout)
        if PyBytes_CheckExact(buffer):
            frame.data = PyBytes_AS_STRING(buffer)
            frame.size = PyBytes_GET_SIZE(buffer)
            return self.write_frame(write_one, &frame, 1, frame.size, duration)
        open_bytes(buffer, &view, self.buffer_name)
        try:
            frame.data = view.buf
            frame.size = view.len
            return self.write_frame(write_one, &frame, 1, frame.size, duration)
        finally:
            PyBuffer_Release(&view)

    def write_parts(self, buffers, timeout=None):
        """Copies bytes-like objects one after the other into one frame (gather). Result and errors as ``write``.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     sequence = writer.write_parts([b"head", bytearray(b" and "), memoryview(b"body")])
        ...     bytes(reader.acquire())
        b'head and body'
        """
        return write_parts_in(self, buffers, timeout)

    def write_many(self, buffers, timeout=None):
        """Copies bytes-like objects in order, each into a frame of its own. Returns how many were committed.

        That is all of them, unless the ring stayed full for ``timeout`` seconds. The reader is woken once, and after each wait
        for room once per 1024 frames at most. Errors: as ``claim``; ``stats().sequence`` then says how far it came.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write_many([b"one", b"two", b"three"])
        ...     [bytes(frame) for frame in reader.acquire_many(10)]
        3
        [b'one', b'two', b'three']
        """
        return write_many_in(self, buffers, timeout)

    def write_object(self, obj, timeout=None):
        """Pickles any object into one frame, for ``frame.object()``. Result as ``write``.

        Arrays and other buffers in it are copied once, from where they are into the ring, each on a multiple of 64 bytes.
        Everything is pickled before the ring is touched. ``Misuse``: it cannot be pickled (``__cause__`` says why); nothing
        was written. Other errors: as ``claim``.

        The other side runs what the pickle says, so it has to trust this one.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     sequence = writer.write_object({"label": "cat", "box": (1, 2, 3, 4)})
        ...     with reader.acquire() as frame:
        ...         print(sequence, frame.object())
        1 {'label': 'cat', 'box': (1, 2, 3, 4)}
        """
        return write_object_in(self, obj, timeout)

    def write_text(self, text, timeout=None):
        """Copies a ``str`` into one frame as UTF-8, for ``frame.text()``. Result as ``write``.

        ``Misuse``: it has lone surrogates. Other errors: as ``claim``.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write_text("grüezi")
        ...     reader.acquire().text()
        1
        'grüezi'
        """
        return write_text_in(self, text, timeout)

    def write_json(self, obj, timeout=None):
        """Writes an object as JSON, for ``frame.json()``; ``json_backend()`` says who encodes it. Result as ``write``.

        ``bytes``, ``bytearray``, ``memoryview`` and ``str`` are taken to *be* JSON already, and go as they are, unchecked.
        ``Misuse``: it has no JSON (``__cause__`` says why); nothing was written. Other errors: as ``claim``.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write_json({"label": "cat", "box": [1, 2, 3, 4]})
        ...     reader.acquire().json()
        1
        {'label': 'cat', 'box': [1, 2, 3, 4]}
        """
        return write_json_in(self, obj, timeout)

    cdef object write_frame(self, CopyIn call, const zb_slice* parts, uint64_t count, uint64_t total, int64_t duration):
        cdef uint64_t sequence = 0
        cdef int64_t deadline
        cdef int status = self.copy_in(call, parts, count, total, &sequence)
        if status == ZB_TIMEOUT and duration != 0:
            deadline = deadline_after(duration)
            while status == ZB_TIMEOUT and self.wait_for(room, total, deadline):
                status = self.copy_in(call, parts, count, total, &sequence)
        if status == ZB_TIMEOUT:
            self.note_nothing(total)
            return None
        if status != ZB_OK:
            raise self.refused(status)
        return sequence

    cdef int copy_in(self, CopyIn call, const zb_slice* slices, uint64_t count, uint64_t total,
                     uint64_t* done) except -1:
        """One try. A long copy leaves the GIL, unless another thread or a task waits or fills a claim: it may use the writer."""
        cdef zb_status status
        cdef zb_writer* handle = <zb_writer*>self.usable()
        if total <= LONG_COPY or self.waiting or self.claimed or self.task_waits or thread_may_wait(self):
            return call(handle, slices, count, 0, done)
        self.exclusive = True
        PyThread_acquire_lock(self.copying, WAIT_LOCK)
        with nogil:
            status = call(handle, slices, count, 0, done)
            PyThread_release_lock(self.copying)
        self.exclusive = False
        return status

    def _ring_bytes(self):
        """``stats().bytes`` without the rest, for :class:`Queue`."""
        cdef zb_stats stats
        cdef zb_status status = zb_writer_stats(<zb_writer*>self.usable(), &stats)
        if status != ZB_OK:
            raise failure(status)
        return stats.bytes
    # Arrays, which say in the frame what they are.

    def write_array(self, array, timeout=None):
        """Copies an array into one frame, with its dtype and shape. Its sequence, or ``None`` when the ring stays full.

        ``array`` is a NumPy array, anything else that has the buffer protocol, ``__array_interface__``, ``__array__`` or
        ``__dlpack__`` (in memory), or a list or tuple of ``int``, ``float``, ``bool`` or ``str``. Arrays in Fortran order stay
        so; others with gaps are put together on the way. Lists of ints become int64, or uint64 if one needs it; ints among
        floats become floats if that is exact. The other side gets it back with ``frame.array()``.

        ``TypeError``: objects, masked arrays, memory of a device, a list whose items differ (it names the index).
        ``Misuse``: more than 32 dimensions, or a ``str`` that is not UTF-8. Otherwise as ``claim``. After an error nothing is
        published, and the next call works.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write_array([1.5, 2.5])
        ...     reader.acquire().array()
        1
        array([1.5, 2.5])
        """
        return write_any(self, array, timeout)

    def claim_array(self, shape, dtype="float64", timeout=None, order="C"):
        """Room for an array, header written: a :class:`Claim` whose ``array()`` is to be filled, or ``None``.

        ``shape``: an int or a tuple of them. ``dtype``: whatever ``numpy.dtype`` takes, without objects. ``order``: ``"C"`` or
        ``"F"``. The items are whatever an earlier frame left there. Errors: as ``claim``, and ``TypeError``, ``ImportError``.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     with writer.claim_array((2, 3), "uint8") as claim:
        ...         claim.array()[:] = 7
        ...     reader.acquire().array()
        array([[7, 7, 7],
               [7, 7, 7]], dtype=uint8)
        """
        return claim_array(self, shape, dtype, order, timeout)

    # Describing the stream, waiting.

    def publish_metadata(self, buffer):
        """Describes the stream, once per writer (v1: once per buffer). The same bytes again do nothing.

        ``Misuse``: other bytes were published before. ``TooLarge``: more than ``metadata_size - 8`` bytes.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.publish_metadata(b"1920x1080 RGB")
        ...     reader.metadata()
        b'1920x1080 RGB'
        """
        cdef Py_buffer view
        cdef zb_status status
        open_bytes(buffer, &view, self.buffer_name)
        try:
            status = zb_writer_publish_metadata(<zb_writer*>self.usable(), view.buf, view.len)
        finally:
            PyBuffer_Release(&view)
        if status != ZB_OK:
            raise failure(status)

    def wait(self, size, timeout=None):
        """True when a frame of ``size`` bytes can be claimed, False after ``timeout`` seconds. Errors: as ``claim``."""
        return self.look_or_wait(room, byte_count(size, "size"), timeout)

    def wait_for_peer(self, timeout=None):
        """True when a reader is attached, False after ``timeout`` seconds."""
        return self.wait_once_or_for(reader_attached, 0, timeout)
