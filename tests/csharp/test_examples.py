# SPDX-License-Identifier: MIT
"""The programs of examples/csharp, against those of the other languages."""
import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from conftest import BUILT, DEADLINE, SOURCE, program, run
from zerobuffer import Reader, Writer

sys.path[:0] = [str(SOURCE / "examples"), str(SOURCE / "tests/support")]
import hello_programs  # noqa: E402
import stream  # noqa: E402

WIDTH, HEIGHT, PICTURES = 40, 30, 20
READERS = {"csharp": [*program("hello"), "read"], "python": [sys.executable, str(SOURCE / "examples/hello/reader.py")]}
WRITERS = {"csharp": [*program("hello"), "write"], "python": [sys.executable, str(SOURCE / "examples/hello/writer.py")]}


@pytest.mark.parametrize("reader,writer", [("csharp", "csharp"), ("csharp", "python"), ("python", "csharp")])
def test_hello_prints_what_the_writer_sends(reader, writer, name):
    hello_programs.assert_prints_what_is_sent(READERS[reader], WRITERS[writer], name, DEADLINE)


def test_hello_refuses_a_bad_name():
    hello_programs.assert_refuses_a_bad_name(WRITERS["csharp"], DEADLINE)


# All at once, as where nothing is compiled in steps: functions may be asked for before their caller runs.
def test_hello_runs_without_tiers(name):
    environment = {**os.environ, "DOTNET_TieredCompilation": "0", "DOTNET_ReadyToRun": "0"}
    with Reader(name) as reader:
        assert run([*WRITERS["csharp"], name], env=environment).returncode == 0
        assert [bytes(frame) for frame in reader] == [b"hello %d" % number for number in range(1, 6)]


def test_library_named_by_the_environment_is_the_one(name):
    environment = {**os.environ, "ZEROBUFFER_LIBRARY": str(BUILT / "no-such-library.so")}
    writing = run([*WRITERS["csharp"], name], env=environment)
    assert writing.returncode != 0
    assert "no-such-library.so" in writing.stderr
    assert "DllNotFoundException" in writing.stderr


def picture(number):
    pixels = np.full((HEIGHT, WIDTH, 3), number * 10, np.uint8)
    pixels[number:, :, 1] = 255
    return pixels


def send_video(name, place=None, spoil=False):
    """The stream of video_producer, produced in place by NumPy."""
    with Writer(name, timeout=DEADLINE) as writer:
        writer.publish_metadata(json.dumps({
            "stream": "video", "source": "made", "preface": 64, "pace": 0, "frames": PICTURES, "pixel_format": "rgb24",
            "width": WIDTH, "height": HEIGHT, "stride": 3 * WIDTH, "rate": 25, "decoder": "none"}).encode())
        segment = stream.SegmentMap(name)
        for number in range(PICTURES):
            with writer.claim(64 + 3 * WIDTH * HEIGHT) as claim:
                whole = np.frombuffer(claim, np.uint8)
                whole[64:] = picture(number).reshape(-1)
                where = segment.place_of(whole[64:]) if place is None else place
                preface = np.array([time.monotonic_ns(), where, stream.checksum(whole[64:]) + spoil, number], "<u8")
                whole[:32] = preface.view(np.uint8)
                del whole


def consumed(name, **options):
    with subprocess.Popen([*program("video_consumer"), name], stdout=subprocess.PIPE, text=True) as consuming:
        try:
            send_video(name, **options)
            text, _ = consuming.communicate(timeout=DEADLINE)
        finally:
            consuming.kill()
    return consuming.returncode, text.strip()


def test_video_consumer_measures_in_place(name):
    samples = [picture(number).astype(int) for number in range(PICTURES)]
    motion = sum(np.abs(now - before).mean() for before, now in zip(samples, samples[1:])) / PICTURES
    brightness = sum(sample.mean() for sample in samples) / PICTURES / 2.55
    measured = f"motion {motion:.2f}, brightness {brightness:.1f} %"
    assert consumed(name) == (0, f"20 frames, 0 lost, 0 damaged, 0 copied, {measured}")


def test_video_consumer_notices_copies(name):
    status, text = consumed(name, place=stream.NOWHERE)
    assert (status, "20 copied" in text) == (1, True)


def test_video_consumer_notices_damage(name):
    status, text = consumed(name, spoil=True)
    assert (status, "20 damaged" in text) == (1, True)
