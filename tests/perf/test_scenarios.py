# SPDX-License-Identifier: MIT
"""The command lists of whole processes: each pair of languages runs to its end under hyperfine, and failures show."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

SOURCE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"])
BUILD = os.environ["ZEROBUFFER_BUILD_DIR"]
PAIR = str(SOURCE / "perf/scenarios/pair.sh")
SECONDS = 300


def scenarios(*options):
    command = [sys.executable, "-B", "-m", "scenarios", "--build", BUILD, *options]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE / "perf")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS)


def pair(sink, source):
    return subprocess.run([PAIR, sink, source], capture_output=True, text=True, check=False, timeout=SECONDS)


@pytest.mark.skipif(shutil.which("hyperfine") is None, reason="hyperfine is not installed")
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two CPUs")
def test_times_every_pair_with_few_and_many_frames(tmp_path):
    done = scenarios("--runs", "2", "--pairs", "cpp-cpp,cpp-python,python-cpp", "--json", str(tmp_path / "times.json"))
    assert done.returncode == 0, done.stdout + done.stderr
    names = [result["command"] for result in json.loads((tmp_path / "times.json").read_text())["results"]]
    assert names == ["nothing"] + [f"{languages}, {frames}" for languages in ("cpp-cpp", "cpp-python", "python-cpp")
                                   for frames in ("1 frame", "100,000 frames")]


def test_lists_commands_that_run_by_hand():
    done = scenarios("--list", "--pairs", "cpp-cpp")
    assert done.returncode == 0, done.stderr
    for command in (line for line in done.stdout.splitlines() if not line.startswith("#")):
        ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=SECONDS)
        assert (ran.returncode, ran.stderr) == (0, "")


def test_refuses_a_pair_that_is_not_there():
    done = scenarios("--pairs", "cpp-cobol")
    assert done.returncode == 2
    assert "no such pair here: cpp-cobol" in done.stderr


def test_a_sink_that_is_not_ready_fails_the_pair():
    done = pair("echo nothing", "true")
    assert done.returncode == 1
    assert "the sink said: nothing" in done.stderr


@pytest.mark.parametrize(("sink", "source"), [("sh -c echo${IFS}'\"ready\"';exit${IFS}3", "true"), (
    'echo {"event":"ready"}', "false")], ids=["sink", "source"])
def test_an_end_that_fails_fails_the_pair(sink, source):
    assert pair(sink, source).returncode != 0
