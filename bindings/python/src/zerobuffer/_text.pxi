# SPDX-License-Identifier: MIT
# Text and JSON in frames: encoded before the copy into the ring, decoded only when somebody asks.

cdef extern from "Python.h":
    const char* utf8_of "PyUnicode_AsUTF8AndSize"(object text, Py_ssize_t* size) except NULL
    str PyUnicode_DecodeUTF8(const char* data, Py_ssize_t size, const char* errors)

# (name, encode, decode), chosen at first use. Decoders but `json` get bytes, `json` gets text.
cdef tuple json_codec = None


cdef tuple chosen_codec():
    """The fastest that is installed."""
    global json_codec
    if json_codec is None:
        json_codec = orjson_codec() or msgspec_codec() or standard_codec()
    return json_codec


cdef tuple orjson_codec():
    try:
        import orjson
    except ImportError:
        return None
    return "orjson", orjson.dumps, orjson.loads


cdef tuple msgspec_codec():
    try:
        import msgspec.json
    except ImportError:
        return None
    return "msgspec", msgspec.json.encode, msgspec.json.decode


def _refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


cdef tuple standard_codec():
    import json
    encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return "json", encoder.encode, json.JSONDecoder(parse_constant=_refuse_constant).decode


def json_backend():
    """Which library does JSON here: ``"orjson"``, ``"msgspec"`` or ``"json"``, the first of these that is installed.

    It is chosen at the first use in a process and stays. They agree on dicts with text keys, lists, tuples, text, whole
    numbers of 64 bits, finite floats, ``True``, ``False`` and ``None``; what else they take is their own affair.

    >>> zerobuffer.json_backend() in ("orjson", "msgspec", "json")
    True
    """
    return chosen_codec()[0]


cdef object write_text_in(Writer writer, object text, object timeout):
    cdef zb_slice frame
    cdef Py_ssize_t size = 0
    cdef int64_t duration = nanoseconds(timeout)
    if not isinstance(text, str):
        raise TypeError(f"text must be a str, not {type(text).__name__}; write() takes bytes, write_object() the rest")
    try:
        frame.data = utf8_of(text, &size)
    except UnicodeEncodeError as error:
        raise Misuse(
            f"buffer {writer.buffer_name!r}: this text has no UTF-8, because of {error.object[error.start]!r} at "
            f"{error.start}; nothing was written; replace such characters, or write bytes"
        ) from error
    frame.size = size
    return writer.write_frame(write_one, &frame, 1, frame.size, duration)


cdef object write_json_in(Writer writer, object content, object timeout):
    if isinstance(content, str):
        return write_text_in(writer, content, timeout)
    if isinstance(content, (bytes, bytearray, memoryview)):
        return writer.write(content, timeout)
    encode = chosen_codec()[1]
    try:
        encoded = encode(content)
    except MemoryError:
        raise
    except Exception as error:
        raise Misuse(
            f"buffer {writer.buffer_name!r}: {json_backend()} makes no JSON of this {type(content).__name__} ({error}); "
            "nothing was written; use dicts, lists, text, numbers, True, False and None, or write_object()"
        ) from error
    return write_text_in(writer, encoded, timeout) if isinstance(encoded, str) else writer.write(encoded, timeout)


cdef str text_of(Frame frame):
    # Refuses a frame that was released, and holds it meanwhile.
    cdef object view = memoryview(frame)
    try:
        return PyUnicode_DecodeUTF8(<const char*>frame.lease.data, frame.length, "strict")
    except UnicodeDecodeError as error:
        raise Incompatible(
            f"buffer {frame.reader.buffer_name!r}: frame {frame.number} ({frame.length} bytes) is not text in UTF-8: "
            f"{error.reason} at byte {error.start}; look at it with memoryview(frame)"
        ) from error


cdef object json_of(Frame frame):
    cdef tuple codec = chosen_codec()
    try:
        # A copy, so that what a decoder has checked is what it uses: a peer could change the frame in between.
        return codec[2](text_of(frame) if codec[0] == "json" else bytes(frame))
    except (MemoryError, errors.ZeroBufferError):
        raise
    except Exception as error:
        raise Incompatible(
            f"buffer {frame.reader.buffer_name!r}: frame {frame.number} ({frame.length} bytes) is not JSON: {error}; "
            "look at it with memoryview(frame)"
        ) from error
