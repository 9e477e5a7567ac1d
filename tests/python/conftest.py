# SPDX-License-Identifier: MIT
"""Buffers with names of their own, both layouts, other threads and processes with a deadline, and a look at what is
left."""
import asyncio
import concurrent.futures
import contextlib
import gc
import itertools
import os
import pathlib
import subprocess
import time
import types

import pytest

import children
import zerobuffer

SHARED_MEMORY = pathlib.Path("/dev/shm")
# Where the older protocol has its lock files.
LOCKS = [pathlib.Path("/tmp/zerobuffer"), pathlib.Path("/tmp/zerobuffer/locks")]
DEADLINE = children.DEADLINE
MARK = f"py-{os.getpid()}-"
QUEUES = f"queue-{os.getpid()}-"
_numbers = itertools.count()


def pytest_configure(config):
    # Also a ResourceWarning that nobody expects, and an exception in a destructor.
    config.addinivalue_line("filterwarnings", "error")


def traces():
    """Everything that a buffer of this process may leave."""
    folders = [folder for folder in (SHARED_MEMORY, *LOCKS) if folder.is_dir()]
    return sorted(path for folder in folders for path in folder.iterdir() if MARK in path.name or QUEUES in path.name)


@pytest.fixture(autouse=True)
def nothing_is_left():
    before = traces()
    yield
    gc.collect()
    assert traces() == before


@pytest.fixture
def name():
    return f"{MARK}{next(_numbers)}"


@pytest.fixture(params=["v1", "v2"])
def layout(request):
    return request.param


@pytest.fixture
def pair(name, layout):
    """A reader and its writer in this process; 64 KiB, so that a test can fill it."""
    with zerobuffer.Reader(name, layout=layout, capacity=1 << 16) as reader, zerobuffer.Writer(name) as writer:
        yield types.SimpleNamespace(reader=reader, writer=writer, name=name, layout=layout)


@pytest.fixture
def full_pair(pair):
    """No frame of 1000 bytes has room any more; they are numbered from 1."""
    while pair.writer.write(bytes(1000), timeout=0):
        pass
    return pair


@pytest.fixture
def background():
    """Runs a function in another thread: background(f, ...).result(DEADLINE)."""
    with concurrent.futures.ThreadPoolExecutor() as threads:
        yield threads.submit


@pytest.fixture(params=["asyncio", "uvloop"])
def loop(request):
    """An event loop of each kind; what is left of it afterwards is told by the fixture that looks for it."""
    make = asyncio.new_event_loop if request.param == "asyncio" else pytest.importorskip("uvloop").new_event_loop
    loop = make()
    yield loop
    loop.close()


@pytest.fixture
def run(loop):
    """Runs a coroutine in the event loop: run(coroutine)."""
    return lambda coroutine: loop.run_until_complete(asyncio.wait_for(coroutine, DEADLINE))


def waiting_threads():
    """Threads that wait for event loops, in this process."""
    names = []
    for name in pathlib.Path("/proc/self/task").glob("*/comm"):
        # One that ends meanwhile has none.
        with contextlib.suppress(OSError):
            names.append(name.read_text().strip())
    return names.count("zerobuffer-wait")


def event_descriptors():
    """eventfds of this process."""
    targets = []
    for descriptor in pathlib.Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            targets.append(os.readlink(descriptor))
    return targets.count("anon_inode:[eventfd]")


@pytest.fixture
def process():
    """Runs Python code in another process: process(code, *arguments). Killed at the end if it still runs."""
    with children.Children() as family:
        yield family.start


def private_shared_memory(options="mode=1777"):
    """What to put before a command that is to have an empty /dev/shm of its own. Skips where that is forbidden."""
    as_user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    mount = f'mount -t tmpfs -o {options} tmpfs /dev/shm && exec "$@"'
    enter = ["unshare", *as_user, "--mount", "sh", "-c", mount, "sh"]
    attempt = subprocess.run([*enter, "true"], capture_output=True, text=True)
    if attempt.returncode != 0:
        pytest.skip("no mount namespaces: " + attempt.stderr.strip())
    return enter


def remove(name):
    """A v2 buffer with unread frames stays for a reader to come: here it is, and leaves nothing."""
    zerobuffer.Reader(name, replace=True).close()


def eventually(condition):
    """Waits until the condition holds; fails after the deadline."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.001)


def until_asleep(endpoint):
    """Waits until another thread is in a wait of this endpoint, deep enough to sleep."""
    before = endpoint.stats().sleeps
    eventually(lambda: endpoint.stats().sleeps > before)
