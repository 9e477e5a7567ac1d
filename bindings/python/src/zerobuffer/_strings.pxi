# SPDX-License-Identifier: MIT
# Strings: what a list of str becomes on the other side. Offsets come from the peer: each is loaded once, checked, used.

cdef extern from *:
    """
    #include <atomic>
    #include <cstring>

    // Frames of layout v1 start at any byte: loads go through memcpy, which costs nothing.
    static inline unsigned long long zerobuffer_offset(const char* offsets, Py_ssize_t index) {
        unsigned long long value;
        std::memcpy(&value, offsets + index * sizeof value, sizeof value);
        std::atomic_signal_fence(std::memory_order_acquire);  // it is checked and then used: never loaded twice
        return value;
    }
    // All strings as a new list; NULL, with an exception, where one lies or is no UTF-8, and `failed` gets which one.
    static PyObject* zerobuffer_list_of_strings(const char* offsets, Py_ssize_t count, unsigned long long room,
                                                Py_ssize_t* failed) {
        const char* const characters = offsets + 8 * (count + 1);
        PyObject* list = PyList_New(count);
        unsigned long long begin = count == 0 ? 0 : zerobuffer_offset(offsets, 0);
        for (Py_ssize_t index = 0; list != nullptr && index < count; ++index) {
            const unsigned long long end = zerobuffer_offset(offsets, index + 1);
            PyObject* text = nullptr;
            if (begin <= end && end <= room) {
                text = PyUnicode_DecodeUTF8(characters + begin, static_cast<Py_ssize_t>(end - begin), nullptr);
            } else {
                PyErr_SetNone(PyExc_ValueError);
            }
            if (text == nullptr) {
                *failed = index;
                Py_CLEAR(list);
            } else {
                PyList_SET_ITEM(list, index, text);
            }
            begin = end;
        }
        return list;
    }
    """
    unsigned long long zerobuffer_offset(const char* offsets, Py_ssize_t index)
    object zerobuffer_list_of_strings(const char* offsets, Py_ssize_t count, unsigned long long room, Py_ssize_t* failed)


@cython.final
@cython.no_gc
cdef class Strings:
    """The strings of a frame that was written from a list of ``str``: decoded when asked for, one by one or all.

    ``len(strings)``, ``strings[index]``, ``strings[begin:end]`` and ``for text in strings`` work as for a list. Like every
    view it keeps the frame's bytes and its place in the ring until it goes. Made by ``Frame.array``. One thread at a time.

    ``Incompatible``: the bytes of a string lie, or are not UTF-8.

    >>> with zerobuffer.Reader("example") as reader, zerobuffer.Writer("example") as writer:
    ...     writer.write_array(["cat", "dog", "mouse"])
    ...     strings = reader.acquire().array()
    ...     len(strings), strings[1], strings.tolist()
    1
    (3, 'dog', ['cat', 'dog', 'mouse'])
    """

    cdef Py_buffer view
    cdef bint has_view
    cdef str what
    cdef const char* offsets
    cdef const char* characters
    cdef Py_ssize_t count
    cdef uint64_t size

    def __dealloc__(self):
        if self.has_view:
            PyBuffer_Release(&self.view)

    cdef object decode(self, Py_ssize_t index):
        cdef uint64_t begin = zerobuffer_offset(self.offsets, index)
        cdef uint64_t end = zerobuffer_offset(self.offsets, index + 1)
        if begin > end or end > self.size:
            raise Incompatible(
                f"{self.what}: string {index} is from byte {begin} to {end} of {self.size}; the sender is at fault: let it "
                "write the list with this library"
            )
        try:
            return PyUnicode_DecodeUTF8(self.characters + begin, end - begin, NULL)
        except UnicodeDecodeError as error:
            raise Incompatible(
                f"{self.what}: string {index} is no UTF-8: {error.reason}; let the sender encode it, or look at memoryview(frame)"
            ) from None

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self.decode(number) for number in range(*index.indices(self.count))]
        cdef Py_ssize_t number = PyNumber_Index(index)
        if number < 0:
            number += self.count
        if not 0 <= number < self.count:
            raise IndexError(f"{self.what}: there is no string {index} of {self.count}")
        return self.decode(number)

    def __iter__(self):
        return iter(self.tolist())

    def tolist(self):
        """All strings as a list of ``str``."""
        cdef Py_ssize_t failed = 0
        if self.count == 0:
            return []
        try:
            return zerobuffer_list_of_strings(self.offsets, self.count, self.size, &failed)
        except ValueError:
            # It says what is wrong, unless the peer has changed it in between.
            self.decode(failed)
            raise Incompatible(f"{self.what}: string {failed} changes while it is read; the sender is at fault") from None

    def __repr__(self):
        return f"<Strings of {self.what}, {self.count}>" if self.has_view else "<Strings of nothing>"

    def __reduce__(self):
        raise TypeError("Strings are a view of shared memory and cannot be copied or pickled; use tolist()")


cdef Strings strings_of(object lease, const zb_array* array, str what):
    cdef Strings strings = Strings.__new__(Strings)
    cdef uint64_t table = 8 * (array.shape[0] + 1)
    PyObject_GetBuffer(lease, &strings.view, PyBUF_SIMPLE)
    strings.has_view = True
    strings.what = what
    strings.count = array.shape[0]
    strings.offsets = <const char*>strings.view.buf + array.data_offset
    strings.characters = strings.offsets + table
    strings.size = array.data_size - table
    return strings
