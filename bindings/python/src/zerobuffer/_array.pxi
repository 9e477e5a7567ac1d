# SPDX-License-Identifier: MIT
# Arrays in frames and claims. What a header says is for the library to write, read and check.

cdef enum:
    # Headers up to here are made on the stack: all but those with a long description.
    SHORT_HEADER = 1024


cdef object place(object lease, object dtype, object shape, object strides, uint64_t offset):
    """The array at `offset` in a frame or claim. It holds a view of it: see frombuffer, which keeps a memoryview."""
    return ndarray(shape, dtype, frombuffer(lease, byte_type), offset, strides)


cdef str where(object lease):
    """What errors name."""
    return (<Frame>lease).where() if isinstance(lease, Frame) else (<Claim>lease).where()


cdef tuple axes(const uint64_t* values, uint32_t count):
    cdef uint32_t axis
    cdef object length
    cdef tuple result = PyTuple_New(count)
    for axis in range(count):
        length = values[axis]
        Py_INCREF(length)
        PyTuple_SET_ITEM(result, axis, length)
    return result


cdef object array_failure(int status, str place):
    """As failure(), but the library was not told where the bytes are."""
    return errors.from_status(status_name(status), place + zb_last_error().decode("utf-8", "replace"), 0)


# Reading.

cdef object described_array(Frame frame):
    """The array that the header in a frame describes."""
    cdef zb_array array
    cdef zb_status status = zb_array_view(frame.lease.data, frame.length, &array)
    if status != ZB_OK:
        raise array_failure(status, frame.where() + ": ")
    if array.kind == ZB_ITEM_KIND_TEXT:
        return strings_of(frame, &array, frame.where())
    if numpy is None:
        # Importing may let another thread in, which may release the frame: so all is looked at again.
        need_numpy()
        return frame.array()
    try:
        dtype = type_of(&array)
        strides = None if array.order == ZB_ARRAY_ORDER_C else axes(array.strides, array.dimensions)
        return place(frame, dtype, axes(array.shape, array.dimensions), strides, array.data_offset)
    except (ValueError, OverflowError) as error:
        raise Incompatible(
            f"{frame.where()}: array header: {error}; the sender is at fault, or has another NumPy: look at memoryview(frame)"
        ) from None


cdef object plain_array(object lease, uint64_t size, object dtype, object shape):
    """All bytes of a lease as an array without a header."""
    need_numpy()
    dtype = byte_type if dtype is None else numpy.dtype(dtype)
    if dtype.hasobject:
        raise TypeError(f"{where(lease)}: dtype {dtype} holds Python objects, and these bytes are none; use a plain dtype")
    if dtype.itemsize == 0:
        raise Misuse(f"{where(lease)}: dtype {dtype} has items of 0 bytes; use one with a size")
    shape = fitting_shape(shape, dtype, size, lease)
    return place(lease, dtype, shape, None, 0)


