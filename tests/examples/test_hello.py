# SPDX-License-Identifier: MIT
"""The programs that the documentation shows: every writer with every reader, whatever the language."""
import sys

import pytest
from conftest import DEADLINE, SOURCE, program, run, script

sys.path.insert(0, str(SOURCE.parent / "tests/support"))
import hello_programs  # noqa: E402

READERS = {"c": program("hello_reader_c"), "cpp": program("hello_reader_cpp"), "python": script("hello/reader.py")}
WRITERS = {"c": program("hello_writer_c"), "cpp": program("hello_writer_cpp"), "python": script("hello/writer.py")}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("reader", READERS)
def test_reader_prints_what_the_writer_sends(reader, writer, name):
    hello_programs.assert_prints_what_is_sent(READERS[reader], WRITERS[writer], name, DEADLINE)


@pytest.mark.parametrize("writer", WRITERS)
def test_writer_refuses_a_bad_name(writer):
    hello_programs.assert_refuses_a_bad_name(WRITERS[writer], DEADLINE)


def test_gather_batch_latest(name):
    shown = run([*script("hello/gather_batch_latest.py"), name])
    assert shown.stderr == ""
    assert shown.stdout.splitlines() == [
        "gathered: header, body", "batch: one", "batch: two", "batch: three", "latest: new skipped: 2"]
