# SPDX-License-Identifier: MIT
"""The harness importable, the endpoints that were built, and runs of them with names of their own."""
import os
import pathlib
import sys

import pytest

SOURCE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["ZEROBUFFER_BUILD_DIR"])
sys.path.insert(0, str(SOURCE / "perf"))

from harness import cases, endpoints, measure  # noqa: E402

DEADLINE = 60.0


def pytest_generate_tests(metafunc):
    """`language`: each that is there; `pair`: each with each."""
    if not {"language", "pair"} & set(metafunc.fixturenames):
        return
    languages = [language.name for language in endpoints.Endpoints(BUILD).languages]
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", languages)
    if "pair" in metafunc.fixturenames:
        metafunc.parametrize("pair", [(one, two) for one in languages for two in languages], ids="-".join)


@pytest.fixture(scope="session")
def built():
    found = endpoints.Endpoints(BUILD)
    assert "cpp" in found.by_language, found.left_out
    return found


@pytest.fixture(autouse=True)
def leaves_nothing_behind():
    mark = f"zb-bench-{os.getpid()}-"
    yield
    assert [name for name in os.listdir("/dev/shm") if mark in name] == []


@pytest.fixture
def run_pair(built):
    """Measures a case that is described by a few words, for real."""
    if len(measure.cpus()) < 2:
        pytest.skip("needs two CPUs")

    def run(pair, shape, size=1024, touch="none", layout="v2", wait="adaptive", rate=None, frames=50, warm_up=10):
        case = cases.Case("zerobuffer", layout, *pair, shape, size, touch, wait, True, rate)
        return measure.measure(case, cases.Effort(warm_up, frames), built)

    return run
