# SPDX-License-Identifier: MIT
"""C# makes no object for a frame, on either end, also when it has to wait."""
import pytest


@pytest.fixture
def csharp(built):
    if "csharp" not in built.by_language:
        pytest.skip(next(f"C#: {left.reason}" for left in built.left_out if left.language == "csharp"))
    return "csharp", "csharp"


def nothing_allocated(sides):
    assert {role: (side["allocations"], side["allocated_bytes"]) for role, side in sides.items()} == {
        "writer": (0, 0), "reader": (0, 0)}


@pytest.mark.parametrize("touch", ["none", "header", "every", "copy"])
@pytest.mark.parametrize("layout", ["v1", "v2"])
def test_round_trip(run_pair, csharp, layout, touch):
    nothing_allocated(run_pair(csharp, "rtt", size=4096, layout=layout, touch=touch))


@pytest.mark.parametrize("touch", ["none", "copy"])
def test_stream(run_pair, csharp, touch):
    nothing_allocated(run_pair(csharp, "stream", size=64, touch=touch, frames=200_000, warm_up=100))


def test_paced(run_pair, csharp):
    nothing_allocated(run_pair(csharp, "paced", touch="header", rate=500))
