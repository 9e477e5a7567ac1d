# SPDX-License-Identifier: MIT
# What a frame and a claim have in common: views of their bytes, and a word about views that outlive them.

cdef bint development_mode = sys.flags.dev_mode


cdef int expose(Py_buffer* view, object lease, void* data, uint64_t size, bint writable, int flags) except -1:
    """One view of plain bytes. PyBuffer_FillInfo would leave a reference of Cython's behind."""
    if flags & PyBUF_WRITABLE and not writable:
        raise BufferError("frames are read-only; make the reader with writable=True to edit them in place")
    view.obj = lease
    view.buf = data
    view.len = size
    view.readonly = not writable
    view.itemsize = 1
    view.format = <char*>"B" if flags & PyBUF_FORMAT else <char*>NULL
    view.ndim = 1
    view.shape = &view.len if flags & PyBUF_ND else <Py_ssize_t*>NULL
    view.strides = &view.itemsize if flags & PyBUF_STRIDES == PyBUF_STRIDES else <Py_ssize_t*>NULL
    view.suboffsets = NULL
    view.internal = NULL
    return 0


cdef void warn_of_views(object lease, str message) noexcept:
    """A ResourceWarning in development mode. One that the filters make an exception goes to sys.unraisablehook."""
    if development_mode:
        warnings.warn(message, ResourceWarning, source=lease)
