# SPDX-License-Identifier: MIT
# Objects in frames, the reading side and what both need: a pickle, and beside it the buffers that protocol 5 leaves out.
# docs/format.md has the layout.

cdef extern from "Python.h":
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
    # Up to here a pickle is cheaper to copy than to view, and a pickler's tables are cheaper to clear than to make.
    SMALL_PICKLE = 4096

cdef const char* OBJECT_MAGIC = b"ZBOBJECT"

# Made at first use, so that importing the package costs and loads nothing of it.
cdef object pickle = None


cdef int load_pickle() except -1:
    global pickle
    if pickle is None:
        import pickle as module
        pickle = module
    return 0


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
    # Importing may let another thread in, which may release the frame: so that comes first.
    load_pickle()
    if frame.is_released or frame.reader is None:
        raise frame.unusable()
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
