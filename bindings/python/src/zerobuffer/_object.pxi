# SPDX-License-Identifier: MIT
# Any object in one frame: its pickle, and beside it the buffers that pickle 5 leaves out. docs/format.md has the layout.

cdef extern from "Python.h":
    const Py_buffer* PyPickleBuffer_GetBuffer(object picklebuffer) except NULL
    bint PyBuffer_IsContiguous(const Py_buffer* view, char order)
    object PyByteArray_FromStringAndSize(const char* data, Py_ssize_t size)
    char* PyByteArray_AS_STRING(object array)

cdef extern from * nogil:
    """
    #include <cstdint>
    struct zerobuffer_object_head {
        char magic[8];
        std::uint32_t version;
        std::uint32_t count;
        std::uint64_t frame_size;
        std::uint64_t pickle_size;
    };
    struct zerobuffer_object_buffer {
        std::uint64_t offset;
        std::uint64_t size;
    };
    static_assert(sizeof(zerobuffer_object_head) == 32 && sizeof(zerobuffer_object_buffer) == 16);
    """
    ctypedef struct ObjectHead "zerobuffer_object_head":
        char magic[8]
        uint32_t version
        uint32_t count
        uint64_t frame_size
        uint64_t pickle_size

    ctypedef struct ObjectBuffer "zerobuffer_object_buffer":
        uint64_t offset
        uint64_t size

cdef enum:
    OBJECT_VERSION = 1
    # What each buffer starts on, counted from the start of the frame.
    OBJECT_ALIGNMENT = 64
    # A pickle of more bytes leaves a table behind that takes longer to clear than to make anew.
    SMALL_PICKLE = 4096

cdef const char* OBJECT_MAGIC = b"ZBOBJECT"
cdef char[OBJECT_ALIGNMENT] PADDING
memset(PADDING, 0, sizeof(PADDING))

# Made at first use, so that importing the package costs and loads nothing of it.
cdef object pickle = None


cdef int load_pickle() except -1:
    global pickle
    if pickle is None:
        import pickle as module
        pickle = module
    return 0


# Writing.


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
    writer.borrow(views, parts)
    try:
        try:
            packer.pickler.dump(content)
            head = object_head(packer, &pickled)
        except MemoryError:
            raise
        except Exception as error:
            raise Misuse(
                f"buffer {writer.buffer_name!r}: this {type(content).__name__} cannot be pickled "
                f"({type(error).__name__}: {error}); nothing was written; leave out what belongs to this process, or "
                "teach its class __reduce__"
            ) from error
        total = lay_out(packer, head, parts)
        return writer.write_frame(parts.data(), parts.size(), total, duration)
    finally:
        writer.give_back(views, parts)
        give_back_packer(packer, pickled)


cdef bytes object_head(_Packer packer, uint64_t* pickled):
    """Head and table, now that everything has a size."""
    cdef ObjectHead head
    cdef ObjectBuffer entry
    cdef Py_ssize_t count = len(packer.buffers)
    cdef bytes result
    cdef char* place
    cdef const Py_buffer* view
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
    for buffer in packer.buffers:
        view = PyPickleBuffer_GetBuffer(buffer)
        size = aligned(size)
        entry.offset = size
        entry.size = view.len
        memcpy(place, &entry, sizeof(entry))
        place += sizeof(entry)
        size += entry.size
    head.frame_size = size
    memcpy(PyBytes_AS_STRING(result), &head, sizeof(head))
    return result


cdef inline uint64_t aligned(uint64_t offset) noexcept:
    return (offset + OBJECT_ALIGNMENT - 1) & ~<uint64_t>(OBJECT_ALIGNMENT - 1)


cdef uint64_t lay_out(_Packer packer, bytes head, vector[zb_slice]& parts) except 0:
    """Everything in its order, to be copied straight from where it is; returns how many bytes that is."""
    cdef zb_slice part
    cdef const Py_buffer* view
    cdef uint64_t total = PyBytes_GET_SIZE(head)
    parts.reserve(1 + len(packer.pieces) + 2 * len(packer.buffers))
    part.data = PyBytes_AS_STRING(head)
    part.size = total
    parts.push_back(part)
    for piece in packer.pieces:
        part.data = PyBytes_AS_STRING(piece)
        part.size = PyBytes_GET_SIZE(piece)
        parts.push_back(part)
        total += part.size
    for buffer in packer.buffers:
        if aligned(total) != total:
            part.data = PADDING
            part.size = aligned(total) - total
            parts.push_back(part)
            total += part.size
        # Pickle has made sure that it is contiguous, one way or the other, and refuses others.
        view = PyPickleBuffer_GetBuffer(buffer)
        part.data = view.buf
        part.size = view.len
        parts.push_back(part)
        total += part.size
    return total


# Reading.


