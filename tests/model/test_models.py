# SPDX-License-Identifier: MIT
"""Every model is free of errors in all of its states, none of its statements is idle, and it rejects every mutant."""

from __future__ import annotations

import pytest

from cases import MUTANTS, TRUE, Case
from model import Search


@pytest.mark.parametrize("case", TRUE, ids=str)
def test_holds_in_every_state(case: Case, found: Search) -> None:
    assert found.errors == 0, found.violation
    assert found.complete, found.report
    assert found.states >= case.least_states
    assert found.unreached == []


@pytest.mark.parametrize("case", MUTANTS, ids=str)
def test_rejects_mutant(case: Case, found: Search) -> None:
    assert found.errors >= 1, found.report


def test_mutants_are_many() -> None:
    assert len(MUTANTS) >= 60
