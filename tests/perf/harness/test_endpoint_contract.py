# SPDX-License-Identifier: MIT
"""What perf/CONTRACT.md asks of every endpoint, by whatever language it is written in."""
import json
import os
import subprocess

import pytest
from conftest import DEADLINE

ROLES = ["ping", "echo", "source", "sink", "pair-rtt", "pair-stream"]
GOOD = {"--transport": "zerobuffer", "--name": "a", "--size": "64", "--frames": "10"}


@pytest.fixture
def call(built, language):
    def run(*arguments):
        endpoint = built.by_language[language]
        result = subprocess.run([*endpoint.command, *arguments], env={**os.environ, **endpoint.environment},
                                capture_output=True, text=True, timeout=DEADLINE, check=False)
        return result.returncode, [json.loads(line) for line in result.stdout.splitlines()]

    return run


def test_describes_itself(call, language):
    code, (about,) = call("--describe")
    assert code == 0
    assert about["language"] == language
    assert about["version"]
    assert sorted(about["roles"]) == sorted(ROLES)
    assert "zerobuffer" in about["transports"]
    assert set(about["inherited"]) <= set(about["transports"])
    assert set(about["polling"]) <= set(about["transports"])


@pytest.mark.parametrize("role, changes, named", [
    ("", {}, ""),
    ("listen", {}, ""),
    ("ping", {"--size": "60"}, "--size"),
    ("ping", {"--size": "8"}, "--size"),
    ("ping", {"--size": "many"}, "--size"),
    ("ping", {"--frames": "0"}, "--frames"),
    ("ping", {"--name": "a/b"}, "--name"),
    ("ping", {"--name": "a" * 101}, "--name"),
    ("ping", {"--touch": "some"}, "--touch"),
    ("ping", {"--wait": "sleep"}, "--wait"),
    ("ping", {"--layout": "v3"}, "--layout"),
    ("ping", {"--rate": "60"}, "--rate"),
    ("sink", {"--rate": "0"}, "--rate"),
    ("ping", {"--peer-cpu": "0"}, "--peer-cpu"),
    ("ping", {"--transport": "carrier-pigeon"}, "carrier-pigeon"),
    ("pair-rtt", {}, "zerobuffer"),
    ("ping", {"--colour": "red"}, "--colour"),
])
def test_options_that_make_no_sense_are_an_error(call, role, changes, named):
    options = [word for pair in {**GOOD, **changes}.items() for word in pair]
    code, lines = call(*([role] if role else []), *options)
    assert code == 1
    assert [line["event"] for line in lines] == ["error"]
    assert named in lines[0]["message"]


@pytest.mark.parametrize("missing", ["--transport", "--frames"])
def test_options_that_are_missing_are_an_error(call, missing):
    code, lines = call("ping", *(word for pair in GOOD.items() if pair[0] != missing for word in pair))
    assert code == 1
    assert [line["event"] for line in lines] == ["error"]
    assert missing in lines[0]["message"]


def test_a_cpu_that_is_not_there_is_an_error(call):
    code, lines = call("ping", *(word for pair in GOOD.items() for word in pair), "--cpu", "1000")
    assert code == 1
    assert lines[-1]["event"] == "error"
