# SPDX-License-Identifier: MIT
# From Python values to C arguments, and from a status to an exception. What is refused here never reaches the library.

cdef extern from "Python.h":
    long long PyLong_AsLongLongAndOverflow(object number, int* overflow) except? -1

cdef dict LAYOUTS = {"v1": ZB_LAYOUT_V1, "v2": ZB_LAYOUT_V2}
cdef dict LAYOUT_NAMES = {number: name for name, number in LAYOUTS.items()}
cdef dict WAIT_MODES = {"adaptive": ZB_WAIT_ADAPTIVE, "spin": ZB_WAIT_SPIN, "block": ZB_WAIT_BLOCK}
cdef dict PREFAULTS = {None: ZB_PREFAULT_AUTO, True: ZB_PREFAULT_ALWAYS, False: ZB_PREFAULT_NEVER}
cdef dict COPIES = {"auto": ZB_COPY_AUTO, "cached": ZB_COPY_CACHED, "streaming": ZB_COPY_STREAMING}
cdef dict PEER_STATES = {
    ZB_PEER_STATE_NEVER: "never",
    ZB_PEER_STATE_ATTACHED: "attached",
    ZB_PEER_STATE_CLOSED: "closed",
    ZB_PEER_STATE_DIED: "died",
}

# 292 years: the longest time that fits into 63 bits of nanoseconds, in whole seconds.
cdef long long LONGEST_TIMEOUT = 9223372036


cdef str status_name(int status):
    return zb_status_name(<zb_status>status).decode("ascii")


cdef object failure(int status):
    """The exception for what the C call just before this one on the same thread returned."""
    return errors.from_status(status_name(status), zb_last_error().decode("utf-8", "replace"), zb_last_system_error())


cdef object bad_timeout(object timeout):
    return Misuse(
        f"timeout {timeout!r} is not possible; use seconds from 0 (try once) to {LONGEST_TIMEOUT - 1}, "
        "or None to wait for ever"
    )


cdef inline int64_t nanoseconds(object timeout) except? -2:
    """Seconds as the C interface wants them. None is for ever."""
    return ZB_FOREVER if timeout is None else nanoseconds_of(timeout)


cdef int64_t nanoseconds_of(object timeout) except? -2:
    cdef int overflow = 0
    cdef long long whole
    cdef double seconds
    if PyLong_CheckExact(timeout):
        whole = PyLong_AsLongLongAndOverflow(timeout, &overflow)
        if overflow != 0 or whole < 0 or whole >= LONGEST_TIMEOUT:
            raise bad_timeout(timeout)
        return whole * 1000000000
    seconds = PyFloat_AS_DOUBLE(timeout) if PyFloat_CheckExact(timeout) else seconds_of(timeout)
    # Written so that a NaN fails it too.
    if not (0 <= seconds < LONGEST_TIMEOUT):
        raise bad_timeout(timeout)
    return <int64_t>(seconds * 1e9)


cdef double seconds_of(object timeout) except? -1:
    """What is neither an int nor a float, but has a number for a value."""
    if isinstance(timeout, bool):
        raise bad_timeout(timeout)
    try:
        return PyFloat_AsDouble(timeout)
    except TypeError:
        raise TypeError(f"timeout must be seconds (int or float) or None, not {type(timeout).__name__}") from None
    except OverflowError:
        raise bad_timeout(timeout) from None


cdef extern from "Python.h":
    int try_buffer "PyObject_GetBuffer"(object exporter, Py_buffer* view, int flags)


cdef int open_bytes(object buffer, Py_buffer* view, str buffer_name) except -1:
    """The bytes of an object, as they lie in memory."""
    if try_buffer(buffer, view, PyBUF_SIMPLE) == 0:
        return 0
    # Once more for the reason: a try block around the first is what every call would pay for.
    PyErr_Clear()
    try:
        PyObject_GetBuffer(buffer, view, PyBUF_SIMPLE)
    except errors.ZeroBufferError:
        raise
    except (BufferError, ValueError) as error:
        raise Misuse(
            f"buffer {buffer_name!r}: this {type(buffer).__name__} does not show its bytes ({error}); they must lie side by "
            "side and in C order: write numpy.ascontiguousarray(it), or give an array to write_array()"
        ) from error
    return 0


cdef uint64_t byte_count(object value, str what) except? 0:
    """A size or a count. Negative numbers are misuse; what no 64 bits hold is too large for every buffer."""
    try:
        return PyNumber_Index(value)
    except OverflowError:
        pass
    except TypeError:
        raise TypeError(f"{what} must be an int, not {type(value).__name__}") from None
    if value < 0:
        raise Misuse(f"{what} {value} is negative; use 0 or more")
    raise TooLarge(f"{what} {value} can never fit; use less than 2**64")


cdef uint32_t small_number(object value, str what) except? 0:
    cdef uint64_t number = byte_count(value, what)
    if number > UINT32_MAX:
        raise Misuse(f"{what} {value} is not possible; use less than 2**32")
    return <uint32_t>number


cdef uint32_t choice(dict choices, object value, str what) except? 0:
    for name, number in choices.items():
        if name == value:
            return number
    raise Misuse(f"{what} {value!r} is not possible; use one of {', '.join(map(repr, choices))}")


cdef bytes encoded_name(object name):
    """The name for C. Which names are good is for the library to say, but it cannot see past a NUL."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a buffer must be a str, not {type(name).__name__}")
    try:
        encoded = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        encoded = b"\0"
    if b"\0" in encoded:
        raise BadName(f"buffer {name!r}: the name has a character that is not allowed; use letters, digits, '.', '_', '-'")
    return encoded


cdef int describe_ring(zb_options* options, capacity, metadata_size, layout, alignment, permissions, replace) except -1:
    """What to create."""
    options.capacity = byte_count(capacity, "capacity")
    options.metadata_size = byte_count(metadata_size, "metadata_size")
    options.layout = choice(LAYOUTS, layout, "layout")
    options.alignment = small_number(alignment, "alignment")
    options.permissions = small_number(permissions, "permissions")
    options.replace = 1 if replace else 0
    return 0


cdef int describe_access(zb_options* options, wait, prefault, guarded) except -1:
    """How this side works with it."""
    options.wait_mode = choice(WAIT_MODES, wait, "wait")
    options.prefault = choice(PREFAULTS, prefault, "prefault")
    options.guarded = 1 if guarded else 0
    return 0
