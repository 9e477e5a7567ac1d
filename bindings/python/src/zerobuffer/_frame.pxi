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

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write_many([b"one", b"two"])
        ...     first, second = reader.acquire(), reader.acquire()
        ...     second.release()
        ...     first.release()
        ...     reader.stats().held
        2
        0
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

        >>> import numpy
        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write_object({"label": "cat", "box": numpy.arange(4)})
        ...     with reader.acquire() as frame:
        ...         found = frame.object(copy=True)
        ...     found["box"]
        1
        array([0, 1, 2, 3])
        """
        return object_of(self, copy)

    def text(self):
        """The frame as a ``str``, decoded now. ``Incompatible``: it is not UTF-8. ``Misuse``: it was released.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write("häppchen".encode())
        ...     reader.acquire().text()
        1
        'häppchen'
        """
        return text_of(self)

    def json(self):
        """What the JSON text in this frame says, parsed now by ``json_backend()``, from a copy.

        ``Incompatible``: it is not JSON; ``NaN`` and ``Infinity`` are not. ``Misuse``: the frame was released.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write(b'[1, 2.5, null]')
        ...     reader.acquire().json()
        1
        [1, 2.5, None]
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

    cdef str where(self):
        return f"buffer {self.reader.buffer_name!r}: frame {self.number}"

    def array(self, dtype=None, shape=None):
        """The frame as a NumPy array, in place: no byte is copied.

        Without arguments: what ``Writer.write_array`` or ``claim_array``, or a peer in another language, wrote, with its dtype
        and shape; a list of ``str`` comes as :class:`Strings`. Otherwise all bytes of the frame as plain items: ``dtype`` is
        anything that ``numpy.dtype`` takes (default ``uint8``), ``shape`` an int or a tuple of them, one of which may be -1
        (default -1: one dimension).

        The array is a view: it keeps the bytes, and their place in the ring, until it goes. It is read-only unless the
        reader is writable. ``array.tolist()`` gives a list back.

        ``Incompatible``: the frame has no header, or one that is wrong. ``Misuse``: dtype and shape do not take exactly
        ``size`` bytes, or the frame was released. ``TypeError``: a dtype that holds objects. ``ImportError``: no NumPy.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.write(bytes(range(6)))
        ...     reader.acquire().array("uint8", (2, 3))
        1
        array([[0, 1, 2],
               [3, 4, 5]], dtype=uint8)
        """
        if self.is_released or self.reader is None:
            raise self.unusable()
        if dtype is None and shape is None:
            return described_array(self)
        return plain_array(self, self.length, dtype, shape)

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        """For ``from_dlpack`` of other libraries: ``array()`` as a capsule, in place.

        ``BufferError``: the frame is read-only, and the library asks for a DLPack before 1.0, which cannot say so. Make the
        reader with ``writable=True``, or hand over a copy. Other errors: as ``array()``.
        """
        if self.is_released or self.reader is None:
            raise self.unusable()
        if stream is not None:
            raise BufferError(f"{self.where()}: is in memory, where there are no streams; pass stream=None")
        return export_dlpack(self, self.writable, self.array(), self.where(), max_version, dl_device, copy)

    def __dlpack_device__(self):
        """The device of DLPack: ``(1, 0)``, memory."""
        return (1, 0)

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
