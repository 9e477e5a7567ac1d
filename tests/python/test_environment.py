# SPDX-License-Identifier: MIT
"""What the system refuses: no permission, no memory. Nothing is left behind."""
import errno
import os

import pytest

import zerobuffer
from conftest import SHARED_MEMORY, private_shared_memory, remove

NOBODY = 65534

ATTEMPTS = """
if os.geteuid() == 0:
    # Everything is imported by now; the build tree may be closed to others.
    os.setgroups([])
    os.setgid(int(arguments[1]))
    os.setuid(int(arguments[1]))
for use in (zerobuffer.Writer, zerobuffer.Reader, zerobuffer.Reader.open, zerobuffer.inspect):
    try:
        use(arguments[0])
    except PermissionError as error:
        say(f"{type(error).__name__} {error.errno} {arguments[0] in str(error)}")
"""


def attempts_without_permission(process, name):
    """As another user; one who is not root has none on a file without permissions either."""
    if os.geteuid() != 0:
        (SHARED_MEMORY / name).chmod(0)
    return process(ATTEMPTS, name, NOBODY).finish()[0]


def test_buffer_of_another_user(name, process):
    with zerobuffer.Writer.create(name):
        assert attempts_without_permission(process, name) == [f"PermissionDenied {errno.EACCES} True"] * 4


def test_v1_buffer_of_another_user(name, process):
    with zerobuffer.Reader(name, layout="v1"):
        said = attempts_without_permission(process, name)
        assert said and set(said) == {f"PermissionDenied {errno.EACCES} True"}


@pytest.mark.parametrize("permissions", [0o600, 0o660, 0o666])
def test_permissions_hold_whatever_the_umask(name, layout, permissions):
    before = os.umask(0o077)
    try:
        with zerobuffer.Reader(name, layout=layout, permissions=permissions):
            assert zerobuffer.inspect(name).mode == permissions
            made = [path for path in SHARED_MEMORY.iterdir() if name in path.name]
            assert {path.stat().st_mode & 0o777 for path in made} == {permissions}
    finally:
        os.umask(before)


TOO_SMALL = """
for options in ({"layout": "v2"}, {"layout": "v1"}, {"layout": "v2", "metadata_size": 2 << 20, "capacity": 1 << 16}):
    try:
        zerobuffer.Reader("cam", **{"capacity": 16 << 20, **options})
    except OSError as error:
        say(f"{type(error).__name__} {error.errno} {'cam' in str(error)}")
say(os.listdir("/dev/shm"))
with zerobuffer.Reader("cam", capacity=1 << 19, metadata_size=0) as reader, zerobuffer.Writer("cam") as writer:
    while writer.write(bytes(10_000), timeout=0):
        pass
    say(len(reader.acquire_many(1000)) > 40)
say(os.listdir("/dev/shm"))
"""


def test_shared_memory_that_is_too_small(process):
    """An error when the buffer is made, and no SIGBUS when it is filled."""
    child = process(TOO_SMALL, enter=private_shared_memory("size=1m"))
    full = f"NoSpace {errno.ENOSPC} True"
    assert child.finish()[0] == [full, full, full, "[]", "True", "[]"]


def test_unread_frames_wait_for_a_reader_to_come(name):
    with zerobuffer.Writer.create(name) as writer:
        writer.write(b"unread")
    assert (SHARED_MEMORY / name).exists()
    remove(name)
    assert not (SHARED_MEMORY / name).exists()
