# SPDX-License-Identifier: MIT
"""The whole harness in little: a run, one that is interrupted and carried on, one that is killed. Never how fast."""
import contextlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import time

import pytest
from conftest import BUILD, DEADLINE, SOURCE
from harness import histogram, measure, processes

CASE_FIELDS = {"case", "library", "layout", "writer", "reader", "shape", "size", "touch", "wait", "pinned", "rate",
               "repeats", "p", "per_frame_ns", "frames_per_s", "cpu_ns_per_frame", "cpu_share", "syscalls_per_frame",
               "allocations_per_frame", "faults_per_frame", "late_wakeups", "histogram", "samples", "limit"}
SMALL = ["--quick", "--retries", "0", "--seconds", "0.01", "--pairs", "cpp-cpp", "--peers", "none"]


@pytest.fixture(autouse=True)
def two_cpus():
    if len(measure.cpus()) < 2:
        pytest.skip("needs two CPUs")


def command(*more):
    return [sys.executable, "-B", "-m", "harness", "--build", str(BUILD), *SMALL, *map(str, more)]


ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{SOURCE / 'perf'}:{os.environ['PYTHONPATH']}"}


def run(*more, limit=None):
    return subprocess.run(command(*more), env=ENVIRONMENT, capture_output=True, text=True, timeout=5 * DEADLINE,
                          check=False, preexec_fn=limit)


def lines(path):
    # The last one may be half written.
    with contextlib.suppress(FileNotFoundError):
        return [json.loads(line) for line in path.read_text().split("\n")[:-1]]
    return []


def traces_of(pid):
    """Processes that this run started, and what is in shared memory under its names."""
    mark = f"zb-bench-{pid}-"
    found = [name for name in os.listdir("/dev/shm") if mark in name]
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (folder / "cmdline").read_bytes():
                found.append(folder.name)
    return found


def wait_until(condition, what):
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"waited {DEADLINE} s: {what}"
        os.sched_yield()


@pytest.fixture(scope="module")
def complete(tmp_path_factory):
    folder = tmp_path_factory.mktemp("complete")
    result = run("--sizes", "64", "--rate", "240", "--repeat", "2", "--filter", "(rtt|stream|paced).*(none|header)/",
                 "--out", folder / "out.jsonl", "--hdr", folder / "hdr")
    assert result.returncode == 0, result.stdout + result.stderr
    return folder, result, lines(folder / "out.jsonl")


def test_a_run_says_first_which_machine(complete):
    machine = complete[2][0]
    assert machine["kind"] == "machine"
    for fact in ("run", "time", "cpu", "cores", "kernel", "governor", "compiler", "versions", "commit", "command"):
        assert machine[fact]


def test_a_run_measures_the_limits_as_often_as_the_cases(complete):
    limits = {line["name"]: line for line in complete[2] if line["kind"] == "limit"}
    assert {"lines/2", "lines/1", "futex"} <= limits.keys()
    assert {line["repeats"] for line in limits.values()} == {2}


def test_every_case_has_every_field(complete):
    cases = [line for line in complete[2] if line["kind"] == "case"]
    assert {case["shape"] for case in cases} == {"rtt", "stream", "paced"}
    for case in cases:
        assert CASE_FIELDS <= case.keys()
        assert len(case["samples"]) == case["repeats"] == 2
        assert (case["p"] is None) == (case["shape"] == "stream") == (case["per_frame_ns"] is not None)
        assert case["limit"]["ratio"] > 0


def test_frames_in_place_make_no_system_call_and_no_allocation_while_both_spin(complete):
    (case,) = [line for line in complete[2] if line.get("case") == "zerobuffer/v2/cpp-cpp/rtt/64/none/spin/pinned"]
    assert case["allocations_per_frame"] == {"writer": 0, "reader": 0}
    if case.get("not_counted"):
        pytest.skip(case["not_counted"])
    # The first frames after the start may look for the peer.
    assert max(case["syscalls_per_frame"].values()) < 0.1


def test_the_table_shows_every_case(complete):
    shown = complete[1].stdout
    for line in complete[2]:
        if line["kind"] == "case":
            assert line["case"][:40] in shown


