# SPDX-License-Identifier: MIT
"""How many frames a case takes."""
import pytest
from harness.cases import Case, counting_effort, deadline_of, effort_of
from harness.planner import SIZES, Language, Wishes, plan

EVERY = plan((Language("cpp", ("zerobuffer", "pipe")), Language("python", ("zerobuffer",))), Wishes(everything=True))


def test_a_stream_is_much_longer_than_the_ring():
    for case in (case for case in EVERY if case.shape == "stream"):
        effort = effort_of(case, 0.01)
        assert effort.frames >= 4 * case.lap and effort.warm_up >= case.lap


def test_every_ring_holds_at_least_five_frames_and_each_may_take_half_of_it():
    for size in SIZES:
        case = Case("zerobuffer", "v1", "cpp", "cpp", "rtt", size, "none", "spin")
        assert case.lap >= 5 and size <= case.capacity // 2 - 24


@pytest.mark.parametrize("seconds", (0.05, 0.25))
def test_no_deadline_ends_a_case_that_takes_ten_times_as_long_as_meant(seconds):
    for case in EVERY:
        effort = effort_of(case, seconds)
        if case.rate:
            meant = (effort.warm_up + effort.frames) / case.rate
            assert deadline_of(case, effort) > 2 * meant
        else:
            assert deadline_of(case, effort) > 10 * seconds


def test_paced_frames_fill_the_ring_once_before_they_count():
    case = Case("zerobuffer", "v2", "cpp", "cpp", "paced", 3_110_416, "header", "block", True, 240)
    effort = effort_of(case, 0.05)
    assert effort.warm_up > case.lap and effort.frames == 240


def test_small_paced_frames_warm_up_for_a_second():
    case = Case("zerobuffer", "v2", "cpp", "cpp", "paced", 64, "header", "block", True, 240)
    assert case.lap > 1000 and effort_of(case, 0.05).warm_up == 240


def test_counting_takes_few_frames():
    assert all(counting_effort(case).frames <= 200 for case in EVERY)
