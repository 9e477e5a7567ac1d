# SPDX-License-Identifier: MIT
"""The two trees, programs that run to their end with a deadline, and shared memory that every test leaves as it was."""
import importlib.util
import os
import pathlib
import subprocess
import sys
import uuid

import pytest

SOURCE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"]) / "examples"
BUILD = pathlib.Path(os.environ["ZEROBUFFER_BUILD_DIR"])
DEADLINE = 60

sys.path.insert(0, str(SOURCE))


def program(name):
    return [str(BUILD / "examples" / name)]


def script(name):
    return [sys.executable, str(SOURCE / name)]


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False, **options)


def packaged(module, name):
    """A file that a Python package ships, or None."""
    specification = importlib.util.find_spec(module)
    folders = (specification.submodule_search_locations or []) if specification else []
    return next((path for folder in folders for path in pathlib.Path(folder).rglob(name)), None)


@pytest.fixture
def name():
    """Of a buffer that no other test uses, and that is gone in the end."""
    unique = f"test-examples-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    yield unique
    assert not pathlib.Path("/dev/shm", unique).exists()


def left_by_demos():
    """Buffers of demos that have ended; those of one that runs meanwhile, for whomever, are its own business."""
    buffers = [path.name for path in pathlib.Path("/dev/shm").glob("demo-*")]
    return {buffer for buffer in buffers if not pathlib.Path("/proc", buffer.rpartition("-")[2]).exists()}


@pytest.fixture(autouse=True)
def no_demo_buffer_left():
    before = left_by_demos()
    yield
    assert left_by_demos() <= before
