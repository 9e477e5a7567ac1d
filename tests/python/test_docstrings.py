# SPDX-License-Identifier: MIT
"""The examples in docstrings do what they say, and every class and function that people call has one."""
import doctest

import pytest

import zerobuffer

pytest.importorskip("numpy", reason="the examples show arrays")

ACTIONS = {
    zerobuffer.Reader: ["acquire", "acquire_latest", "acquire_many", "batches", "cancel", "stats", "__iter__"],
    zerobuffer.Writer: ["claim", "claim_array", "create", "publish_metadata", "write", "write_array", "write_json",
                        "write_many", "write_object", "write_parts", "write_text"],
    zerobuffer.Frame: ["array", "json", "object", "release", "text"],
    zerobuffer.Claim: ["abort", "array", "commit"],
}
FUNCTIONS = [zerobuffer.clean, zerobuffer.inspect, zerobuffer.json_backend, zerobuffer.list_buffers]
CLASSES = [zerobuffer.Queue, zerobuffer.Reader, zerobuffer.Strings, zerobuffer.Writer]
DOCUMENTED = {thing.__name__: thing for thing in CLASSES + FUNCTIONS} | {
    f"{owner.__name__}.{name}": getattr(owner, name) for owner, names in ACTIONS.items() for name in names
}


def with_examples():
    """Whatever else is public and has examples: none goes unchecked."""
    for public in zerobuffer.__all__:
        thing = getattr(zerobuffer, public)
        members = vars(thing) if isinstance(thing, type) else {}
        for name, member in [(public, thing), *((f"{public}.{name}", member) for name, member in members.items())]:
            if ">>>" in (getattr(member, "__doc__", None) or ""):
                yield name, member


@pytest.mark.parametrize("name", sorted(DOCUMENTED | dict(with_examples())))
def test_examples_run(name):
    thing = (DOCUMENTED | dict(with_examples()))[name]
    example = doctest.DocTestParser().get_doctest(thing.__doc__, {"zerobuffer": zerobuffer}, name, None, None)
    assert example.examples, "has no example"
    assert doctest.DocTestRunner().run(example).failed == 0
