# SPDX-License-Identifier: MIT
"""The recipes of the cookbook for objects, JSON, queues and processes run as they stand there, one after the other."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

from conftest import DEADLINE

PAGE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"], "docs/python.md").read_text()
SECTIONS = ["A dict of arrays, or any object", "JSON and text", "A queue between two processes",
            "Endpoints and multiprocessing"]  # fmt: skip
PRELUDE = "import multiprocessing\nimport zerobuffer\n"


@pytest.mark.parametrize("section", SECTIONS)
def test_recipe_runs(tmp_path, section):
    (text,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
    code = re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert code
    program = tmp_path / "recipe.py"
    # A name of its own for each buffer: other tests run meanwhile.
    program.write_text(PRELUDE + re.sub(r'(Reader|Writer)\("', rf'\1("recipe-{os.getpid()}-', "\n\n".join(code)))
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=DEADLINE)
    assert (done.returncode, done.stderr) == (0, "")
