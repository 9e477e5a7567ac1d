# SPDX-License-Identifier: MIT
"""The command as a whole: version, help, usage errors, and output that cannot be written."""
import re

import pytest


def test_version_is_one_line(world):
    assert re.fullmatch(r"zerobuffer \d+\.\d+\.\d+\n", world.zerobuffer("--version").out)


def test_version_as_json(world):
    answer = world.answer("--version")
    assert answer["schema"] == 1
    assert answer["version"] == world.zerobuffer("--version").out.split()[1]


@pytest.mark.parametrize("command", [[], ["ls"], ["info"], ["clean"]])
def test_help_has_examples(world, command):
    result = world.zerobuffer(*command, "--help")
    assert (result.code, result.err) == (0, "")
    assert "Examples:\n  zerobuffer " in result.out


@pytest.mark.parametrize(
    "arguments",
    [[], ["--json"], ["no-such-command"], ["ls", "--no-such-option"], ["ls", "extra"], ["info"], ["clean", "name"]],
)
def test_wrong_usage_exits_2_and_prints_to_stderr_only(world, arguments):
    result = world.zerobuffer(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err != ""


@pytest.mark.parametrize("arguments", [["--version"], ["ls", "--json"]])
def test_output_that_cannot_be_written_is_an_error(world, arguments):
    with open("/dev/full", "w", encoding="ascii") as full:
        result = world.zerobuffer(*arguments, stdout=full)
    assert result.code == 1
    assert "standard output" in result.err
