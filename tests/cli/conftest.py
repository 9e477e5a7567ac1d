# SPDX-License-Identifier: MIT
"""The command under test, buffers held by another process, and a shared-memory folder that no other test sees."""
import collections
import contextlib
import json
import os
import pathlib
import subprocess
import uuid

import pytest

SHARED_MEMORY = pathlib.Path("/dev/shm")
Result = collections.namedtuple("Result", "code out err")


class World:
    """Where commands run: `enter` is put before each of them."""

    def __init__(self, enter=()):
        self.enter = list(enter)

    def zerobuffer(self, *arguments, **options):
        options = {"stdout": subprocess.PIPE, **options}
        done = subprocess.run(
            [*self.enter, os.environ["ZEROBUFFER_COMMAND"], *arguments],
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, timeout=60, **options,
        )  # fmt: skip
        return Result(done.returncode, done.stdout, done.stderr)

    def answer(self, *arguments):
        """What the command prints with --json."""
        result = self.zerobuffer(*arguments, "--json")
        assert (result.code, result.err) == (0, "")
        return json.loads(result.out)

    @contextlib.contextmanager
    def buffer(self, name, layout="v2", capacity=1 << 20, frames=0, metadata=""):
        """A buffer with both sides attached. The process is killed at the end if it still runs."""
        arguments = [name, layout, str(capacity), str(frames), metadata]
        with subprocess.Popen(
            [*self.enter, os.environ["ZEROBUFFER_HOLDER"], *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as holder:  # fmt: skip
            try:
                assert holder.stdout.readline() == "ready\n"
                yield holder
                holder.communicate(timeout=60)
            finally:
                holder.kill()

    def leave_behind(self, name, **shape):
        """A buffer whose both sides have died."""
        with self.buffer(name, **shape) as holder:
            holder.kill()
            holder.wait()


@pytest.fixture
def world():
    return World()


@pytest.fixture
def name():
    return f"cli-{uuid.uuid4().hex}"


@pytest.fixture
def segment(name):
    """Makes a file of the given bytes where buffers lie, and removes it."""
    path = SHARED_MEMORY / name

    def make(content, mode=0o600):
        path.write_bytes(content)
        path.chmod(mode)
        return name

    yield make
    path.unlink(missing_ok=True)


@pytest.fixture
def private_world():
    """A mount namespace with an empty /dev/shm: `clean` there touches nobody else's buffers."""
    as_user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    mount = "mount -t tmpfs tmpfs /dev/shm && echo ready && exec cat"
    with subprocess.Popen(
        ["unshare", *as_user, "--mount", "sh", "-c", mount],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as keeper:  # fmt: skip
        if keeper.stdout.readline() != "ready\n":
            pytest.skip("no mount namespaces: " + keeper.communicate()[1].strip())
        as_user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        yield World(["nsenter", f"--target={keeper.pid}", *as_user, "--mount", f"--wd={os.getcwd()}"])
        keeper.communicate()
