# SPDX-License-Identifier: MIT
"""Endpoints that hang, die or lie: they end, and the message says which one and why."""
import pathlib

import pytest
from harness import processes
from harness.processes import EndpointFailure, Start, run

READY = """echo '{"event":"ready"}'; """
RESULT = """echo '{"event":"result","role":"ping"}'; """


def start(role, script):
    return Start(role, ["sh", "-c", script], {})


def running(mark):
    """Processes with these words on their command line."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if mark.encode() in words:
            found.append(folder.name)
    return found


def test_results_come_in_the_order_of_the_starts(tmp_path):
    first = start("echo", READY + """echo '{"event":"result","role":"echo"}'""")
    results = run([first, start("ping", READY + RESULT)], 30, tmp_path)
    assert [result["role"] for result in results] == ["echo", "ping"]


def test_the_second_is_started_when_the_first_is_ready(tmp_path):
    first = start("echo", f"touch {tmp_path}/first; {READY} {RESULT}")
    run([first, start("ping", f"test -e {tmp_path}/first || exit 7; {READY} {RESULT}")], 30, tmp_path)


def test_one_that_hangs_is_killed_at_the_deadline(tmp_path):
    mark = f"hangs-{tmp_path.name}"
    with pytest.raises(EndpointFailure, match="ping hung and had to be killed"):
        run([start("ping", f"{READY} sh -c 'exec sleep 1000' {mark}")], 0.5, tmp_path)
    assert running(mark) == []


def test_one_that_was_never_ready_is_killed_at_the_deadline(tmp_path):
    with pytest.raises(EndpointFailure, match="echo hung"):
        run([start("echo", "exec sleep 1000"), start("ping", RESULT)], 0.5, tmp_path)


def test_one_that_fails_says_why_and_the_other_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "GRACE", 0.1)
    failing = start("ping", """echo '{"event":"error","message":"no room"}'; exit 1""")
    with pytest.raises(EndpointFailure, match="ping: no room"):
        run([start("echo", READY + "exec sleep 1000"), failing], 3000, tmp_path)


def test_one_that_is_killed_is_named_with_the_signal(tmp_path):
    with pytest.raises(EndpointFailure, match="ping: no result, killed by SIGABRT"):
        run([start("ping", READY + "kill -ABRT $$")], 30, tmp_path)


def test_last_words_on_standard_error_are_told(tmp_path):
    with pytest.raises(EndpointFailure, match="exit code 3: cannot load the library"):
        run([start("ping", "echo cannot load the library >&2; exit 3")], 30, tmp_path)


def test_a_result_with_a_bad_exit_code_is_a_failure(tmp_path):
    with pytest.raises(EndpointFailure, match="a result, and exit code 4"):
        run([start("ping", RESULT + "exit 4")], 30, tmp_path)


def test_words_that_are_no_json_are_refused(tmp_path):
    with pytest.raises(EndpointFailure, match="ping printed what is no JSON: b'hello'"):
        run([start("ping", "echo hello")], 30, tmp_path)


def test_output_larger_than_a_pipe_arrives(tmp_path):
    script = READY + """printf '{"event":"result","text":"'; head -c 300000 /dev/zero | tr '\\0' x; echo '"}'"""
    (result,) = run([start("sink", script)], 30, tmp_path)
    assert len(result["text"]) == 300_000
