# SPDX-License-Identifier: MIT
"""What is built is built again when one of its sources changes."""
import re

from repository import ROOT

BINDING = ROOT / "bindings/python"


def test_python_binding_depends_on_every_file_that_it_includes():
    sources = BINDING / "src/zerobuffer"
    texts = [path.read_text() for path in (*sources.glob("*.pyx"), *sources.glob("*.pxi"))]
    included = {name for text in texts for name in re.findall(r'^include "(.+)"', text, re.MULTILINE)}
    named = set(re.findall(r"\$\{source_dir\}/(\w+\.pxi)", (BINDING / "CMakeLists.txt").read_text()))
    assert included and included == named == {path.name for path in sources.glob("*.pxi")}
