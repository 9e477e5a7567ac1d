# SPDX-License-Identifier: MIT
"""Buffers seen from outside: nothing changes by looking, and only what nobody holds is removed."""
import dataclasses
import os

import pytest

import zerobuffer
from conftest import SHARED_MEMORY, private_shared_memory, remove


def test_snapshot_of_a_buffer_in_use(pair):
    pair.writer.publish_metadata(b"about")
    pair.writer.write_many([b"x" * 100] * 3)
    pair.reader.acquire().release()
    seen = zerobuffer.inspect(pair.name)
    assert (seen.name, seen.status, seen.problem, seen.layout) == (pair.name, "ok", "", pair.layout)
    assert (seen.capacity, seen.max_frame) == (pair.reader.capacity, pair.reader.max_frame)
    assert (seen.alignment, seen.metadata_size) == (pair.reader.alignment, pair.reader.metadata_size)
    assert (seen.metadata, seen.unread, seen.mode, seen.uid) == (b"about", 2, 0o600, os.geteuid())
    assert seen.file_size >= seen.capacity > seen.used > 200
    assert (seen.writer.state, seen.reader.state) == ("attached", "attached")
    assert (seen.writer.pid, seen.reader.pid) == (os.getpid(), os.getpid())
    assert (seen.writer.sequence, seen.reader.sequence) == (3, 1)
    assert (seen.creation_id != 0) == (pair.layout == "v2")


def test_snapshot_of_a_new_buffer(name, layout):
    with zerobuffer.Reader(name, layout=layout, metadata_size=0, permissions=0o640):
        seen = zerobuffer.inspect(name)
    assert (seen.metadata, seen.unread, seen.used, seen.mode) == (None, 0, 0, 0o640)
    assert (seen.writer.state, seen.reader.state) == ("never", "attached")


def test_looking_changes_nothing(pair):
    pair.writer.publish_metadata(b"about")
    pair.writer.write(b"frame")
    before = (SHARED_MEMORY / pair.name).read_bytes()
    zerobuffer.inspect(pair.name)
    zerobuffer.list_buffers()
    assert (SHARED_MEMORY / pair.name).read_bytes() == before


def test_snapshots_are_values(pair):
    seen = zerobuffer.inspect(pair.name)
    with pytest.raises(dataclasses.FrozenInstanceError):
        seen.name = "other"
    assert dataclasses.asdict(seen)["writer"]["state"] == "attached"


def test_list_has_the_buffers_by_name(name):
    names = [f"{name}-{number}" for number in (3, 1, 2)]
    readers = [zerobuffer.Reader(each, capacity=1 << 16) for each in names]
    listed = [seen.name for seen in zerobuffer.list_buffers() if seen.name.startswith(name)]
    for reader in readers:
        reader.close()
    assert listed == sorted(names)


def test_list_has_more_buffers_than_it_made_room_for(name):
    readers = [zerobuffer.Reader(f"{name}-{number:02}", capacity=1 << 16, prefault=False) for number in range(40)]
    listed = [seen for seen in zerobuffer.list_buffers() if seen.name.startswith(name)]
    for reader in readers:
        reader.close()
    assert [seen.name for seen in listed] == [reader.name for reader in readers]
    assert {seen.status for seen in listed} == {"ok"}


def test_list_says_what_is_wrong_with_a_broken_one(name):
    with zerobuffer.Writer.create(name) as writer:
        writer.write(b"unread")
    path = SHARED_MEMORY / name
    content = bytearray(path.read_bytes())
    content[0x20:0x28] = (12345).to_bytes(8, "little")
    path.write_bytes(content)
    try:
        listed = {seen.name: seen for seen in zerobuffer.list_buffers()}
        assert listed[name].status == "corrupt"
        assert name in listed[name].problem and "12345" in listed[name].problem
        assert listed[name].file_size == len(content)
    finally:
        path.unlink()


def test_buffer_that_a_writer_left_is_taken_over(name):
    with zerobuffer.Writer.create(name) as writer:
        writer.write(b"unread")
    seen = zerobuffer.inspect(name)
    assert (seen.writer.state, seen.reader.state, seen.unread) == ("closed", "never", 1)
    with zerobuffer.Reader(name) as reader:
        assert [bytes(frame) for frame in reader] == [b"unread"]


def test_replace_starts_afresh(name):
    with zerobuffer.Writer.create(name) as writer:
        writer.write(b"unread")
    before = zerobuffer.inspect(name)
    with zerobuffer.Reader(name, replace=True) as reader:
        assert not reader.stats().resumed
        assert zerobuffer.inspect(name).creation_id != before.creation_id
        assert reader.acquire(timeout=0) is None


def test_clean_leaves_alone_what_a_process_holds(pair):
    assert pair.name not in zerobuffer.clean(dry_run=True)


def test_clean_tells_what_nobody_holds(name):
    with zerobuffer.Writer.create(name) as writer:
        writer.write(b"unread")
    assert name in zerobuffer.clean(dry_run=True)
    assert zerobuffer.inspect(name).unread == 1
    remove(name)
    assert name not in zerobuffer.clean(dry_run=True)


def test_clean_removes_what_nobody_holds(process):
    child = process(
        """
        for number in range(100):
            with zerobuffer.Writer.create(f"left-{number:02}", capacity=1 << 16, prefault=False) as writer:
                writer.write(b"unread")
        held = zerobuffer.Reader("held")
        say(len(zerobuffer.clean(dry_run=True)))
        say(len(os.listdir("/dev/shm")))
        removed = zerobuffer.clean()
        say(removed == [f"left-{number:02}" for number in range(100)])
        say(os.listdir("/dev/shm"))
        say(zerobuffer.clean())
        """,
        enter=private_shared_memory(),
    )
    assert child.finish()[0] == ["100", "101", "True", "['held']", "[]"]


def test_nothing_to_list_or_clean(process):
    child = process("say(zerobuffer.list_buffers()); say(zerobuffer.clean())", enter=private_shared_memory())
    assert child.finish()[0] == ["[]", "[]"]


def test_version():
    assert zerobuffer.__version__.count(".") == 2
