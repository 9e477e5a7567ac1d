# SPDX-License-Identifier: MIT
"""Runs the benchmark in little and checks that every case yields figures and nothing stays behind. Never how fast."""
import json
import os
import subprocess

import pytest

PROGRAM = os.environ["ZEROBUFFER_BENCH"]
CANNOT_RUN_HERE = 3


def leftovers():
    return {name for name in os.listdir("/dev/shm") if "zerobuffer-bench-" in name}


class QuickRun:
    def __init__(self, json_file):
        before = leftovers()
        command = [PROGRAM, "--quick", "--repeat", "1", "--retries", "0", "--json", json_file]
        self.result = subprocess.run(command, check=False, capture_output=True, text=True)
        self.lines = [json.loads(line) for line in json_file.read_text().splitlines()]
        self.left_behind = leftovers() - before

    def of_type(self, kind):
        return [line for line in self.lines if line["type"] == kind]


@pytest.fixture(scope="module")
def names():
    listed = subprocess.run([PROGRAM, "--list"], check=False, capture_output=True, text=True)
    if listed.returncode == CANNOT_RUN_HERE:
        pytest.skip(listed.stderr.strip())
    return listed.stdout.split()


@pytest.fixture(scope="module")
def quick_run(names, tmp_path_factory):
    return QuickRun(tmp_path_factory.mktemp("bench") / "bench.jsonl")


def test_ends_well(quick_run):
    assert quick_run.of_type("failure") == []
    assert quick_run.result.returncode == 0, quick_run.result.stdout + quick_run.result.stderr


def test_measures_every_case(quick_run, names):
    rows = quick_run.of_type("row")
    assert [row["name"] for row in rows] == names
    for row in rows:
        assert len(row["median"]) == 1
        assert row["median"][0] > 0, row


def test_judges_every_limit_between_measured_cases(quick_run, names):
    limits = quick_run.of_type("limit")
    assert limits
    for limit in limits:
        assert (limit["met"] is not None) == ({limit["subject"], limit["yardstick"]} <= set(names)), limit


def test_says_which_machine_and_build(quick_run):
    (machine,) = quick_run.of_type("machine")
    for fact in ("cpu", "kernel", "governor", "compiler", "commit"):
        assert machine[fact]


def test_prints_every_case_for_people(quick_run, names):
    printed = {line.split(" ")[0] for line in quick_run.result.stdout.splitlines()}
    assert set(names) <= printed


def test_leaves_no_buffer_behind(quick_run):
    assert quick_run.left_behind == set()
