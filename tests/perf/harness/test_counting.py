# SPDX-License-Identifier: MIT
"""System calls out of a trace of strace."""
import pytest
from harness.counting import calls_between_marks

TRACE = """\
7 execve("endpoint", ["endpoint"], 0x7ffd /* 5 vars */) = 0
7 getrusage(RUSAGE_SELF, {ru_utime={tv_sec=0, tv_usec=1}, ...}) = 0
7 futex(0x7f, FUTEX_WAKE, 1) = 1
7 getrusage(RUSAGE_SELF, {ru_utime={tv_sec=0, tv_usec=2}, ...}) = 0
7 futex(0x7f, FUTEX_WAIT, 1, NULL <unfinished ...>
8 write(3, "x", 1) = 1
7 <... futex resumed>) = 0
7 futex(0x7f, FUTEX_WAKE, 1) = 1
7 getrusage(RUSAGE_SELF, {ru_utime={tv_sec=0, tv_usec=3}, ...}) = 0
7 write(1, "{}", 2) = 2
7 +++ exited with 0 +++
""".splitlines()


def test_counts_between_the_last_two_marks_with_all_threads():
    assert calls_between_marks(TRACE, main=7) == 3


def test_counts_one_process_alone_of_a_pair():
    assert calls_between_marks(TRACE, main=7, only=7) == 2


def test_a_call_that_was_interrupted_by_another_counts_once():
    trace = [line for line in TRACE if "FUTEX_WAKE" not in line and "write(3" not in line]
    assert calls_between_marks(trace, main=7) == 1


def test_marks_of_another_thread_are_calls():
    trace = [TRACE[1], "8 getrusage(RUSAGE_THREAD, {...}) = 0", TRACE[8]]
    assert calls_between_marks(trace, main=7) == 1


def test_a_trace_without_marks_is_refused():
    with pytest.raises(ValueError, match="where the measured part begins"):
        calls_between_marks(TRACE[:3], main=7)
