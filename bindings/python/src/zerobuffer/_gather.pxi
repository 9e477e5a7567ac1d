# SPDX-License-Identifier: MIT
# Several bytes-like objects with one call: as one frame, or as one each.

cdef object write_parts_in(Writer writer, object buffers, object timeout):
    cdef vector[Py_buffer] views
    cdef vector[zb_slice] slices
    cdef int64_t duration = nanoseconds(timeout)
    cdef tuple parts = tuple(buffers)
    borrow(writer, views, slices)
    try:
        return writer.write_frame(
            zb_writer_writev, slices.data(), len(parts), gather(writer.buffer_name, parts, views, slices), duration)
    finally:
        give_back(writer, views, slices)


cdef object write_many_in(Writer writer, object buffers, object timeout):
    cdef vector[Py_buffer] views
    cdef vector[zb_slice] slices
    cdef int64_t duration = nanoseconds(timeout)
    cdef tuple frames = tuple(buffers)
    borrow(writer, views, slices)
    try:
        gather(writer.buffer_name, frames, views, slices)
        return write_frames(writer, slices.data(), len(frames), duration)
    finally:
        give_back(writer, views, slices)


cdef enum:
    # Frames of one try after a wait: all that are left would be looked at again for each that the reader makes room for.
    FRAMES_PER_TRY = 1024


cdef object write_frames(Writer writer, const zb_slice* frames, uint64_t count, int64_t duration):
    cdef uint64_t done = 0
    cdef int64_t deadline
    cdef int status = write_some(writer, frames, count, &done)
    if status == ZB_TIMEOUT and duration != 0:
        deadline = deadline_after(duration)
        while status == ZB_TIMEOUT and writer.wait_for(room, frames[done].size, deadline):
            status = ZB_OK
            while status == ZB_OK and done != count:
                status = write_some(writer, frames, min(count, done + FRAMES_PER_TRY), &done)
    if status == ZB_TIMEOUT:
        writer.note_nothing(frames[done].size)
    elif status != ZB_OK:
        raise writer.refused(status)
    return done


cdef int write_some(Writer writer, const zb_slice* frames, uint64_t count, uint64_t* done) except -1:
    cdef uint64_t written = 0
    cdef uint64_t total = 0
    cdef uint64_t index
    for index in range(done[0], count):
        total += frames[index].size
    cdef int status = writer.copy_in(zb_writer_write_many, frames + done[0], count - done[0], total, &written)
    done[0] += written
    return status


cdef int borrow(Writer writer, vector[Py_buffer]& views, vector[zb_slice]& slices) except -1:
    # Taken away while in use: another thread may gather while this one waits.
    views.swap(writer.spare_views)
    slices.swap(writer.spare_slices)
    return 0


cdef int give_back(Writer writer, vector[Py_buffer]& views, vector[zb_slice]& slices) except -1:
    cdef size_t index
    for index in range(views.size()):
        PyBuffer_Release(&views[index])
    views.clear()
    slices.clear()
    views.swap(writer.spare_views)
    slices.swap(writer.spare_slices)
    return 0


cdef uint64_t gather(str buffer_name, tuple buffers, vector[Py_buffer]& views, vector[zb_slice]& slices) except? 0:
    """Opens a view of each that needs one; returns how many bytes they have together."""
    cdef Py_buffer view
    cdef zb_slice part
    cdef uint64_t total = 0
    # A view may point into itself: it is filled where it stays.
    views.reserve(len(buffers))
    slices.reserve(len(buffers))
    memset(&view, 0, sizeof(view))
    for buffer in buffers:
        if PyBytes_CheckExact(buffer):
            # The tuple keeps it, and nobody can change it.
            part.data = PyBytes_AS_STRING(buffer)
            part.size = PyBytes_GET_SIZE(buffer)
        else:
            views.push_back(view)
            open_bytes(buffer, &views.back(), buffer_name)
            part.data = views.back().buf
            part.size = views.back().len
        slices.push_back(part)
        total += part.size
    return total
