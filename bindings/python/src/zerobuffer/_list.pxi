# SPDX-License-Identifier: MIT
# Lists of one type: from the items straight into the claim, in one loop of C. Nothing of Python runs in it, so nobody
# can change the list meanwhile.

cdef extern from "Python.h":
    PyObject** PySequence_Fast_ITEMS(object sequence)
    # As many as there are; len() is what a subclass says.
    Py_ssize_t PySequence_Fast_GET_SIZE(object sequence)
    bint PyLong_Check(PyObject* item)
    bint PyFloat_Check(PyObject* item)
    bint PyBool_Check(PyObject* item)
    bint PyUnicode_Check(PyObject* item)
    PyObject* Py_True
    unsigned long long PyLong_AsUnsignedLongLong(PyObject* item) except? 0xffffffffffffffff
    const char* PyUnicode_AsUTF8AndSize(PyObject* item, Py_ssize_t* size) except NULL

cdef extern from *:
    """
    #include <cstring>

    // Frames of layout v1 start at any byte: stores go through memcpy, which costs nothing.
    template <class Value>
    static inline void zerobuffer_put(char* to, Py_ssize_t index, Value value) {
        std::memcpy(to + index * sizeof value, &value, sizeof value);
    }

    // Items lie anywhere in memory: the one that comes soon is fetched while this one is read.
    static inline PyObject* zerobuffer_item(PyObject** items, Py_ssize_t count, Py_ssize_t index) {
        __builtin_prefetch(items[index + 16 < count ? index + 16 : index]);
        return items[index];
    }

    // Each returns the index of the first item that is of another type or does not fit; `count` when all are in.
    static Py_ssize_t zerobuffer_put_integers(PyObject** items, Py_ssize_t count, char* to) {
        for (Py_ssize_t index = 0; index < count; ++index) {
            PyObject* const item = zerobuffer_item(items, count, index);
            if (!PyLong_Check(item) || PyBool_Check(item)) { return index; }
            int overflow = 0;
            const long long value = PyLong_AsLongLongAndOverflow(item, &overflow);
            if (overflow != 0) { return index; }
            zerobuffer_put(to, index, value);
        }
        return count;
    }
    static Py_ssize_t zerobuffer_put_naturals(PyObject** items, Py_ssize_t count, char* to) {
        for (Py_ssize_t index = 0; index < count; ++index) {
            PyObject* const item = zerobuffer_item(items, count, index);
            if (!PyLong_Check(item) || PyBool_Check(item)) { return index; }
            const unsigned long long value = PyLong_AsUnsignedLongLong(item);
            if (value == static_cast<unsigned long long>(-1) && PyErr_Occurred()) {
                PyErr_Clear();
                return index;
            }
            zerobuffer_put(to, index, value);
        }
        return count;
    }
    // An int among floats counts if a float is exactly it. Compared as ints are: a subclass may have an __eq__ of its own.
    static inline bool zerobuffer_exact(PyObject* item, double* value) {
        *value = PyLong_AsDouble(item);
        PyObject* back = *value == -1.0 && PyErr_Occurred() ? nullptr : PyLong_FromDouble(*value);
        PyObject* equal = back == nullptr ? nullptr : PyLong_Type.tp_richcompare(back, item, Py_EQ);
        const bool same = equal == Py_True;
        Py_XDECREF(equal);
        Py_XDECREF(back);
        PyErr_Clear();
        return same;
    }
    static Py_ssize_t zerobuffer_put_reals(PyObject** items, Py_ssize_t count, char* to) {
        for (Py_ssize_t index = 0; index < count; ++index) {
            PyObject* const item = zerobuffer_item(items, count, index);
            double value;
            if (PyFloat_Check(item)) {
                value = PyFloat_AS_DOUBLE(item);
            } else if (!PyLong_Check(item) || PyBool_Check(item) || !zerobuffer_exact(item, &value)) {
                return index;
            }
            zerobuffer_put(to, index, value);
        }
        return count;
    }
    static Py_ssize_t zerobuffer_put_booleans(PyObject** items, Py_ssize_t count, char* to) {
        for (Py_ssize_t index = 0; index < count; ++index) {
            if (!PyBool_Check(items[index])) { return index; }
            to[index] = items[index] == Py_True;
        }
        return count;
    }
    // Offsets, and the characters behind them. Stops where a string is not what it was when they were counted.
    static Py_ssize_t zerobuffer_put_strings(PyObject** items, Py_ssize_t count, char* to, unsigned long long room) {
        char* const characters = to + 8 * (count + 1);
        unsigned long long end = 0;
        zerobuffer_put(to, 0, end);
        for (Py_ssize_t index = 0; index < count; ++index) {
            PyObject* const item = zerobuffer_item(items, count, index);
            Py_ssize_t size = 0;
            const char* text = PyUnicode_Check(item) ? PyUnicode_AsUTF8AndSize(item, &size) : nullptr;
            if (text == nullptr || static_cast<unsigned long long>(size) > room - end) {
                PyErr_Clear();
                return index;
            }
            std::memcpy(characters + end, text, static_cast<size_t>(size));
            end += static_cast<unsigned long long>(size);
            zerobuffer_put(to, index + 1, end);
        }
        return end == room ? count : 0;
    }
    """
    Py_ssize_t zerobuffer_put_integers(PyObject** items, Py_ssize_t count, char* to)
    Py_ssize_t zerobuffer_put_naturals(PyObject** items, Py_ssize_t count, char* to)
    Py_ssize_t zerobuffer_put_reals(PyObject** items, Py_ssize_t count, char* to)
    Py_ssize_t zerobuffer_put_booleans(PyObject** items, Py_ssize_t count, char* to)
    Py_ssize_t zerobuffer_put_strings(PyObject** items, Py_ssize_t count, char* to, uint64_t room)


