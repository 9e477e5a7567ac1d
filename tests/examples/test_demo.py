# SPDX-License-Identifier: MIT
"""The demo as its users run it: what it prints, what it writes, and that it fails when a frame was copied or lost."""
import html.parser
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import time

import pytest
import zerobuffer
from conftest import BUILD, DEADLINE, SOURCE, packaged, program, run, script

VOID = {"meta", "img", "br"}
FOLDER = pathlib.Path(__file__).parent

needs_volume = pytest.mark.skipif(packaged("imageio", "stent.npz") is None, reason="no stent.npz: python3-imageio")
needs_samples = pytest.mark.skipif(run(["dpkg", "-L", "python-matplotlib-data"]).returncode != 0,
                                   reason="no eeg.dat: python-matplotlib-data")
needs_clip = pytest.mark.skipif(packaged("imageio", "cockatoo.mp4") is None, reason="no cockatoo.mp4: python3-imageio")
needs_ffmpeg = pytest.mark.skipif(not os.path.exists(program("video_producer")[0]),
                                  reason="video_producer was not built: no FFmpeg")


class Page(html.parser.HTMLParser):
    """Reads a report. Fails on a tag that is closed by another one, and collects what matters."""

    def __init__(self, path):
        super().__init__()
        self.open, self.count, self.links, self.headings = [], {}, [], []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.count[tag] = self.count.get(tag, 0) + 1
        self.links += [value for key, value in attributes if key in ("src", "href", "srcset")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.count[tag] = self.count.get(tag, 0) + 1

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("h1", "h2"):
            self.headings.append(data)


def demo(tmp_path, *options, build=BUILD):
    return run([*script("demo.py"), "--build", str(build), "--report", str(tmp_path / "report.html"), *options])


def checked_page(tmp_path):
    page = Page(tmp_path / "report.html")
    assert "script" not in page.count and "link" not in page.count
    assert all(link.startswith("data:image/jpeg;base64,") for link in page.links)
    return page


@needs_volume
@needs_samples
def test_small_demo_loses_and_copies_nothing(tmp_path):
    finished = demo(tmp_path, "--small", "--rate", "0")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.splitlines()[-1] == "1056 frames, 0 lost, 0 copied"
    page = checked_page(tmp_path)
    assert page.headings == ["1056 frames, 0 lost, 0 copied", "stent.npz", "eeg.dat", "Machine"]
    assert len(page.links) == 3 + 32
    assert page.count["svg"] == 2 + 1 + 4 + 1


@needs_clip
@needs_ffmpeg
def test_video_demo_loses_and_copies_nothing(tmp_path):
    finished = demo(tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.splitlines()[-1] == "280 frames, 0 lost, 0 copied"
    page = checked_page(tmp_path)
    assert page.headings == ["280 frames, 0 lost, 0 copied", "cockatoo.mp4", "Machine"]
    assert len(page.links) == 24 + 1
    assert page.count["svg"] == 2 + 1


@needs_ffmpeg
@pytest.mark.skipif(packaged("imageio", "newtonscradle.gif") is None, reason="no newtonscradle.gif: python3-imageio")
def test_video_demo_plays_a_file_of_another_size_twice(tmp_path):
    finished = demo(tmp_path, "--video", str(packaged("imageio", "newtonscradle.gif")), "--loop", "2")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.splitlines()[-1] == "72 frames, 0 lost, 0 copied"


@pytest.fixture
def stand_in(tmp_path):
    """Where a build in tmp_path has its tensor_producer."""
    producer = tmp_path / "examples/tensor_producer"
    producer.parent.mkdir()
    producer.touch(0o755)
    return producer


@needs_volume
@needs_samples
def test_demo_fails_when_frames_are_copied_or_lost(tmp_path, stand_in):
    stand_in.write_text(f"#!/bin/sh\nPYTHONPATH={shlex.quote(str(SOURCE))}:$PYTHONPATH exec "
                        f"{shlex.quote(sys.executable)} {shlex.quote(str(FOLDER / 'copying_producer.py'))} \"$@\"\n")
    finished = demo(tmp_path, "--small", build=tmp_path)
    assert finished.returncode == 1
    assert finished.stdout.splitlines()[-1] == "1056 frames, 1 lost, 1055 copied"
    assert "256 frames were produced outside the ring" in finished.stderr
    assert "800 frames sent, 799 received" in finished.stderr
    assert checked_page(tmp_path).headings[0] == "1056 frames, 1 lost, 1055 copied"


def frames_sent(prefix):
    """By the writer of the demo's first buffer, seen from outside."""
    for snapshot in zerobuffer.list_buffers():
        if snapshot.name.startswith(prefix):
            return snapshot.writer.sequence
    return 0


@needs_volume
@needs_samples
def test_interrupt_ends_the_stream_in_order(tmp_path):
    command = [*script("demo.py"), "--build", str(BUILD), "--report", str(tmp_path / "report.html"), "--small",
               "--rate", "100", "--loop", "1000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + DEADLINE
        while frames_sent(f"demo-ct-{running.pid}") < 3 and time.monotonic() < deadline:
            assert running.poll() is None, running.stderr.read()
        running.send_signal(signal.SIGINT)
        text, problems = running.communicate(timeout=DEADLINE)
    assert running.returncode == 130, problems
    sent = re.fullmatch(r"(\d+) frames, 0 lost, 0 copied", text.splitlines()[-1])
    assert sent and int(sent[1]) >= 3
    assert checked_page(tmp_path).headings == [sent[0], "stent.npz", "Machine"]


@needs_volume
@needs_samples
def test_demo_explains_a_ring_that_shared_memory_cannot_hold(tmp_path):
    finished = demo(tmp_path, "--small", "--capacity", "1000000G")
    assert finished.returncode == 1
    assert "/dev/shm has" in finished.stderr and "--capacity" in finished.stderr


def test_demo_explains_a_producer_that_was_not_built(tmp_path):
    finished = demo(tmp_path, "--small", build=tmp_path)
    assert finished.returncode == 1
    assert "tensor_producer was not built" in finished.stderr


@needs_volume
@needs_samples
def test_demo_ends_when_the_producer_fails(tmp_path, stand_in):
    stand_in.write_text("#!/bin/sh\nexit 3\n")
    finished = demo(tmp_path, "--small", build=tmp_path)
    assert finished.returncode == 1
    assert "the producer failed" in finished.stderr
    assert not (tmp_path / "report.html").exists()


@needs_ffmpeg
def test_demo_explains_a_file_that_is_no_video(tmp_path):
    finished = demo(tmp_path, "--video", __file__)
    assert finished.returncode == 1
    assert f"{__file__}: " in finished.stderr
