# SPDX-License-Identifier: MIT
# Claim: room for one frame being written, in place.

cdef class Writer(Endpoint)

cdef enum ClaimState:
    OPEN
    COMMITTED
    ABORTED


@cython.final
@cython.no_gc
@cython.freelist(8)
cdef class Claim:
    """Room for one frame, to be filled in place: a lease on bytes of the ring. Made by ``Writer.claim``.

    It speaks the buffer protocol, writable: ``memoryview(claim)``, ``numpy.frombuffer(claim, ...)``. The bytes are whatever
    an earlier frame left there.

    ``with writer.claim(size) as claim:`` commits at the end of the block; an exception aborts. A claim that is dropped
    aborts. At most one is open per writer.

    Views must be gone before ``commit()``, or a late store through one would change a published frame: let them go with
    ``del``, ``view.release()`` or an inner ``with memoryview(claim) as view:``. As for ``bytearray`` and ``memoryview``,
    ``commit()`` refuses while views live (``Misuse``) and changes nothing.
    """

    cdef zb_claim lease
    cdef Writer writer
    cdef Py_ssize_t views
    cdef uint64_t number
    cdef uint64_t length             # the lease is the library's to change once it is given back
    cdef ClaimState state
    cdef tuple described             # of claim_array: dtype, shape, strides, offset

    def __dealloc__(self):
        if self.lease.writer != NULL:
            self.writer.give_up(&self.lease)

    cdef object unusable(self):
        if self.writer is None:
            return Misuse("a Claim is made by Writer.claim")
        how = f"committed as frame {self.number}" if self.state == COMMITTED else "aborted"
        return Misuse(f"buffer {self.writer.buffer_name!r}: this claim was {how}; claim again for the next frame")

    def commit(self, size=None):
        """Publishes the first ``size`` bytes, or all, as one frame, and returns its sequence.

        ``Misuse``: committed or aborted before, ``size`` is more than was claimed, or views of the claim live (then let them
        go and commit again). ``Closed``: the writer is.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     claim = writer.claim(100)
        ...     with memoryview(claim) as room:
        ...         room[:5] = b"hello"
        ...     claim.commit(5)
        ...     bytes(reader.acquire())
        1
        b'hello'
        """
        return self.publish(size)

    cdef object publish(self, object size):
        cdef uint64_t sequence = 0
        cdef uint64_t length = self.length if size is None else byte_count(size, "size")
        if self.state != OPEN or self.writer is None:
            raise self.unusable()
        if self.described is not None and length != self.length:
            raise Misuse(
                f"buffer {self.writer.buffer_name!r}: this claim has the header of an array of {self.length} bytes, header "
                f"included, not of {length}; commit all of it, or claim plain bytes"
            )
        if self.views != 0:
            raise Misuse(
                f"buffer {self.writer.buffer_name!r}: {self.views} view(s) of this claim live, and could change the frame "
                "after its commit; let them go first (del array, view.release()), then commit"
            )
        cdef zb_status status = zb_writer_commit(&self.lease, length, &sequence)
        if status != ZB_OK:
            raise failure(status)
        self.state = COMMITTED
        self.number = sequence
        self.writer.claimed = False
        return sequence

    cdef int end(self) except -1:
        if self.state != OPEN or self.writer is None:
            return 0
        self.state = ABORTED
        if self.views == 0:
            self.writer.give_up(&self.lease)
            return 0
        self.writer.lingering = True
        warn_of_views(
            self,
            f"buffer {self.writer.buffer_name!r}: a claim was aborted while {self.views} view(s) of it live; "
            "the writer can go on when they go",
        )
        return 0

    def abort(self):
        """Gives the room back; nothing is published. Twice, or after ``commit``, does nothing.

        While views of the claim live the room stays taken, and the writer can claim and write again when the last of them
        goes.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     writer.claim(100).abort()
        ...     reader.acquire(0) is None
        True
        """
        self.end()

    @property
    def size(self):
        """Bytes claimed, the same as ``len(claim)``."""
        return self.length

    def __len__(self):
        return self.length

    def __bool__(self):
        # Room for an empty frame is a claim.
        return True

    def __enter__(self):
        if self.state != OPEN or self.writer is None:
            raise self.unusable()
        return self

    def __exit__(self, *exception):
        if self.state == OPEN and exception[0] is None:
            self.publish(None)
        else:
            self.end()

    def __getbuffer__(self, Py_buffer* view, int flags):
        if self.state != OPEN or self.writer is None:
            raise self.unusable()
        expose(view, self, self.lease.data, self.length, True, flags)
        self.views += 1

    def __releasebuffer__(self, Py_buffer* view):
        self.views -= 1
        if self.views == 0 and self.state == ABORTED:
            self.writer.give_up(&self.lease)

    cdef str where(self):
        return f"buffer {self.writer.buffer_name!r}: claim"

    def array(self, dtype=None, shape=None):
        """The claim as a NumPy array to be filled in place.

        Without arguments, of a claim by ``Writer.claim_array``: the array that it was claimed for. Otherwise all bytes of the
        claim as plain items, ``dtype`` and ``shape`` as for ``Frame.array``.

        It is a view: let it go before ``commit()`` or the end of the ``with`` block (``del array``). Errors: as ``Frame.array``.

        >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
        ...     with writer.claim(8) as claim:
        ...         claim.array("float32")[:] = 1.5
        ...     reader.acquire().array("float32")
        array([1.5, 1.5], dtype=float32)
        """
        if self.state != OPEN or self.writer is None:
            raise self.unusable()
        if dtype is None and shape is None and self.described is not None:
            dtype, shape, strides, offset = self.described
            return place(self, dtype, shape, strides, offset)
        return plain_array(self, self.length, dtype, shape)

    def __array__(self, dtype=None, copy=None):
        """For NumPy, which comes here after the buffer protocol refused: a finished claim is an error there too."""
        view = memoryview(self)
        import numpy
        return numpy.array(view, dtype, copy=copy)

    def __repr__(self):
        if self.writer is None:
            return "<Claim of nothing>"
        state = ("open", f"committed as {self.number}", "aborted")[<int>self.state]
        return f"<Claim on {self.writer.buffer_name!r}, {self.length} bytes, {state}>"

    def __reduce__(self):
        raise TypeError("a Claim is a lease on shared memory and cannot be copied or pickled; use bytes(claim)")
