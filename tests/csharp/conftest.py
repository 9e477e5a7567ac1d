# SPDX-License-Identifier: MIT
"""dotnet, what it built, and shared memory that every test leaves as it was."""
import os
import pathlib
import subprocess
import uuid

import pytest

SOURCE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"])
BUILT = pathlib.Path(os.environ["ZEROBUFFER_BUILD_DIR"]) / "csharp"
DOTNET = [str(SOURCE / "bindings/csharp-interop/dotnet.sh"), str(BUILT)]
DEADLINE = 120


def program(name):
    """A program of examples/csharp, or of the tests."""
    folder = {"hello": "Hello", "video_consumer": "VideoConsumer"}[name]
    return [*DOTNET, str(BUILT / "bin" / folder / "release" / f"{name}.dll")]


def run(command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=DEADLINE, check=False,
                          stdin=subprocess.DEVNULL, **options)


@pytest.fixture
def name():
    """Of a buffer that no other test uses, and that is gone in the end."""
    unique = f"test-csharp-tools-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    yield unique
    assert not pathlib.Path("/dev/shm", unique).exists()
