# SPDX-License-Identifier: MIT
# What `for` goes over: frames one by one, or in batches.

cdef object no_limit():
    return Misuse("limit 0 is not possible; use 1 or more")


@cython.final
cdef class FrameIterator:
    """``for frame in reader``: releases its last frame at the next step, so keep ``bytes(frame)``, not the frame."""

    cdef Reader reader
    cdef Frame last

    def __iter__(self):
        return self

    def __next__(self):
        if self.reader is None:
            raise StopIteration
        if self.last is not None:
            self.last.end()
            self.last = None
        try:
            self.last = self.reader.take(zb_reader_acquire, None)
        except PeerClosed:
            raise StopIteration from None
        return self.last


@cython.final
cdef class BatchIterator:
    """``for batch in reader.batches()``: releases its last batch at the next step, so keep ``bytes(frame)``, not the frame."""

    cdef Reader reader
    cdef uint64_t limit
    cdef list last

    def __iter__(self):
        return self

    def __aiter__(self):
        return _tasks.AsyncBatches(self)

    def __next__(self):
        if self.reader is None:
            raise StopIteration
        self.let_go()
        try:
            self.last = self.reader.acquire_many(self.limit)
        except PeerClosed:
            raise StopIteration from None
        # A list of its own: what the program does to its list leaves this one alone.
        return self.last[:]

    cdef int let_go(self) except -1:
        cdef list last = self.last
        self.last = None
        if last is not None:
            end_all(self.reader, last)
        return 0

    def _step(self):
        """For the coroutine: lets go of the last batch; the next one, if it is there, or an empty list."""
        if self.reader is None:
            raise StopAsyncIteration
        self.let_go()
        self.last = self.reader.acquire_many(self.limit, 0)
        return self.last[:]

    @property
    def _reader(self):
        return self.reader


cdef int end_all(Reader reader, list frames) except -1:
    """Releases what the program has not, with one look whether the writer sleeps for every 64."""
    cdef zb_frame leases[BATCH]
    cdef uint64_t count = 0
    cdef Frame frame
    for frame in frames:
        if frame.is_released:
            continue
        if frame.views != 0 or reader.exclusive:
            frame.end()
            continue
        frame.is_released = True
        leases[count] = frame.lease
        frame.lease.reader = NULL
        count += 1
        if count == BATCH:
            zb_reader_release_many(leases, count)
            count = 0
    zb_reader_release_many(leases, count)
    return 0
