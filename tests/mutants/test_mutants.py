# SPDX-License-Identifier: MIT
"""The list of mutants keeps up with the engine."""
import pytest
from mutants import ENGINE, HERE, all_mutants

MUTANTS = all_mutants()
ROOT = HERE.parents[1]


def test_names_are_unique():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 30


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_changes_the_engine_in_one_place(mutant):
    whole = (ROOT / ENGINE / mutant.file).read_text()
    assert mutant.applied_to(whole) != whole


@pytest.mark.parametrize("suite", sorted({suite for mutant in MUTANTS for suite in mutant.suites}))
def test_expects_failures_in_suites_that_exist(suite):
    lists = [path.read_text() for path in (ROOT / "tests").glob("*/CMakeLists.txt")]
    assert any(f"({suite} " in text or f"({suite}\n" in text for text in lists)
