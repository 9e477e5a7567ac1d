# SPDX-License-Identifier: MIT
# Buffers seen from outside. Nothing here attaches, and only clean() changes anything.

cdef object side_value(const zb_side* side):
    return Side(
        side.position,
        side.sequence,
        side.generation,
        side.waits,
        side.sleeps,
        side.wakes,
        side.timeouts,
        side.pid,
        PEER_STATES.get(side.state, ""),
    )


cdef object metadata_value(zb_snapshot* snapshot):
    """What is published now; None when it went since the snapshot was taken."""
    cdef uint64_t size = 0
    cdef bytes content
    if not snapshot.metadata_published:
        return None
    content = PyBytes_FromStringAndSize(NULL, snapshot.metadata_bytes)
    if zb_inspect_metadata(snapshot.name, PyBytes_AS_STRING(content), snapshot.metadata_bytes, &size) != ZB_OK:
        return None
    return content[:size]


cdef object problem_of(zb_snapshot* snapshot):
    """A list says what is wrong with a number only; asking again gives the words."""
    cdef zb_snapshot again
    if snapshot.status == ZB_OK:
        return ""
    if zb_inspect(snapshot.name, &again) == ZB_OK:
        return f"buffer {(<char*>snapshot.name).decode('utf-8', 'surrogateescape')!r}: is well again; look again"
    return zb_last_error().decode("utf-8", "replace")


cdef object snapshot_value(zb_snapshot* snapshot):
    return Snapshot(
        (<char*>snapshot.name).decode("utf-8", "surrogateescape"),
        status_name(snapshot.status),
        problem_of(snapshot),
        LAYOUT_NAMES.get(snapshot.layout, ""),
        snapshot.file_size,
        snapshot.capacity,
        snapshot.max_frame,
        snapshot.metadata_size,
        metadata_value(snapshot),
        snapshot.creation_id,
        snapshot.used,
        snapshot.unread,
        snapshot.alignment,
        snapshot.mode,
        snapshot.uid,
        side_value(&snapshot.writer),
        side_value(&snapshot.reader),
    )


def inspect(name):
    """Looks at a buffer without attaching and without a store: a :class:`Snapshot`. Any thread.

    Errors: ``BadName``, ``NotFound``, ``PermissionDenied``, ``NotReady``, ``Incompatible``, ``Corrupt``.

    >>> with zerobuffer.Reader("example") as reader:
    ...     found = zerobuffer.inspect("example")
    ...     print(found.layout, found.reader.state, found.writer.state)
    v2 attached never
    """
    cdef bytes encoded = encoded_name(name)
    cdef zb_snapshot snapshot
    cdef zb_status status = zb_inspect(encoded, &snapshot)
    if status != ZB_OK:
        raise failure(status)
    return snapshot_value(&snapshot)


def list_buffers():
    """Every buffer of both layouts that this user can see, by name: a list of :class:`Snapshot`.

    Broken ones are listed too, with a ``status`` that is not ``"ok"``. Any thread.

    >>> with zerobuffer.Reader("example") as reader:
    ...     "example" in [found.name for found in zerobuffer.list_buffers()]
    True
    """
    cdef vector[zb_snapshot] snapshots
    cdef uint64_t count = 0
    cdef uint64_t index
    cdef zb_status status
    while True:
        # Others make buffers meanwhile: leave room for a few.
        snapshots.resize(count + 16)
        status = zb_list_buffers(snapshots.data(), snapshots.size(), &count)
        if status != ZB_OK:
            raise failure(status)
        if count <= snapshots.size():
            return [snapshot_value(&snapshots[index]) for index in range(count)]


def clean(dry_run=False):
    """Removes every buffer that no live process holds, unread frames included, and what creators that died left behind.

    Returns their names; with ``dry_run`` only says which. Any thread.

    >>> with zerobuffer.Reader("example") as reader:
    ...     "example" in zerobuffer.clean(dry_run=True)
    False
    """
    cdef vector[zb_name] names
    cdef uint64_t count = 0
    cdef uint64_t index
    cdef zb_status status = zb_clean(1, NULL, 0, &count)
    if status == ZB_OK:
        # Others die meanwhile: leave room for their names.
        names.resize(count + 64)
        status = zb_clean(1 if dry_run else 0, names.data(), names.size(), &count)
    if status != ZB_OK:
        raise failure(status)
    return [
        (<char*>names[index].text).decode("utf-8", "surrogateescape") for index in range(min(count, <uint64_t>names.size()))
    ]


__version__ = zb_version().decode("ascii")
