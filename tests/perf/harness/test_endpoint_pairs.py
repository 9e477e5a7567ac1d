# SPDX-License-Identifier: MIT
"""Every language with every other, for real: complete results, and figures that agree with each other."""
import pytest

FIELDS = {"event", "role", "frames", "elapsed_ns", "cpu_ns", "voluntary_switches", "involuntary_switches",
          "minor_faults", "major_faults", "allocations", "allocated_bytes", "late_wakeups", "pid"}


def check_histogram(found, frames):
    values = [value for value, _ in found["steps"]]
    assert values == sorted(set(values))
    assert sum(count for _, count in found["steps"]) == frames
    assert found["unit"] == "ns"
    # Values are the middles of steps of 0.4 %.
    assert found["least"] <= values[0] * 1.01 and values[-1] <= found["largest"] * 1.01


def check_side(side, role, frames):
    assert FIELDS <= side.keys()
    assert (side["event"], side["role"], side["frames"]) == ("result", role, frames)
    assert side["elapsed_ns"] > 0 and side["cpu_ns"] >= 0
    # Nobody counts malloc here; a language that counts its own heap has found nothing.
    assert side["allocations"] in (None, 0)


WAYS = [("v2", "none"), ("v2", "every"), ("v2", "copy"), ("v1", "every")]


@pytest.mark.parametrize("layout, touch", WAYS)
def test_round_trips(run_pair, pair, layout, touch):
    sides = run_pair(pair, "rtt", size=1024, touch=touch, layout=layout, frames=50)
    check_side(sides["writer"], "ping", 50)
    check_side(sides["reader"], "echo", 50)
    check_histogram(sides["writer"]["histogram"], 50)
    assert sides["reader"].get("histogram") is None


def test_round_trips_asleep(run_pair, pair):
    sides = run_pair(pair, "rtt", size=16, touch="every", wait="block", frames=50)
    check_side(sides["writer"], "ping", 50)
    check_histogram(sides["writer"]["histogram"], 50)


@pytest.mark.parametrize("layout", ["v2", "v1"])
def test_streams(run_pair, pair, layout):
    sides = run_pair(pair, "stream", size=65_536, touch="copy", layout=layout, frames=300)
    check_side(sides["writer"], "source", 300)
    check_side(sides["reader"], "sink", 300)


def test_paced_frames(run_pair, pair):
    sides = run_pair(pair, "paced", size=65_536, touch="header", rate=500, frames=30, warm_up=5)
    sink = sides["reader"]
    check_side(sink, "sink", 30)
    check_histogram(sink["histogram"], 30)
    check_histogram(sink["corrected"], 30)
    assert sink["late_wakeups"] >= 0
    # No frame was sent before it was due.
    for end in ("least", "largest"):
        assert sink["corrected"][end] >= sink["histogram"][end]
