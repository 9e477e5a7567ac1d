# SPDX-License-Identifier: MIT
"""Languages that are there, and those that are not, with the reason."""
import json

import pytest
from harness.endpoints import Endpoint, Endpoints, LeftOut
from harness.planner import Language


def found(tmp_path, script):
    return Endpoints(tmp_path, [Endpoint("any", ("sh", "-c", script, "endpoint"), {})])


def describing(**about):
    return f"echo '{json.dumps(about)}'"


def test_an_endpoint_says_what_it_can(tmp_path):
    endpoints = found(tmp_path, describing(version="3", transports=["pipe", "zerobuffer"], inherited=["pipe"],
                                           polling=["pipe"]))
    pipe = frozenset({"pipe"})
    assert endpoints.languages == [Language("any", ("pipe", "zerobuffer"), pipe, pipe)]
    assert endpoints.versions == {"endpoint-any": "3"}
    assert endpoints.left_out == []


def test_a_program_that_was_not_built_is_left_out(tmp_path):
    endpoints = Endpoints(tmp_path, [Endpoint("csharp", ("/nonexistent/endpoint",), {})])
    assert endpoints.left_out == [LeftOut("csharp", "/nonexistent/endpoint was not built")]
    assert endpoints.languages == []


@pytest.mark.parametrize("script, reason", [
    ("echo no runtime here >&2; exit 1", "no runtime here"),
    ("echo hello", "--describe failed"),
    (describing(transports=["pipe"]), "its binding of the library was not built"),
])
def test_one_that_cannot_take_part_is_left_out_with_the_reason(tmp_path, script, reason):
    endpoints = found(tmp_path, script)
    assert endpoints.languages == []
    assert reason in endpoints.left_out[0].reason
