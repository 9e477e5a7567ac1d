# SPDX-License-Identifier: MIT
"""What is told of several repetitions: percentiles with samples enough, least and largest of all."""
from harness.summary import percentiles


def repetition(*steps):
    return {"steps": [list(step) for step in steps], "least": steps[0][0], "largest": steps[-1][0]}


def test_percentiles_are_medians_over_the_repetitions():
    found = percentiles([repetition((value, 900), (value + 9, 100)) for value in (10.0, 20.0, 70.0)])
    assert found == {"min": 10.0, "p50": 20.0, "p90": 20.0, "p99": 29.0, "p99.9": 29.0, "max": 79.0}


def test_a_stall_in_one_repetition_stays_the_largest():
    calm, stalled = repetition((10.0, 100)), repetition((10.0, 99), (5000.0, 1))
    assert percentiles([calm, calm, stalled])["max"] == 5000.0


def test_what_one_repetition_cannot_tell_is_told_by_all_together():
    found = percentiles([repetition((10.0, 59), (90.0, 1))] * 3)
    assert found["p99"] == 90.0
    assert found.keys() == {"min", "p50", "p90", "p99", "max"}


def test_too_few_samples_have_no_tail():
    assert percentiles([repetition((10.0, 60))]).keys() == {"min", "p50", "p90", "max"}
