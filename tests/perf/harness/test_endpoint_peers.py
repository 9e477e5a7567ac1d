# SPDX-License-Identifier: MIT
"""An endpoint whose other end dies, or sends what it should not, fails and says so."""
import os
import struct
import subprocess
import sys
import threading

import pytest
import zerobuffer
from conftest import DEADLINE
from harness import processes

# The other end: does so much and dies without closing.
DIES = """
import os, sys, zerobuffer
reads, writes = sys.argv[1:]
reader = zerobuffer.Reader(reads) if reads else None
print("ready", flush=True)
writer = zerobuffer.Writer(writes, timeout=60) if writes else None
if writer:
    writer.claim(64).commit()
if reader:
    reader.acquire(60)
os._exit(0)
"""


@pytest.fixture
def name():
    with processes.fresh_name() as (name, _):
        yield name
        processes.remove_leftovers(name)


def endpoint(built, language, role, name, **more):
    options = {"transport": "zerobuffer", "name": name, "size": 64, "frames": 1_000_000, "capacity": 65536, **more}
    endpoint = built.by_language[language]
    words = [word for option, value in options.items() for word in (f"--{option}", str(value))]
    return processes.Start(role, [*endpoint.command, role, *words], endpoint.environment)


def failure_of(start, folder):
    with pytest.raises(processes.EndpointFailure) as caught:
        processes.run([start], DEADLINE, folder)
    return str(caught.value)


@pytest.mark.parametrize("role, reads, writes", [
    ("ping", "{}-request", "{}-response"),
    ("echo", "{}-response", "{}-request"),
    ("sink", "", "{}"),
    ("source", "{}", ""),
])
def test_the_other_end_dies(built, language, name, tmp_path, role, reads, writes):
    command = [sys.executable, "-c", DIES, reads.format(name), writes.format(name)]
    other = subprocess.Popen(command, env=os.environ, stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline() == b"ready\n"
        assert "died" in failure_of(endpoint(built, language, role, name), tmp_path)
    finally:
        other.kill()
        other.communicate(timeout=DEADLINE)


def send_to_sink(name, payload, sent):
    with zerobuffer.Writer(name, timeout=DEADLINE) as writer:
        writer.write(payload)
        sent.wait(DEADLINE)


@pytest.mark.parametrize("touch, payload, words", [
    ("every", struct.pack("<8Q", 1, 1, 1, 1, 1, 1, 1, 7), "other bytes"),
    ("header", bytes(64), "other bytes"),
    ("none", bytes(72), "72"),
])
def test_frames_that_are_wrong_are_refused(built, language, name, tmp_path, touch, payload, words):
    sent = threading.Event()
    writer = threading.Thread(target=send_to_sink, args=(name, payload, sent))
    writer.start()
    try:
        assert words in failure_of(endpoint(built, language, "sink", name, touch=touch, frames=1), tmp_path)
    finally:
        sent.set()
        writer.join(DEADLINE)
