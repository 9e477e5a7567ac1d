# SPDX-License-Identifier: MIT
"""What people are shown: figures with their units, the ratio to the limit, the nearest peer, failures, what is left
out."""
import io

import pytest
from harness.table import duration, nearest_peer, show
from results import CASE
from rich.console import Console

SHOWN = {**CASE, "p": {"p50": 400.0, "p99": 900.0}, "per_frame_ns": None, "cpu_share": {"writer": 1.0, "reader": 0.5},
         "repeats": 5, "disturbed": 1, "limit": {"name": "lines/2", "ns": 320.0, "ratio": 1.25}}
OWN = {**SHOWN, "case": "own"}


def peer(library, p50, touch="header", **more):
    return {**SHOWN, "case": library, "library": library, "touch": touch, "p": {"p50": p50, "p99": p50},
            "wait": "block", **more}


def shown(*records, left_out=()):
    text = io.StringIO()
    show(Console(file=text, width=200), records, left_out)
    return text.getvalue()


@pytest.mark.parametrize("nanoseconds, text", [
    (5.04, "5.0 ns"), (412.3, "412 ns"), (9999.0, "9999 ns"), (70_123.0, "70.1 us"), (1_234_567.0, "1.235 ms")])
def test_durations(nanoseconds, text):
    assert duration(nanoseconds) == text


def test_a_row_has_median_tail_ratio_and_disturbance():
    row = next(line for line in shown(OWN).splitlines() if line.strip().startswith("own"))
    for part in ("400 ns", "900 ns", "1.25 x lines/2", "100% 50%", "1 of 5"):
        assert part in row


def test_a_limit_that_others_disturbed_says_so():
    limit = {"kind": "limit", "name": "futex", "median_ns": 9000.0, "repeats": 3}
    assert "futex 9000 ns (disturbed 2 of 3)" in shown({**limit, "disturbed": 2})
    assert "futex 9000 ns\n" in shown({**limit, "disturbed": 0})


def test_beside_a_case_that_sleeps_is_a_peer_that_sleeps():
    others = [peer("iceoryx", 800.0, wait="spin"), peer("pipe", 9000.0)]
    assert nearest_peer({**OWN, "touch": "header"}, others) == ("iceoryx polling", 2.0)
    assert nearest_peer({**OWN, "touch": "header", "wait": "block"}, others) == ("pipe", 22.5)


def test_the_nearest_peer_is_the_fastest_with_the_same_frames():
    others = [peer("pipe", 9000.0), peer("nng", 20_000.0), peer("zeromq", 40.0, size=1024), peer("mq", 50.0, "every")]
    assert nearest_peer({**OWN, "touch": "header"}, [OWN, *others]) == ("pipe", 22.5)


@pytest.mark.parametrize("touch", ["none", "copy"])
def test_a_peer_that_touches_more_of_its_frames_is_not_set_beside(touch):
    others = [peer("pipe", 9000.0), peer("nng", 20_000.0, touch="every")]
    assert nearest_peer({**OWN, "touch": touch}, others) is None


def test_a_peer_that_failed_is_not_near():
    assert nearest_peer({**OWN, "touch": "header"}, [peer("pipe", 9000.0, error="no room")]) is None


def test_a_case_that_failed_says_why():
    assert "failed: ping: [no] room" in shown({**OWN, "error": "ping: [no] room"})


def test_a_case_that_the_machine_does_not_allow_is_told_from_one_that_failed():
    assert "not possible here: ping: no queue" in shown({**OWN, "error": "ping: no queue", "impossible": True})


def test_limits_and_what_is_left_out_are_named():
    limit = {"kind": "limit", "name": "futex", "median_ns": 70_000.0}
    text = shown(limit, OWN, left_out=[("csharp", "[endpoint] was not built")])
    assert "futex 70.0 us" in text
    assert "left out: csharp: [endpoint] was not built" in text