cdef object not_an_object(Frame frame, str why):
    return Incompatible(
        f"buffer {frame.reader.buffer_name!r}: frame {frame.number} ({frame.length} bytes) is not an object: {why}; "
        "look at it with memoryview(frame), and write it with write_object()"
    )


cdef ObjectHead checked_head(Frame frame) except *:
    """The head as it was at one moment. Where everything lies, and that all of it lies in the frame."""
    cdef ObjectHead head
    cdef uint64_t table
    if frame.length < sizeof(head):
        raise not_an_object(frame, f"it is shorter than the head of one, {sizeof(head)} bytes")
    memcpy(&head, frame.lease.data, sizeof(head))
    if memcmp(head.magic, OBJECT_MAGIC, sizeof(head.magic)) != 0:
        raise not_an_object(frame, "it starts with other bytes than one")
    if head.version != OBJECT_VERSION:
        raise not_an_object(frame, f"it has version {head.version}, and this library knows {<int>OBJECT_VERSION}")
    if head.frame_size != frame.length:
        raise not_an_object(frame, f"its head says {head.frame_size} bytes; it was cut off, or the head is wrong")
    table = sizeof(head) + head.count * sizeof(ObjectBuffer)
    if table > frame.length or head.pickle_size > frame.length - table:
        raise not_an_object(frame, f"its head names {head.count} buffers and {head.pickle_size} bytes of pickle")
    return head


@cython.final
cdef class _ObjectBuffers:
    """The buffers of one frame, each made when pickle asks for it: views of the frame, or copies."""

    cdef Frame frame
    cdef object view             # of the whole frame: nobody takes it away meanwhile
    cdef bint copy
    cdef uint32_t count
    cdef uint32_t next_one
    cdef uint64_t end            # of what comes before the next one

    cdef ObjectBuffer checked(self) except *:
        """The next entry of the table, read once: a peer may change it under our eyes."""
        cdef ObjectBuffer entry
        memcpy(&entry, <const char*>self.frame.lease.data + sizeof(ObjectHead) + self.next_one * sizeof(entry),
               sizeof(entry))
        if (entry.offset % OBJECT_ALIGNMENT != 0 or entry.offset < self.end or entry.offset > self.frame.length
                or entry.size > self.frame.length - entry.offset):
            raise not_an_object(
                self.frame, f"buffer {self.next_one} would lie at {entry.offset}, with {entry.size} bytes")
        self.next_one += 1
        self.end = entry.offset + entry.size
        return entry

    cdef int check_all(self) except -1:
        cdef uint64_t begin = self.end
        while self.next_one < self.count:
            self.checked()
        self.next_one = 0
        self.end = begin
        return 0

    def __iter__(self):
        return self

    def __next__(self):
        cdef ObjectBuffer entry
        if self.next_one == self.count:
            raise StopIteration
        entry = self.checked()
        if self.copy:
            return self.copied(entry)
        return self.view[entry.offset:entry.offset + entry.size]

    cdef object copied(self, ObjectBuffer entry):
        cdef object content = PyByteArray_FromStringAndSize(NULL, entry.size)
        cdef char* target = PyByteArray_AS_STRING(content)
        cdef const char* source = <const char*>self.frame.lease.data + entry.offset
        if entry.size <= LONG_COPY:
            memcpy(target, source, entry.size)
        else:
            with nogil:
                memcpy(target, source, entry.size)
        return content


cdef object object_of(Frame frame, bint copy):
    cdef ObjectHead head
    cdef _ObjectBuffers buffers
    cdef uint64_t begin
    if frame.is_released or frame.reader is None:
        raise frame.unusable()
    load_pickle()
    head = checked_head(frame)
    begin = sizeof(head) + head.count * sizeof(ObjectBuffer)
    if head.count == 0 and head.pickle_size <= SMALL_PICKLE:
        # Cheaper than a view.
        return loaded(frame, PyBytes_FromStringAndSize(<const char*>frame.lease.data + begin, head.pickle_size), None)
    buffers = _ObjectBuffers.__new__(_ObjectBuffers)
    buffers.frame = frame
    buffers.view = memoryview(frame)
    buffers.copy = copy
    buffers.count = head.count
    buffers.end = begin + head.pickle_size
    buffers.check_all()
    return loaded(frame, buffers.view[begin:buffers.end], buffers)


cdef object loaded(Frame frame, object pickled, _ObjectBuffers buffers):
    try:
        return pickle.loads(pickled) if buffers is None else pickle.loads(pickled, buffers=buffers)
    except MemoryError:
        raise
    except Exception as error:
        raise Incompatible(
            f"buffer {frame.reader.buffer_name!r}: the object in frame {frame.number} cannot be loaded here "
            f"({type(error).__name__}: {error}); both sides must be able to import its classes, from the same versions"
        ) from error
