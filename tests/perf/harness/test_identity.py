# SPDX-License-Identifier: MIT
"""Which runs may be carried on."""
import pytest
from harness.cases import Case
from harness.identity import fingerprint, plan_record

CASE = Case("zerobuffer", "v2", "cpp", "cpp", "rtt", 64, "none", "spin")


@pytest.fixture
def built(tmp_path):
    """A program, and a folder of a package."""
    program, package = tmp_path / "program", tmp_path / "package"
    program.write_bytes(b"one")
    (package / "inner").mkdir(parents=True)
    (package / "inner" / "module.py").write_text("a = 1")
    return program, package


def test_what_was_built_again_without_a_change_is_the_same(built):
    before = fingerprint(built)
    built[0].write_bytes(b"one")
    (built[1] / "module.cpython-311.pyc").write_bytes(b"a cache")
    assert fingerprint(built) == before


@pytest.mark.parametrize("change", [
    lambda program, package: program.write_bytes(b"two"),
    lambda program, package: program.unlink(),
    lambda program, package: (package / "inner" / "module.py").write_text("a = 2"),
    lambda program, package: (package / "more.py").write_text(""),
], ids=["another program", "none", "another module", "one more"])
def test_a_change_of_what_was_built_makes_another_plan(built, change):
    before = plan_record([CASE], 1.0, "abc", built)
    change(*built)
    assert plan_record([CASE], 1.0, "abc", built) != before


def test_a_plan_is_the_same_as_long_as_nothing_changes(built):
    assert plan_record([CASE], 1.0, "abc", built) == plan_record([CASE], 1.0, "abc", built)
