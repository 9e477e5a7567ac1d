# SPDX-License-Identifier: MIT
"""Shared memory that no correct peer writes: the class that fits, a message that names object, cause and remedy, and
nothing held or changed afterwards. Offsets are those of docs/format.md."""
import mmap
import os
import pathlib

import pytest

import zerobuffer
from conftest import SHARED_MEMORY, remove

U32, U64 = 4, 8


def store(path, offset, size, value):
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        field = slice(offset, offset + size)
        before = memory[field]
        memory[field] = value.to_bytes(size, "little")
    return int.from_bytes(before, "little")


def grip(name):
    """What this process holds of a buffer."""
    links = [os.readlink(entry.path) for entry in os.scandir("/proc/self/fd") if os.path.islink(entry.path)]
    return [link for link in links if name in link] + [
        line for line in pathlib.Path("/proc/self/maps").read_text().splitlines() if name in line
    ]


def refuses(call, error, name, *words):
    with pytest.raises(error, match=f'"{name}": .*; ') as caught:
        call()
    for word in words:
        assert word in str(caught.value)


@pytest.fixture
def left_behind(name):
    """A v2 buffer of 64 KiB with one unread frame, held by nobody: its file."""
    with zerobuffer.Writer.create(name, capacity=1 << 16, metadata_size=1024) as writer:
        writer.write(b"unread")
    path = SHARED_MEMORY / name
    yield path
    path.unlink()


V2_HEADER = [
    ("half built", 0x00, U32, 0, zerobuffer.NotReady),
    ("control block size", 0x00, U32, 4096, zerobuffer.Incompatible),
    ("version", 0x04, U32, 3, zerobuffer.Incompatible),
    ("magic", 0x40, U64, 0x5858585858585858, zerobuffer.Corrupt),
    ("flags", 0x3C, U32, 1, zerobuffer.Incompatible),
    ("alignment", 0x38, U32, 48, zerobuffer.Corrupt),
    ("alignment", 0x38, U32, 0, zerobuffer.Corrupt),
    ("payload_size", 0x20, U64, 0, zerobuffer.Corrupt),
    ("payload_size", 0x20, U64, 12345, zerobuffer.Corrupt),
    ("payload_size", 0x20, U64, 1 << 60, zerobuffer.Corrupt),
    ("payload_offset", 0x28, U64, 1, zerobuffer.Corrupt),
    ("payload_offset", 0x28, U64, 1 << 40, zerobuffer.Corrupt),
    ("payload_offset", 0x28, U64, 0xFFFFFFFFFFFF0000, zerobuffer.Corrupt),
    ("metadata_offset", 0x30, U64, 8, zerobuffer.Corrupt),
    ("metadata_size", 0x08, U64, 1 << 40, zerobuffer.Corrupt),
]
LOOKS = [zerobuffer.Reader.open, zerobuffer.Writer, zerobuffer.inspect]


@pytest.mark.parametrize("what, offset, size, value, error", V2_HEADER, ids=lambda value: str(value))
def test_v2_header_field(left_behind, name, what, offset, size, value, error):
    store(left_behind, offset, size, value)
    content = left_behind.read_bytes()
    for look in LOOKS:
        refuses(lambda: look(name), error, name, *([what] if what != "half built" else []))
    assert left_behind.read_bytes() == content
    assert grip(name) == []


@pytest.mark.parametrize("size, error", [(0, zerobuffer.NotReady), (100, zerobuffer.NotReady),
                                         (4096, (zerobuffer.Corrupt, zerobuffer.Incompatible)),
                                         (8192, zerobuffer.Corrupt), (1 << 16, zerobuffer.Corrupt),
                                         ((1 << 17) - 1, zerobuffer.Corrupt)], ids=str)  # fmt: skip
def test_segment_that_is_too_short(left_behind, name, size, error):
    os.truncate(left_behind, size)
    for look in LOOKS:
        refuses(lambda: look(name), error, name)
    assert left_behind.stat().st_size == size
    assert grip(name) == []


def test_file_that_is_no_buffer(name):
    path = SHARED_MEMORY / name
    path.write_bytes(b"something else entirely" * 1000)
    try:
        for look in LOOKS:
            refuses(lambda: look(name), zerobuffer.Incompatible, name)
        assert grip(name) == []
    finally:
        path.unlink()