def test_percentiles_are_written_for_each_case_that_has_them(complete):
    texts = {path.name for path in (complete[0] / "hdr").iterdir()}
    assert "zerobuffer_v2_cpp-cpp_rtt_64_none_spin_pinned.hgrm" in texts
    paced = {name for name in texts if "_paced_" in name}
    assert paced and {name.replace(".hgrm", "-corrected.hgrm") for name in paced if "corrected" not in name} <= paced


def test_a_stored_run_is_compared_with_itself_without_measuring(complete):
    path = complete[0] / "out.jsonl"
    result = run("--check", path, "--against", path)
    assert result.returncode == 0, result.stderr
    assert "0 moved beyond the noise" in result.stdout


def test_what_the_machine_does_not_allow_is_said_and_is_no_failure(tmp_path):
    # No system lets a message be that large.
    impossible = ["--peers", "posix-mq", "--sizes", 24_883_200, "--filter", "posix-mq/.*rtt", "--no-counts"]
    result = run(*impossible, "--repeat", 1, "--out", tmp_path / "out.jsonl")
    assert result.returncode == 0, result.stderr
    assert "not possible here: " in result.stdout and "fs.mqueue.msgsize_max is" in result.stdout


def no_large_files():
    # The ring of small frames takes a MiB.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, 1 << 19))


def test_a_case_that_fails_fails_the_run_whatever_it_is_compared_with(complete, tmp_path):
    one = ["--filter", "v2/cpp-cpp/rtt/64/none/spin/pinned", "--sizes", 64, "--no-counts", "--repeat", 1]
    result = run(*one, "--out", tmp_path / "out.jsonl", "--check", complete[0] / "out.jsonl", limit=no_large_files)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "failed: " in result.stdout
    assert "0 cases in both runs" in result.stdout


LONG = ["--sizes", "64", "--filter", "rtt/64/none/spin", "--no-counts"]


def has_measured(path):
    return "repeat" in {line["kind"] for line in lines(path)}


@pytest.fixture
def begun(tmp_path):
    """A long run that has measured something, and its file."""
    path = tmp_path / "out.jsonl"
    # What one leaves that is killed goes with the test's own folder.
    environment = {**ENVIRONMENT, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(command(*LONG, "--repeat", 1000, "--out", path), env=environment, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    try:
        wait_until(lambda: has_measured(path) or process.poll() is not None, "a repetition")
        yield process, path
    finally:
        process.kill()
        process.communicate(timeout=DEADLINE)


def test_an_interrupted_run_leaves_nothing_running_and_is_carried_on(begun):
    process, path = begun
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130
    assert b"the same command carries on" in errors
    assert traces_of(process.pid) == []
    kept = [line for line in lines(path) if line["kind"] == "repeat"][0]
    again = run(*LONG, "--repeat", 2, "--out", path)
    assert again.returncode == 0, again.stderr
    assert "carrying on" in again.stderr
    records = lines(path)
    assert records[0]["run"] == kept["run"]
    (case,) = [line for line in records if line.get("case") == kept["case"]]
    # What had been measured was not measured again.
    steps = kept["sides"]["writer"]["histogram"]["steps"]
    assert case["samples"][kept["repeat"]] == round(histogram.quantile(steps, 0.5), 1)


def test_the_ends_die_with_a_run_that_is_killed(begun):
    process, _ = begun
    process.kill()
    process.communicate(timeout=DEADLINE)
    wait_until(lambda: not any(trace.isdecimal() for trace in traces_of(process.pid)), "the ends to die")
    for ring in traces_of(process.pid):
        processes.remove_leftovers(ring.removesuffix("-request").removesuffix("-response"))
    assert traces_of(process.pid) == []


@pytest.mark.parametrize("wrong, words", [
    (["--filter", "("], "--filter"),
    (["--pairs", "cpp-cobol"], "no such pair"),
    (["--peers", "carrier-pigeon"], "no such peer"),
    (["--sizes", "60"], "multiple of 8"),
    (["--against", "x"], "--against needs --check"),
    (["--rings", "a"], "--rings"),
    (["--rings", "1024"], "holds no frame"),
])
def test_wishes_that_make_no_sense_are_refused(wrong, words):
    result = run(*wrong)
    assert result.returncode == 2
    assert words in result.stderr


def test_a_baseline_that_is_not_there_is_refused(tmp_path):
    result = run("--check", tmp_path / "none.jsonl")
    assert result.returncode == 1
    assert "No such file" in result.stderr
