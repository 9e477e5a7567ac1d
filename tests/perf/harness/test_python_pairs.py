# SPDX-License-Identifier: MIT
"""The Python endpoint over a transport that copies and is inherited: a multiprocessing.Pipe, for real."""
import dataclasses
import multiprocessing
import os
import sys

import pytest
from conftest import SOURCE

sys.path.insert(0, str(SOURCE / "perf/endpoints/python"))

import endpoint  # noqa: E402
import transports  # noqa: E402
from setup import Setup  # noqa: E402

SETUP = Setup("pair-rtt", "pipe", "a", 4096, "v2", 64, 65536, "every", "block", 50, 5, None, None, None)


class Pipe(transports.Copying):
    inherited = True

    def __init__(self, setup):
        super().__init__(setup)
        self.ends = multiprocessing.Pipe()

    def connect(self, role):
        own, other = self.ends if role in ("ping", "sink") else reversed(self.ends)
        # Or nobody would notice when the other process dies.
        other.close()
        self.send, self.receive = own.send_bytes, own.recv_bytes


class Faulty(Pipe):
    """Its other end fails, in a way of its own or by dying."""

    def __init__(self, setup, fault):
        super().__init__(setup)
        self.fault = fault

    def connect(self, role):
        super().connect(role)
        if role in ("echo", "source"):
            self.fault()


def run(**changes):
    setup = dataclasses.replace(SETUP, **changes)
    return endpoint.run_both(setup, Pipe(setup))


@pytest.mark.parametrize("touch", ["none", "header", "every", "copy"])
def test_round_trips_report_both_sides(touch):
    result = run(touch=touch)
    assert result["role"] == "pair-rtt"
    assert [(side["role"], side["frames"]) for side in result["sides"]] == [("ping", 50), ("echo", 50)]
    assert sum(count for _, count in result["sides"][0]["histogram"]["steps"]) == 50


@pytest.mark.parametrize("touch", ["none", "every"])
def test_streams_report_both_sides(touch):
    result = run(role="pair-stream", touch=touch)
    assert [(side["role"], side["frames"]) for side in result["sides"]] == [("sink", 50), ("source", 50)]


def test_paced_frames_have_both_histograms():
    sink = run(role="pair-stream", rate=2000.0)["sides"][0]
    assert sink["corrected"]["least"] >= sink["histogram"]["least"]


def no_room():
    raise RuntimeError("no room")


def test_the_other_ends_failure_is_told():
    with pytest.raises(RuntimeError, match="the other end: no room"):
        endpoint.run_both(SETUP, Faulty(SETUP, no_room))


def test_the_other_ends_death_is_noticed():
    with pytest.raises((EOFError, OSError)):
        endpoint.run_both(SETUP, Faulty(SETUP, lambda: os._exit(1)))


def test_the_histogram_keeps_small_values_and_counts_all():
    found = endpoint.result.histogram([1, 1, 511, 70_001, 70_002, 1_000_000])
    assert found["steps"][:2] == [[1.0, 2], [511.0, 1]]
    assert sum(count for _, count in found["steps"]) == 6
    assert (found["least"], found["largest"]) == (1, 1_000_000)
    for (middle, _), value in zip(found["steps"], (1, 511, 70_001, 1_000_000)):
        assert middle == pytest.approx(value, rel=0.004)