V1_HEADER = [
    ("half built", 0x00, U32, 0, zerobuffer.NotReady),
    ("control block size", 0x00, U32, 88, zerobuffer.Incompatible),
    ("major version", 0x04, 1, 2, zerobuffer.Incompatible),
    ("payload_size", 0x20, U64, 0, zerobuffer.Corrupt),
    ("payload_size", 0x20, U64, 1 << 60, zerobuffer.Corrupt),
    ("metadata_size", 0x08, U64, 1 << 60, zerobuffer.Corrupt),
]


@pytest.mark.parametrize("what, offset, size, value, error", V1_HEADER, ids=lambda value: str(value))
def test_v1_header_field(name, what, offset, size, value, error):
    path = SHARED_MEMORY / name
    with zerobuffer.Reader(name, layout="v1"):
        held = grip(name)
        before = store(path, offset, size, value)
        for look in (zerobuffer.Writer, zerobuffer.inspect):
            refuses(lambda: look(name), error, name, *([what] if what != "half built" else []))
        assert grip(name) == held
        store(path, offset, size, before)


FRAME = [("size", 0, 1 << 40), ("size", 0, (1 << 64) - 1), ("sequence", 8, 77), ("sequence", 8, (1 << 64) - 1)]


@pytest.mark.parametrize("what, offset, value", FRAME, ids=str)
@pytest.mark.parametrize("take", ["acquire", "acquire_latest", "acquire_many", "iteration"])
def test_v2_frame_header(name, take, what, offset, value):
    calls = {
        "acquire": lambda: reader.acquire(timeout=1),
        "acquire_latest": lambda: reader.acquire_latest(timeout=1),
        "acquire_many": lambda: reader.acquire_many(10, timeout=1),
        "iteration": lambda: next(iter(reader)),
    }
    with zerobuffer.Reader(name, capacity=1 << 16) as reader, zerobuffer.Writer(name) as writer:
        writer.write(b"frame")
        store(SHARED_MEMORY / name, (1 << 16) + offset, U64, value)
        for _ in range(2):
            with pytest.raises(zerobuffer.Corrupt, match=f'"{name}": .*; '):
                calls[take]()
    remove(name)


def test_v2_consumer_ahead_of_the_producer(name):
    """The writer must not believe that there is room."""
    with zerobuffer.Reader(name, capacity=1 << 16), zerobuffer.Writer(name) as writer:
        store(SHARED_MEMORY / name, 0x100, U64, 1 << 50)
        with pytest.raises(zerobuffer.Corrupt, match=name):
            while True:
                writer.write(bytes(1000), timeout=0)
    remove(name)


@pytest.mark.parametrize("offset", [0x10, 0x18])
def test_v2_metadata_that_ends_nowhere(name, offset):
    with zerobuffer.Reader(name, metadata_size=1024) as reader, zerobuffer.Writer(name) as writer:
        writer.publish_metadata(b"about")
        path = SHARED_MEMORY / name
        store(path, offset, U64, (1 << 64) - 1)
        store(path, 0x2000, U64, (1 << 64) - 1)
        try:
            assert len(reader.metadata() or b"") <= 1024
        except zerobuffer.Corrupt as error:
            assert name in str(error)


def test_guarded_reader_survives_a_peer_that_truncates(name, process):
    child = process(
        """
        reader = zerobuffer.Reader(arguments[0], capacity=1 << 20, guarded=True)
        say("made")
        frame = reader.acquire()
        say("holds")
        hear()
        bytes(frame)
        try:
            reader.acquire()
        except zerobuffer.Corrupt as error:
            say(arguments[0] in str(error))
        """,
        name,
    )
    child.expect("made")
    with zerobuffer.Writer(name, guarded=True) as writer:
        writer.write(bytes(100_000))
        child.expect("holds")
        os.truncate(SHARED_MEMORY / name, 0)
        child.tell("look")
        child.expect("True")
        child.finish()
        with pytest.raises(zerobuffer.Corrupt, match=name):
            while True:
                writer.write(bytes(100_000), timeout=0)
    (SHARED_MEMORY / name).unlink(missing_ok=True)
