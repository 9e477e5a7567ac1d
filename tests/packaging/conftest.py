# SPDX-License-Identifier: MIT
"""What the packaging tests stand on: the two trees, an installed copy, and a way to run programs."""
import os
import pathlib
import subprocess

import pytest


@pytest.fixture(scope="session")
def source_dir():
    return pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"])


@pytest.fixture(scope="session")
def library():
    return pathlib.Path(os.environ["ZEROBUFFER_LIBRARY"])


@pytest.fixture(scope="session")
def run():
    """Runs a program; fails with its whole output, returns its standard output."""

    def run_checked(*command, **options):
        done = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL, **options
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run_checked


@pytest.fixture(scope="session")
def prefix(run, tmp_path_factory):
    """An installed tree, moved after installing: nothing in it may remember where it was."""
    folder = tmp_path_factory.mktemp("install")
    for component in ("runtime", "dev"):
        build = os.environ["ZEROBUFFER_BUILD_DIR"]
        run("cmake", "--install", build, "--component", component, "--prefix", folder / "first")
    return (folder / "first").rename(folder / "moved")
