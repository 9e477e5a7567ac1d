# SPDX-License-Identifier: MIT
"""Every public header compiles alone, twice over, without a warning, and brings in no Boost and nothing private."""
import os
import pathlib

import pytest

INCLUDE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"]) / "libzerobuffer/include"
HEADERS = sorted(str(path.relative_to(INCLUDE)) for path in (INCLUDE / "zerobuffer").iterdir())
STRICT = ["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", f"-I{INCLUDE}"]


def user_of(header, folder, suffix):
    """A source file that includes the header twice, so that a missing guard shows."""
    source = folder / f"user{suffix}"
    source.write_text(f"#include <{header}>\n#include <{header}>\nextern int declared;\n")
    return source


@pytest.mark.parametrize("header", HEADERS)
def test_compiles_alone_as_cpp(run, tmp_path, header):
    run(os.environ["CXX"], "-std=c++20", *STRICT, user_of(header, tmp_path, ".cpp"))


@pytest.mark.parametrize("header", [header for header in HEADERS if header.endswith(".h")])
def test_compiles_alone_as_c(run, tmp_path, header):
    run(os.environ["CC"], "-std=c11", *STRICT, user_of(header, tmp_path, ".c"))


@pytest.mark.parametrize("header", HEADERS)
def test_includes_no_boost_and_nothing_private(run, tmp_path, header):
    included = run(os.environ["CXX"], "-std=c++20", "-M", f"-I{INCLUDE}", user_of(header, tmp_path, ".cpp"))
    assert [path for path in included.split() if "/boost/" in path or "libzerobuffer/src" in path] == []