cdef tuple fitting_shape(object shape, object dtype, uint64_t size, object lease):
    """The shape, with its -1 replaced, if it takes exactly `size` bytes."""
    if shape is None:
        shape = (-1,)
    axis_lengths = tuple(map(PyNumber_Index, shape)) if isinstance(shape, (tuple, list)) else (PyNumber_Index(shape),)
    open_axes = [axis for axis, length in enumerate(axis_lengths) if length < 0]
    if len(open_axes) > 1 or any(axis_lengths[axis] != -1 for axis in open_axes):
        raise Misuse(f"{where(lease)}: shape {shape} is not possible; use lengths of 0 or more, and at most one -1")
    needed = dtype.itemsize
    for length in axis_lengths:
        needed *= 1 if length == -1 else length
    if not open_axes:
        if needed != size:
            raise Misuse(
                f"{where(lease)}: {dtype} of shape {axis_lengths} takes {needed} bytes, and there are {size}; "
                "give the dtype and shape that belong to these bytes"
            )
        return axis_lengths
    if needed == 0 or size % needed != 0:
        raise Misuse(
            f"{where(lease)}: {size} bytes are no whole number of {needed}, as {dtype} of shape {axis_lengths} wants; "
            "give the dtype and shape that belong to these bytes"
        )
    return tuple([size // needed if length == -1 else length for length in axis_lengths])


# Writing.

cdef tuple describe(zb_array* array, object dtype, tuple shape):
    """Kind and shape. The result owns the bytes of the description: to be kept until the header is written."""
    cdef tuple described = describe_type(dtype)
    cdef bytes description = described[3]
    memset(array, 0, sizeof(array[0]))
    array.kind = described[0]
    array.item_size = described[1]
    array.big_endian = described[2]
    array.description = PyBytes_AS_STRING(description)
    array.description_size = PyBytes_GET_SIZE(description)
    set_shape(array, shape)
    return described


cdef int set_shape(zb_array* array, tuple shape) except -1:
    cdef uint32_t axis
    if len(shape) > ZB_ARRAY_DIMENSIONS:
        raise Misuse(f"an array of {len(shape)} dimensions has no place in a frame; reshape it to at most 32")
    array.dimensions = len(shape)
    for axis in range(array.dimensions):
        array.shape[axis] = byte_count(shape[axis], "shape")
    return 0


cdef uint64_t plan(zb_array* array) except? 0:
    """Payload bytes of the array."""
    cdef uint64_t size = 0
    cdef zb_status status = zb_array_plan(array, &size)
    if status != ZB_OK:
        raise array_failure(status, "")
    return size


cdef object write_contiguous(Writer writer, zb_array* array, const Py_buffer* items, object timeout):
    """Header and items as two parts of one frame."""
    cdef char header[SHORT_HEADER]
    cdef zb_slice parts[2]
    cdef uint64_t size = plan(array)
    cdef bytes long_header
    # The items were described by one call and are shown by another.
    if array.data_size != <uint64_t>items.len:
        raise Misuse(
            f"the array is described with {array.data_size} bytes and has {items.len}; do not change it during the call"
        )
    parts[0].data = header
    if array.data_offset > SHORT_HEADER:
        long_header = PyBytes_FromStringAndSize(NULL, array.data_offset)
        parts[0].data = PyBytes_AS_STRING(long_header)
    # Only the first data_offset bytes of the payload are touched.
    cdef zb_status status = zb_array_write(<void*>parts[0].data, size, array)
    if status != ZB_OK:
        raise array_failure(status, "")
    parts[0].size = array.data_offset
    parts[1].data = items.buf
    parts[1].size = array.data_size
    return writer.write_frame(zb_writer_writev, parts, 2, size, nanoseconds(timeout))


cdef Claim claim_described(Writer writer, zb_array* array, object timeout):
    """A claim with the header in it, or None."""
    cdef Claim claim = writer.claim(plan(array), timeout)
    if claim is None:
        return None
    cdef zb_status status = zb_array_write(claim.lease.data, claim.length, array)
    if status != ZB_OK:
        claim.end()
        raise array_failure(status, "")
    return claim


cdef object write_in_place(Writer writer, object array, object timeout):
    """Items with gaps between them, side by side in the frame. NumPy copies."""
    cdef zb_array description
    cdef tuple described = describe(&description, array.dtype, array.shape)
    cdef Claim claim = claim_described(writer, &description, timeout)
    if claim is None:
        return None
    try:
        numpy.copyto(place(claim, array.dtype, array.shape, None, description.data_offset), array)
    except BaseException:
        claim.end()
        raise
    return claim.commit()


cdef object write_ndarray(Writer writer, object array, object timeout):
    cdef zb_array description
    cdef Py_buffer view
    if type(array) is not ndarray:
        if numpy.ma.isMaskedArray(array):
            raise TypeError("a masked array has two parts, and one would be lost; write array.filled(), or both parts")
        # A subclass may say of its shape and dtype what it likes; its bytes are those of the array below it.
        array = ndarray.view(array, ndarray)
    cdef tuple described = describe(&description, array.dtype, array.shape)
    # Without the format: NumPy has none for dates.
    PyObject_GetBuffer(array, &view, PyBUF_STRIDES)
    try:
        if PyBuffer_IsContiguous(&view, c"C"):
            return write_contiguous(writer, &description, &view, timeout)
        if PyBuffer_IsContiguous(&view, c"F"):
            description.order = ZB_ARRAY_ORDER_FORTRAN
            return write_contiguous(writer, &description, &view, timeout)
    finally:
        PyBuffer_Release(&view)
    return write_in_place(writer, array, timeout)


cdef object write_buffer(Writer writer, object source, object timeout):
    """Something that speaks the buffer protocol and is no ndarray; NumPy only where it must."""
    cdef zb_array description
    cdef Py_buffer view
    cdef int axis
    memset(&description, 0, sizeof(description))
    PyObject_GetBuffer(source, &view, PyBUF_STRIDES | PyBUF_FORMAT)
    try:
        if read_format(&view, &description) and PyBuffer_IsContiguous(&view, c"C"):
            if view.ndim > ZB_ARRAY_DIMENSIONS:
                raise Misuse(f"an array of {view.ndim} dimensions has no place in a frame; reshape it to at most 32")
            description.dimensions = view.ndim
            for axis in range(view.ndim):
                description.shape[axis] = view.shape[axis]
            return write_contiguous(writer, &description, &view, timeout)
    finally:
        PyBuffer_Release(&view)
    need_numpy()
    return write_ndarray(writer, numpy.asarray(source), timeout)


cdef object write_any(Writer writer, object source, object timeout):
    """Whatever can be seen as an array without a loop over its items, or a list."""
    if is_ndarray(source):
        return write_ndarray(writer, source, timeout)
    if isinstance(source, (list, tuple)):
        return write_list(writer, source, timeout)
    if PyObject_CheckBuffer(source):
        return write_buffer(writer, source, timeout)
    on_device = getattr(type(source), "__dlpack_device__", None)
    if on_device is not None:
        device, number = on_device(source)
        # 1 is the CPU, 3 memory of the CPU that CUDA has pinned.
        if device not in (1, 3):
            raise TypeError(
                f"this {type(source).__name__} is on device ({int(device)}, {number}) of DLPack and not in memory; "
                "copy it to the CPU first, as with .cpu()"
            )
    for attribute in ("__array_interface__", "__array__"):
        if hasattr(source, attribute):
            need_numpy()
            return write_ndarray(writer, numpy.asarray(source), timeout)
    if on_device is not None:
        need_numpy()
        return write_ndarray(writer, numpy.from_dlpack(source), timeout)
    raise TypeError(
        f"{type(source).__name__} is no array; write_array takes what has the buffer protocol, __array_interface__, "
        "__array__ or __dlpack__, and lists of int, float, bool or str"
    )


cdef object claim_array(Writer writer, object shape, object dtype, object order, object timeout):
    cdef zb_array array
    need_numpy()
    dtype = numpy.dtype(dtype)
    shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if dtype.subdtype is not None:
        dtype, inner = dtype.subdtype
        shape += inner
    cdef tuple described = describe(&array, dtype, shape)
    array.order = choice(ARRAY_ORDERS, order, "order")
    cdef Claim claim = claim_described(writer, &array, timeout)
    if claim is not None:
        claim.described = (dtype, shape, axes(array.strides, array.dimensions), array.data_offset)
    return claim


cdef dict ARRAY_ORDERS = {"C": ZB_ARRAY_ORDER_C, "F": ZB_ARRAY_ORDER_FORTRAN}


# DLPack.

cdef object export_dlpack(object lease, bint writable, object array, str what, object max_version, object device,
                          object copy):
    """NumPy's capsule for the array. Those of DLPack before 1.0 cannot say that they are read-only."""
    if device is not None and tuple(device) != (1, 0):
        raise BufferError(f"{what}: is in memory, device (1, 0), and not on {tuple(device)}; copy it there")
    if isinstance(array, Strings):
        raise BufferError(f"{what}: holds strings, which DLPack has no type for; use frame.array().tolist()")
    arguments = {}
    if copy:
        array = array.copy()
    elif not writable and (max_version is None or max_version[0] < 1):
        raise BufferError(
            f"{what}: is read-only, which this version of DLPack cannot say; make the reader with writable=True, or "
            "export a copy: frame.array().copy()"
        )
    elif max_version is not None:
        arguments["max_version"] = max_version
    try:
        return array.__dlpack__(**arguments)
    except TypeError:
        # An older NumPy: capsules without a version, which may be given instead.
        if not arguments or not array.flags.writeable:
            raise BufferError(
                f"{what}: is read-only, which DLPack in this NumPy cannot say; make the reader with writable=True"
            ) from None
        return array.__dlpack__()
