# SPDX-License-Identifier: MIT
"""The images of layout v2 in tests/data are those that their generator makes today."""
import os
import pathlib
import subprocess
import sys

DATA = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"]) / "tests/data"


def test_images_are_what_the_generator_makes(tmp_path):
    subprocess.run([sys.executable, str(DATA / "v2-golden.py"), str(tmp_path)], check=True, timeout=60)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in DATA.glob("v2-*.bin")}
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []
