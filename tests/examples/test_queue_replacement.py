# SPDX-License-Identifier: MIT
"""The program that shows the queue ends with its count, whatever the start method."""
import pytest
from conftest import run, script


@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_every_picture_comes_back(start):
    done = run([*script("queue_replacement.py"), start])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "20 pictures, 10368000 pixels came back; the child has ended\n"
