# SPDX-License-Identifier: MIT
# Between NumPy's dtypes and what an array header says of its items. NumPy is looked for when an array is, not before.

cdef object numpy = None                # the module, once it was needed
cdef object ndarray = None              # its class
cdef object frombuffer = None           # its function
cdef object byte_type = None            # its dtype of one byte
cdef dict described_types = {}          # dtype -> what a header says of it
cdef dict plain_types = {}              # what a header says -> dtype; descriptions -> dtype

cdef enum:
    # Types come from peers, too: what is kept of them has an end.
    MOST_TYPES = 256


cdef int need_numpy() except -1:
    global numpy, ndarray, frombuffer, byte_type
    if numpy is None:
        try:
            import numpy as module
            import numpy.lib.format
        except ImportError:
            raise ImportError(
                "arrays need NumPy, which is not installed; install python3-numpy, or look at memoryview(frame)"
            ) from None
        byte_type = module.dtype("u1")
        ndarray = module.ndarray
        frombuffer = module.frombuffer
        numpy = module
    return 0


cdef bint is_ndarray(object thing) except -1:
    """Without importing NumPy: where it was never imported nothing is an array of it."""
    if numpy is None:
        if sys.modules.get("numpy") is None:
            return False
        need_numpy()
    return isinstance(thing, ndarray)


cdef object remember_type(dict types, object key, object value):
    if len(types) >= MOST_TYPES:
        types.clear()
    types[key] = value
    return value


# From a dtype to a header.

cdef tuple describe_type(object dtype):
    """(kind, item size, big-endian, description) of a dtype."""
    known = described_types.get(dtype)
    return known if known is not None else remember_type(described_types, dtype, describe_new_type(dtype))


cdef tuple describe_new_type(object dtype):
    if dtype.hasobject:
        raise TypeError(
            f"dtype {dtype} holds Python objects, which mean nothing in another process; convert to a plain dtype (astype)"
        )
    kind, description = dtype.kind, b""
    if kind not in "biufcSUVMm" or dtype.itemsize == 0:
        raise TypeError(f"dtype {dtype} has no place in a frame; convert to a number, text or structured dtype (astype)")
    if kind in "Mm":
        description = dtype.str[3:].encode()
    elif dtype.names is not None:
        description = describe_fields(dtype)
    big_endian = kind != "V" and dtype.str[0] == ">"
    return ord(kind), dtype.itemsize, big_endian, description


cdef bytes describe_fields(object dtype):
    """The fields as NumPy's descr in JSON, if that says them all."""
    try:
        text = json.dumps(numpy.lib.format.dtype_to_descr(dtype), separators=(",", ":"))
        same = fields_of(json.loads(text)) == dtype
    except (TypeError, ValueError):
        same = False
    if not same:
        raise TypeError(f"dtype {dtype} has fields that overlap or are out of order; copy them into a plain struct (astype)")
    return text.encode()


# From a header to a dtype.

cdef object fields_of(object descr):
    """The dtype of NumPy's descr as JSON has it, that is with lists for tuples."""
    return numpy.lib.format.descr_to_dtype(tuples_of(descr))


cdef object tuples_of(object descr):
    if isinstance(descr, str):
        return descr
    fields = []
    for field in descr:
        name = field[0] if isinstance(field[0], str) else tuple(field[0])
        shape = [tuple(field[2])] if len(field) == 3 else []
        fields.append((name, tuples_of(field[1]), *shape))
    return fields


cdef object type_of(const zb_array* array):
    """The dtype that a checked header describes. ValueError if NumPy has none, or one of another size."""
    cdef bytes description
    if array.description_size == 0 and array.item_size <= UINT32_MAX:
        # Kinds are letters, below 128.
        description = b""
        key = array.item_size << 8 | array.big_endian << 7 | array.kind
    else:
        description = array.description[:array.description_size]
        key = (array.kind, array.big_endian, array.item_size, description)
    known = plain_types.get(key)
    return known if known is not None else remember_type(plain_types, key, new_type_of(array, description))


cdef object new_type_of(const zb_array* array, bytes description):
    cdef str kind = chr(array.kind)
    order = ">" if array.big_endian else "<"
    try:
        text = description.decode()
        if kind == "V" and text:
            dtype = fields_of(json.loads(text))
        elif kind in "Mm":
            dtype = numpy.dtype(f"{order}{kind}8{text}")
        else:
            dtype = numpy.dtype(f"{order}{kind}{array.item_size // 4 if kind == 'U' else array.item_size}")
    except Exception as error:
        raise ValueError(f"no dtype is like that ({type(error).__name__}: {error})") from None
    # Pointers of a peer would be followed.
    if dtype.hasobject or dtype.kind != kind or <object>dtype.itemsize != array.item_size:
        raise ValueError(f"dtype {dtype} is not what kind {kind!r} and item_size {array.item_size} say")
    return dtype


# From the format of a buffer to a header, without NumPy.

cdef bint read_format(const Py_buffer* view, zb_array* array) noexcept:
    """False for formats of more than one letter behind the byte order."""
    cdef const char* letter = view.format
    if letter == NULL:
        letter = b"B"
    array.big_endian = 0
    if letter[0] == c"@" or letter[0] == c"=" or letter[0] == c"<" or letter[0] == c">" or letter[0] == c"!":
        array.big_endian = letter[0] == c">" or letter[0] == c"!"
        letter += 1
    if letter[0] == c"Z" and letter[1] != 0 and letter[2] == 0 and strchr("fdg", letter[1]) != NULL:
        array.kind = ZB_ITEM_KIND_COMPLEX
    elif letter[0] == 0 or letter[1] != 0:
        return False
    elif letter[0] == c"?":
        array.kind = ZB_ITEM_KIND_BOOLEAN
    elif letter[0] == c"c":
        array.kind = ZB_ITEM_KIND_BYTES
    elif strchr("bhilqn", letter[0]) != NULL:
        array.kind = ZB_ITEM_KIND_INTEGER
    elif strchr("BHILQN", letter[0]) != NULL:
        array.kind = ZB_ITEM_KIND_NATURAL
    elif strchr("efdg", letter[0]) != NULL:
        array.kind = ZB_ITEM_KIND_REAL
    else:
        return False
    array.item_size = view.itemsize
    return True
