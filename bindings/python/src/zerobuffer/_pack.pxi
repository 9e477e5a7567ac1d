# SPDX-License-Identifier: MIT
# Objects in frames, the writing side: everything is pickled and has its size before the ring is touched.

cdef char[OBJECT_ALIGNMENT] PADDING
memset(PADDING, 0, sizeof(PADDING))


@cython.final
cdef class _Packer:
    """Pickles into pieces. Large `bytes` stay the objects that they are, so that they are copied once, into the ring."""

    cdef object pickler
    cdef list pieces     # of bytes
    cdef list buffers    # of PickleBuffer

    def __cinit__(self):
        load_pickle()
        self.pieces = []
        self.buffers = []
        self.pickler = pickle.Pickler(self, 5, True, self.buffers.append)

    def write(self, piece):
        # What is not bytes is memory that lives only during this call.
        self.pieces.append(piece if PyBytes_CheckExact(piece) else bytes(piece))

    cdef int clear(self) except -1:
        self.pieces.clear()
        self.buffers.clear()
        self.pickler.clear_memo()
        return 0


# Kept between calls, and away while in use: pickling runs code of others, which may write objects as well.
cdef _Packer spare_packer = None


cdef _Packer borrowed_packer():
    global spare_packer
    cdef _Packer packer = spare_packer
    spare_packer = None
    return _Packer.__new__(_Packer) if packer is None else packer


cdef int give_back_packer(_Packer packer, uint64_t pickled) except -1:
    global spare_packer
    # The pickler holds its `write`, so this is a cycle, which has to be cut.
    if pickled > SMALL_PICKLE or spare_packer is not None:
        packer.pickler = None
        return 0
    packer.clear()
    spare_packer = packer
    return 0


cdef object write_object_in(Writer writer, object content, object timeout):
    cdef int64_t duration = nanoseconds(timeout)
    cdef vector[zb_slice] parts
    cdef vector[Py_buffer] views
    cdef uint64_t pickled = UINT64_MAX
    cdef uint64_t total
    cdef bytes head
    # An endpoint that cannot write says so before the work, not after it.
    writer.usable()
    cdef _Packer packer = borrowed_packer()
    borrow(writer, views, parts)
    try:
        try:
            packer.pickler.dump(content)
            head = object_head(packer, views, &pickled)
        except MemoryError:
            raise
        except Exception as error:
            raise Misuse(
                f"buffer {writer.buffer_name!r}: this {type(content).__name__} cannot be pickled "
                f"({type(error).__name__}: {error}); nothing was written; leave out what belongs to this process, or "
                "teach its class __reduce__"
            ) from error
        total = lay_out(packer, head, views, parts)
        return writer.write_frame(zb_writer_writev, parts.data(), parts.size(), total, duration)
    finally:
        give_back(writer, views, parts)
        give_back_packer(packer, pickled)


cdef bytes object_head(_Packer packer, vector[Py_buffer]& views, uint64_t* pickled):
    """Head and table, now that everything has a size. Opens a view of each buffer: a PickleBuffer may be released, by who
    has made it, while this call waits."""
    cdef Py_buffer view
    cdef ObjectHead head
    cdef ObjectBuffer entry
    cdef Py_ssize_t count = len(packer.buffers)
    cdef bytes result
    cdef char* place
    cdef uint64_t size = 0
    if <uint64_t>count > UINT32_MAX:
        raise ValueError(f"{count} buffers are more than a frame can hold")
    for piece in packer.pieces:
        size += <uint64_t>PyBytes_GET_SIZE(piece)
    pickled[0] = size
    memcpy(head.magic, OBJECT_MAGIC, sizeof(head.magic))
    head.version = OBJECT_VERSION
    head.count = <uint32_t>count
    head.pickle_size = size
    size += sizeof(head) + count * sizeof(entry)
    result = PyBytes_FromStringAndSize(NULL, sizeof(head) + count * sizeof(entry))
    place = PyBytes_AS_STRING(result) + sizeof(head)
    # A view may point into itself: it is filled where it stays.
    views.reserve(count)
    memset(&view, 0, sizeof(view))
    for buffer in packer.buffers:
        views.push_back(view)
        # Pickle has made sure that it is contiguous, one way or the other, and refuses others.
        PyObject_GetBuffer(buffer, &views.back(), PyBUF_ANY_CONTIGUOUS)
        size = aligned(size)
        entry.offset = size
        entry.size = views.back().len
        memcpy(place, &entry, sizeof(entry))
        place += sizeof(entry)
        size += entry.size
    head.frame_size = size
    memcpy(PyBytes_AS_STRING(result), &head, sizeof(head))
    return result


cdef inline uint64_t aligned(uint64_t offset) noexcept:
    return (offset + OBJECT_ALIGNMENT - 1) & ~<uint64_t>(OBJECT_ALIGNMENT - 1)


cdef uint64_t lay_out(_Packer packer, bytes head, const vector[Py_buffer]& views, vector[zb_slice]& parts) except 0:
    """Everything in its order, to be copied straight from where it is; returns how many bytes that is."""
    cdef zb_slice part
    cdef size_t index
    cdef uint64_t total = PyBytes_GET_SIZE(head)
    parts.reserve(1 + len(packer.pieces) + 2 * views.size())
    part.data = PyBytes_AS_STRING(head)
    part.size = total
    parts.push_back(part)
    for piece in packer.pieces:
        part.data = PyBytes_AS_STRING(piece)
        part.size = PyBytes_GET_SIZE(piece)
        parts.push_back(part)
        total += part.size
    for index in range(views.size()):
        if aligned(total) != total:
            part.data = PADDING
            part.size = aligned(total) - total
            parts.push_back(part)
            total += part.size
        part.data = views[index].buf
        part.size = views[index].len
        parts.push_back(part)
        total += part.size
    return total
