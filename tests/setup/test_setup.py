# SPDX-License-Identifier: MIT
"""Which packages `./dev setup` installs: those that dpkg does not have, whatever else it knows of them."""
import os
import pathlib
import subprocess

import pytest

DEV = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"]) / "dev"
FUZZ = ["clang", "libclang-rt-14-dev"]
# As dpkg-query prints the states of a package, one for each architecture.
PRESENT = ["installed ", "installed installed ", "not-installed installed "]
ABSENT = ["", "not-installed ", "config-files ", "half-installed ", "not-installed config-files "]


@pytest.fixture(name="setup")
def fixture_setup(tmp_path):
    """Runs it beside a dpkg that says this of every package; returns what apt-get was asked to do."""

    def setup(says):
        for name, text in (("dpkg-query", f"printf '%s' '{says}'; [ -n '{says}' ]"),
                           ("apt-get", f"echo \"$*\" >> {tmp_path}/asked"),
                           ("sudo", 'exec "$@"')):
            program = tmp_path / name
            program.write_text(f"#!/bin/sh\n{text}\n")
            program.chmod(0o755)
        subprocess.run([DEV, "setup", "fuzz"], check=True, capture_output=True,
                       env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
        asked = tmp_path / "asked"
        return [line.split() for line in asked.read_text().splitlines()] if asked.exists() else []

    return setup


@pytest.mark.parametrize("says", PRESENT)
def test_an_installed_package_is_left_alone(setup, says):
    assert setup(says) == []


@pytest.mark.parametrize("says", ABSENT)
def test_a_package_that_dpkg_does_not_have_is_installed(setup, says):
    """dpkg also names those that others only recommend, and those that were removed."""
    assert setup(says)[-1][-len(FUZZ):] == FUZZ
