# SPDX-License-Identifier: MIT
"""All searches of the chosen cases, as many at a time as there are processors; each case waits for its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from cases import Case
from model import Search, search


@pytest.fixture(scope="session")
def searches(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Case, Future[Search]]]:
    cases = [item.callspec.params["case"] for item in request.session.items if hasattr(item, "callspec")]
    with ThreadPoolExecutor(max_workers=len(os.sched_getaffinity(0))) as pool:
        yield {case: pool.submit(search, case, tmp_path_factory.mktemp(case.model)) for case in cases}


@pytest.fixture
def found(searches: dict[Case, Future[Search]], case: Case) -> Search:
    result = searches[case].result()
    print(f"{case}: {result.states} states, {result.errors} errors {result.violation}")
    return result
