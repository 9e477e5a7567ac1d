# SPDX-License-Identifier: MIT
"""The hello programs, whatever language they are written in: commands that want the name of a buffer."""
import subprocess

LINES = ["1: hello 1", "2: hello 2", "3: hello 3", "4: hello 4", "5: hello 5"]


def assert_prints_what_is_sent(reader, writer, name, deadline):
    with subprocess.Popen([*reader, name], stdout=subprocess.PIPE, text=True) as reading:
        try:
            writing = _run([*writer, name], deadline)
            text, _ = reading.communicate(timeout=deadline)
        finally:
            reading.kill()
    assert (writing.returncode, writing.stderr) == (0, "")
    assert text.splitlines() == LINES
    assert reading.returncode == 0


def assert_refuses_a_bad_name(writer, deadline):
    writing = _run([*writer, "no/name"], deadline)
    assert writing.returncode == 1
    assert "no/name" in writing.stderr


def _run(command, deadline):
    return subprocess.run(command, capture_output=True, text=True, timeout=deadline, check=False,
                          stdin=subprocess.DEVNULL)
