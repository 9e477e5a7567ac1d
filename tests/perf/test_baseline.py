# SPDX-License-Identifier: MIT
"""A run of the cases in perf/baseline.jsonl, compared with it. What moved is left in results/perf_baseline.txt, which
the summary of all tests prints. Only a harness that does not work fails, never a figure."""
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

SOURCE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["ZEROBUFFER_BUILD_DIR"])
BASELINE = SOURCE / "perf/baseline.jsonl"
QUICKLY = ["--seconds", "0.05", "--repeat", "3", "--retries", "0", "--no-counts"]
SECONDS = 300


def cases_of(path):
    return [record["case"] for record in map(json.loads, path.read_text().splitlines()) if record["kind"] == "case"]


def bench(*options):
    command = [sys.executable, "-B", "-m", "harness", "--build", str(BUILD), *map(str, options)]
    environment = {**os.environ, "PYTHONPATH": f"{SOURCE / 'perf'}:{os.environ['PYTHONPATH']}"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS)


@pytest.fixture(scope="module")
def only_these():
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs two CPUs")
    return ["--filter", f"^({'|'.join(map(re.escape, cases_of(BASELINE)))})$"]


def test_says_what_moved_since_the_stored_run(only_these, tmp_path):
    done = bench(*QUICKLY, *only_these, "--out", tmp_path / "run.jsonl", "--check", BASELINE)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()
    end = next(number for number, line in enumerate(said) if re.match(r"\d+ cases in both runs, \d+ moved", line))
    assert int(said[end].split()[0]) == len(cases_of(tmp_path / "run.jsonl")) > 0
    # Which processor either run is of is known.
    assert "unknown" not in "".join(said[end:])
    note = BUILD / "results/perf_baseline.txt"
    note.parent.mkdir(exist_ok=True)
    note.write_text(done.stdout)


def test_the_stored_run_names_nothing_of_its_machine_but_what_it_measured():
    records = [json.loads(line) for line in BASELINE.read_text().splitlines()]
    assert {record["kind"] for record in records} == {"machine", "limit", "case"}
    assert records[0].keys().isdisjoint({"run", "command", "left_out"})
    assert os.uname().nodename not in BASELINE.read_text()
    # Case ids and names of limits have slashes inside, paths begin with one.
    assert '"/' not in BASELINE.read_text()


def test_a_baseline_is_as_good_to_compare_with_as_the_whole_run(only_these, tmp_path):
    few = [only_these[0], "cpp-cpp/stream/64/none/spin/pinned"]
    small, whole = tmp_path / "small.jsonl", tmp_path / "whole.jsonl"
    done = bench(*QUICKLY, *few, "--pairs", "cpp-cpp", "--layouts", "v2", "--out", whole, "--baseline", small)
    assert done.returncode == 0, done.stdout + done.stderr
    assert small.stat().st_size < whole.stat().st_size
    compared = bench("--check", small, "--against", whole)
    assert (compared.returncode, compared.stdout.splitlines()[-1]) == (
        0, "1 cases in both runs, 0 moved beyond the noise of their repetitions")
