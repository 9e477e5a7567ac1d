# SPDX-License-Identifier: MIT
"""Runs the comparison of lists in little: every way gives the list back, and has a figure. Never how fast."""
import json
import os
import pathlib
import subprocess
import sys

PROGRAM = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"]) / "perf/python/lists.py"


def test_compares_every_kind(tmp_path):
    before = set(os.listdir("/dev/shm"))
    command = [sys.executable, str(PROGRAM), "--quick", "--rounds", "1", "--json", str(tmp_path / "lists.json")]
    result = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert (result.returncode, result.stderr) == (0, "")
    figures = json.loads((tmp_path / "lists.json").read_text())
    kinds = {"ints", "small ints", "floats", "bools", "strings", "strings, not ASCII"}
    assert figures["whole"].keys() == kinds
    for row in figures["whole"].values():
        assert {"zerobuffer", "pickle", "json"} <= row.keys()
        assert min(row.values()) > 0
    assert figures["by length"].keys() == {kind for kind in kinds if not kind.startswith("strings")}
    assert not [name for name in set(os.listdir("/dev/shm")) - before if name.startswith("lists-")]
