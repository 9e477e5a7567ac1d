# SPDX-License-Identifier: MIT
# Frame: one frame being read, in place.

cdef class Reader(Endpoint)


@cython.final
@cython.no_gc
@cython.freelist(64)
cdef class Frame:
    """A frame being read, in place: a lease on bytes of the ring. Made by ``Reader.acquire`` and its kin.

    It speaks the buffer protocol: ``memoryview(frame)``, ``bytes(frame)``, ``numpy.frombuffer(frame, ...)`` and
    ``numpy.asarray(frame)`` look at the shared memory without a copy. Views keep the memory mapped, whatever is closed,
    released or collected first. Views are read-only unless the reader was made with ``writable=True``.

    Give it back with ``release()``, at the end of ``with reader.acquire() as frame:``, or by dropping it. A frame
    released while views of it live keeps its place in the ring until the last of them goes.
    """

    cdef zb_frame lease
    cdef Reader reader
    cdef Py_ssize_t views
    cdef uint64_t number             # the lease is the library's to change once it is given back
    cdef uint64_t length
    cdef bint is_released

    def __dealloc__(self):
        if self.lease.reader != NULL:
            self.reader.give_back(&self.lease)

    cdef object unusable(self):
        if self.reader is None:
            return Misuse("a Frame is made by Reader.acquire")
        return Misuse(
            f"buffer {self.reader.buffer_name!r}: frame {self.number} was released; "
            "use it before release() or the end of its with block or loop step"
        )

    cdef int end(self) except -1:
        if self.is_released or self.reader is None:
            return 0
        self.is_released = True
        if self.views == 0:
            return self.reader.give_back(&self.lease)
        warn_of_views(
            self,
            f"buffer {self.reader.buffer_name!r}: frame {self.number} was released while {self.views} view(s) of it "
            "live; its space returns to the writer when they go",
        )
        return 0

    def release(self):
        """Gives the frame back, in any order; its space returns to the writer in ring order. Twice is the same as once.

        While views of it live the space stays taken (``stats().held`` counts it) and goes back with the last of them; in
        development mode (``python3 -X dev``) that is a ``ResourceWarning``. Never an error.
        """
        self.end()

    @property
    def sequence(self):
        """1 for the first frame of the buffer, then one more each. Valid after release."""
        return self.number

    @property
    def size(self):
        """Payload bytes, the same as ``len(frame)``; may be 0. Valid after release."""
        return self.length

    @property
    def writable(self):
        """Whether views of this frame may be written to."""
        return self.reader is not None and self.reader.is_writable

    def object(self, copy=False):
        """The object that ``write_object`` put into this frame.

        copy: False: arrays and other buffers in it are views of the frame, nothing of them is copied. They are read-only,
        unless the reader is ``writable``, and the frame keeps its place in the ring until the last of them goes, also
        after ``release()``. True: everything is copied and may be written to; the frame may go at once.

        Loading a pickle can run any code of its writer's choice: call this only when you trust everybody who may write to
        the buffer. Nothing else in this package loads pickles, but for :class:`Queue`.

        ``Incompatible``: the frame holds no object, was cut off, or needs classes that cannot be imported here
        (``__cause__`` says why). ``Misuse``: the frame was released.
        """
        return object_of(self, copy)

    def text(self):
        """The frame as a ``str``, decoded now. ``Incompatible``: it is not UTF-8. ``Misuse``: it was released."""
        return text_of(self)

    def json(self):
        """What the JSON text in this frame says, parsed now by ``json_backend()``, from a copy.

        ``Incompatible``: it is not JSON; ``NaN`` and ``Infinity`` are not. ``Misuse``: the frame was released.
        """
        return json_of(self)

    def __len__(self):
        return self.length

    def __bool__(self):
        # An empty frame is a frame: `while frame := reader.acquire(1):` must not end there.
        return True

    def __enter__(self):
        if self.is_released or self.reader is None:
            raise self.unusable()
        return self

    def __exit__(self, *exception):
        self.end()

    def __getbuffer__(self, Py_buffer* view, int flags):
        if self.is_released or self.reader is None:
            raise self.unusable()
        expose(view, self, <void*>self.lease.data, self.length, self.reader.is_writable, flags)
        self.views += 1

    def __releasebuffer__(self, Py_buffer* view):
        self.views -= 1
        if self.views == 0 and self.is_released:
            self.reader.give_back(&self.lease)

    def __array__(self, dtype=None, copy=None):
        """For NumPy, which comes here after the buffer protocol refused: a released frame is an error there too."""
        view = memoryview(self)
        import numpy
        return numpy.array(view, dtype, copy=copy)

    def __repr__(self):
        if self.reader is None:
            return "<Frame of nothing>"
        state = ", released" if self.is_released else ""
        return f"<Frame {self.number} of {self.reader.buffer_name!r}, {self.length} bytes{state}>"

    def __reduce__(self):
        raise TypeError("a Frame is a lease on shared memory and cannot be copied or pickled; use bytes(frame)")
