# SPDX-License-Identifier: MIT
"""Instructions per operation: every one has a count, the same each time, and what differs from stored ones is said."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

SOURCE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["ZEROBUFFER_BUILD_DIR"])
OPERATIONS = {"write", "write_parts", "claim_commit", "write_many", "acquire", "acquire_nothing", "acquire_many",
              "release", "release_many"}
NAMES = {f"{interface}/{layout}/{operation}" for interface in ("cpp", "c") for layout in ("v1", "v2")
         for operation in OPERATIONS}
SECONDS = 300
needs_valgrind = pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")


def instructions(*options, path=os.environ["PATH"]):
    command = [sys.executable, "-B", "-m", "instructions", "--build", str(BUILD), *map(str, options)]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE / "perf"), "PATH": path}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS)


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    before = set(os.listdir("/dev/shm"))
    path = tmp_path_factory.mktemp("instructions") / "counts.json"
    done = instructions("--json", path)
    assert done.returncode == 0, done.stderr
    left = {name for name in set(os.listdir("/dev/shm")) - before if "zb-instructions-" in name}
    assert left == set()
    return path, done.stdout


@needs_valgrind
def test_every_operation_has_a_count(counted):
    found = json.loads(counted[0].read_text())["instructions"]
    assert found.keys() == NAMES
    assert min(found.values()) > 0


@needs_valgrind
def test_the_table_has_a_row_for_every_operation(counted):
    assert len([line for line in counted[1].splitlines() if line.count(".") >= 4]) == len(OPERATIONS)


@needs_valgrind
def test_counting_again_gives_the_same_counts(counted):
    done = instructions("--check", counted[0])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "as in counts.json"


@needs_valgrind
def test_what_differs_is_said_and_fails_nothing(counted, tmp_path):
    stored = json.loads(counted[0].read_text())
    stored["compiler"] = "another"
    stored["instructions"]["cpp/v2/write"] = 1.0
    (tmp_path / "other.json").write_text(json.dumps(stored))
    done = instructions("--check", tmp_path / "other.json")
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()[-3:]
    assert said[0] == "beside other.json:"
    assert said[1].startswith("compiler: was 'another', is ")
    assert said[2].split()[:3] == ["cpp/v2/write", "1.0", "->"]


def test_the_stored_counts_have_every_operation():
    assert json.loads((SOURCE / "perf/instructions.json").read_text())["instructions"].keys() == NAMES


def test_without_valgrind_it_says_what_to_install(tmp_path):
    done = instructions(path=str(tmp_path))
    assert done.returncode == 1
    assert "valgrind is not installed: ./dev setup instructions" in done.stderr


def test_stored_counts_that_are_not_there_are_refused(tmp_path):
    done = instructions("--check", tmp_path / "none.json")
    assert done.returncode == 1
    assert "none.json" in done.stderr