cdef object write_list(Writer writer, object items, object timeout):
    """The first item says which type all of them have."""
    cdef PyObject* first
    if PySequence_Fast_GET_SIZE(items) == 0:
        return write_items(writer, items, ZB_ITEM_KIND_REAL, 8, 0, timeout)
    first = PySequence_Fast_ITEMS(items)[0]
    if PyUnicode_Check(first):
        return write_items(writer, items, ZB_ITEM_KIND_TEXT, 8, count_characters(items), timeout)
    if PyBool_Check(first):
        return write_items(writer, items, ZB_ITEM_KIND_BOOLEAN, 1, 0, timeout)
    if PyLong_Check(first):
        return write_items(writer, items, ZB_ITEM_KIND_INTEGER, 8, 0, timeout)
    if PyFloat_Check(first):
        return write_items(writer, items, ZB_ITEM_KIND_REAL, 8, 0, timeout)
    return write_nested(writer, items, timeout)


cdef object write_nested(Writer writer, object items, object timeout):
    """Lists of lists and of NumPy's numbers are for NumPy to read."""
    need_numpy()
    array = numpy.array(items)
    if array.dtype.kind not in "biufcMm":
        raise TypeError(
            f"item 0 of the list is a {type(items[0]).__name__}; write_array takes lists of int, float, bool or str, and "
            "nested lists of numbers; for others give an array, as numpy.array(list, dtype)"
        )
    return write_ndarray(writer, array, timeout)


cdef uint64_t count_characters(object items) except? 0:
    """Bytes of all strings in UTF-8."""
    cdef PyObject** found = PySequence_Fast_ITEMS(items)
    cdef Py_ssize_t index
    cdef Py_ssize_t size = 0
    cdef uint64_t total = 0
    for index in range(PySequence_Fast_GET_SIZE(items)):
        if not PyUnicode_Check(found[index]):
            raise mixed(items, index)
        try:
            PyUnicode_AsUTF8AndSize(found[index], &size)
        except UnicodeEncodeError as error:
            raise Misuse(f"item {index} of the list is no UTF-8: {error.reason}; send such text as bytes") from None
        total += size
    return total


cdef object mixed(object items, Py_ssize_t index):
    """What is wrong with the item that ended a loop."""
    first, item = type(items[0]).__name__, type(items[index]).__name__
    if isinstance(items[index], int) and first in ("int", "float") and item != "bool":
        return TypeError(
            f"item {index} of the list, {str(items[index])[:40]}, fits neither 64 bits nor, exactly, a float among the "
            "others; use smaller numbers, or floats throughout"
        )
    return TypeError(
        f"item {index} of the list is a {item}, and item 0 a {first}; a list has items of one type (ints may stand among "
        "floats): convert them, or give an array"
    )


cdef object write_items(Writer writer, object items, uint32_t kind, uint64_t item_size, uint64_t characters, object timeout):
    cdef zb_array array
    cdef Py_ssize_t count = PySequence_Fast_GET_SIZE(items)
    cdef Py_ssize_t now
    memset(&array, 0, sizeof(array))
    array.kind = kind
    array.item_size = item_size
    array.dimensions = 1
    array.shape[0] = count
    array.data_size = 8 * (<uint64_t>count + 1) + characters
    cdef Claim claim = claim_described(writer, &array, timeout)
    if claim is None:
        return None
    try:
        # Others may have had the list while this call waited.
        now = PySequence_Fast_GET_SIZE(items)
        if now != count:
            raise Misuse(f"the list had {count} items and now has {now}; do not change it during the call")
        fill_items(items, count, &array, <char*>claim.lease.data + array.data_offset, characters)
    except BaseException:
        claim.end()
        raise
    if array.kind != kind:
        # Of the same size: only the letter changes.
        zb_array_write(claim.lease.data, claim.length, &array)
    return claim.commit()


cdef int fill_items(object items, Py_ssize_t count, zb_array* array, char* to, uint64_t characters) except -1:
    """The loop for the kind. Ints that do not fit go on as natural numbers, and next to floats as floats."""
    cdef PyObject** found = PySequence_Fast_ITEMS(items)
    cdef Py_ssize_t done, other
    if array.kind == ZB_ITEM_KIND_TEXT:
        if zerobuffer_put_strings(found, count, to, characters) != count:
            raise Misuse("the list has other strings than when the call began; do not change it during the call")
        return 0
    if array.kind == ZB_ITEM_KIND_BOOLEAN:
        done = zerobuffer_put_booleans(found, count, to)
    elif array.kind == ZB_ITEM_KIND_REAL:
        done = zerobuffer_put_reals(found, count, to)
    else:
        done = zerobuffer_put_integers(found, count, to)
        other = done
        if done != count and PyLong_Check(found[done]):
            array.kind = ZB_ITEM_KIND_NATURAL
            done = zerobuffer_put_naturals(found, count, to)
            # Where neither takes all of them, a float among them decides, or the first that was too large is told.
            while done != count and other != count and PyLong_Check(found[other]) and not PyBool_Check(found[other]):
                other += 1
        if done != count and other != count:
            if PyFloat_Check(found[other]):
                array.kind = ZB_ITEM_KIND_REAL
                done = zerobuffer_put_reals(found, count, to)
            else:
                done = other
        elif done != count:
            done = zerobuffer_put_integers(found, count, to)
    if done != count:
        raise mixed(items, done)
    return 0
