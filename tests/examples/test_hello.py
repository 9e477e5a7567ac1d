# SPDX-License-Identifier: MIT
"""The programs that the documentation shows: every writer with every reader, whatever the language."""
import subprocess

import pytest
from conftest import DEADLINE, program, run, script

READERS = {"c": program("hello_reader_c"), "cpp": program("hello_reader_cpp"), "python": script("hello/reader.py")}
WRITERS = {"c": program("hello_writer_c"), "cpp": program("hello_writer_cpp"), "python": script("hello/writer.py")}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("reader", READERS)
def test_reader_prints_what_the_writer_sends(reader, writer, name):
    with subprocess.Popen([*READERS[reader], name], stdout=subprocess.PIPE, text=True) as reading:
        try:
            writing = run([*WRITERS[writer], name])
            text, _ = reading.communicate(timeout=DEADLINE)
        finally:
            reading.kill()
    assert (writing.returncode, writing.stderr) == (0, "")
    assert text.splitlines() == ["1: hello 1", "2: hello 2", "3: hello 3", "4: hello 4", "5: hello 5"]
    assert reading.returncode == 0


@pytest.mark.parametrize("writer", WRITERS)
def test_writer_refuses_a_bad_name(writer):
    writing = run([*WRITERS[writer], "no/name"])
    assert writing.returncode == 1
    assert "no/name" in writing.stderr


def test_gather_batch_latest(name):
    shown = run([*script("hello/gather_batch_latest.py"), name])
    assert shown.stderr == ""
    assert shown.stdout.splitlines() == [
        "gathered: header, body", "batch: one", "batch: two", "batch: three", "latest: new skipped: 2"]
