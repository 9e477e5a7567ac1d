# SPDX-License-Identifier: MIT
"""What moved between two runs, and what is only noise."""
import pytest
from harness.compare import compare, text
from results import a_run

STEADY = (390.0, 400.0, 410.0)


def moved(before, after):
    return [change.case for change in compare(before, after).moved]


def test_the_same_run_has_not_moved():
    assert moved(a_run({"a": STEADY}), a_run({"a": STEADY})) == []


def test_a_change_beyond_the_noise_has_moved():
    comparison = compare(a_run({"a": STEADY, "b": STEADY}), a_run({"a": STEADY, "b": (490.0, 500.0, 510.0)}))
    (change,) = comparison.moved
    assert change.case == "b"
    assert change.share == pytest.approx(0.25)


def test_becoming_faster_has_moved_too():
    assert moved(a_run({"a": STEADY}), a_run({"a": (195.0, 200.0, 205.0)})) == ["a"]


def test_a_change_within_the_noise_has_not_moved():
    noisy = (300.0, 400.0, 560.0)
    assert moved(a_run({"a": noisy}), a_run({"a": (490.0, 500.0, 510.0)})) == []
    assert moved(a_run({"a": (490.0, 500.0, 510.0)}), a_run({"a": noisy})) == []


def test_a_change_of_less_than_five_percent_has_not_moved_however_quiet():
    assert moved(a_run({"a": (400.0, 400.0, 400.0)}), a_run({"a": (416.0, 416.0, 416.0)})) == []


def test_a_slower_machine_is_no_change():
    slower = a_run({"a": tuple(2 * sample for sample in STEADY)}, lines=(600.0, 600.0, 600.0))
    assert moved(a_run({"a": STEADY}), slower) == []


def test_a_faster_case_on_a_slower_machine_shows():
    assert moved(a_run({"a": STEADY}), a_run({"a": STEADY}, lines=(600.0, 600.0, 600.0))) == ["a"]


def test_repetitions_are_paired_with_the_yardstick_of_their_own():
    # The machine was half as fast in the second repetition, for both: no noise at all.
    paired = a_run({"a": (400.0, 800.0, 400.0)}, lines=(300.0, 600.0, 300.0))
    comparison = compare(paired, a_run({"a": (500.0, 500.0, 500.0)}))
    assert [change.case for change in comparison.moved] == ["a"]
    assert comparison.changes[0].before.noise == pytest.approx(0.0)


def test_a_disturbed_yardstick_is_not_the_noise_of_a_steady_case():
    disturbed = a_run({"a": STEADY}, lines=(300.0, 600.0, 300.0))
    comparison = compare(disturbed, a_run({"a": (500.0, 500.0, 500.0)}))
    assert [change.case for change in comparison.moved] == ["a"]


def test_of_nine_repetitions_an_outlier_is_no_noise():
    steady = (395.0, 398.0, 399.0, 400.0, 400.0, 401.0, 402.0, 405.0)
    limits = (300.0,) * 9
    with_outlier = a_run({"a": (*steady, 900.0)}, limits)
    assert compare(with_outlier, with_outlier).changes[0].before.noise == pytest.approx(0.0087, abs=1e-3)
    few = a_run({"a": (*steady[:4], 900.0)}, limits[:5])
    assert compare(few, few).changes[0].before.noise > 0.5


def test_the_text_says_of_how_many_cases_nothing_can_be_told():
    noisy = (300.0, 400.0, 560.0)
    said = text(compare(a_run({"a": STEADY, "b": noisy}), a_run({"a": STEADY, "b": noisy}))).splitlines()
    assert said[0] == "of 1 cases noise explains more than 25%: these cannot tell"


def test_cases_of_one_run_alone_are_named_and_not_compared():
    comparison = compare(a_run({"a": STEADY, "gone": STEADY}), a_run({"a": STEADY, "new": STEADY}))
    assert (comparison.only_before, comparison.only_after) == (("gone",), ("new",))
    assert [change.case for change in comparison.changes] == ["a"]


def test_a_case_without_a_yardstick_is_not_compared():
    run = [record for record in a_run({"a": STEADY}) if record["kind"] != "limit"]
    assert compare(run, run).changes == ()


def test_a_case_that_failed_is_not_compared():
    assert compare(a_run({"a": STEADY}), a_run({"a": ()})).changes == ()


def test_the_text_names_case_ratios_and_what_noise_explains():
    printed = text(compare(a_run({"a": STEADY, "b": STEADY}), a_run({"a": STEADY, "b": (600.0, 600.0, 600.0)})))
    first, last = printed.splitlines()
    assert first.split() == ["b", "1.33", "x", "->", "2", "x", "+50.0%", "slower,", "noise", "explains", "5%"]
    assert last == "2 cases in both runs, 1 moved beyond the noise of their repetitions"


def test_ratios_of_another_processor_are_said_to_be_of_another_one():
    before, after = a_run({"a": STEADY}), a_run({"a": STEADY})
    assert "another processor" not in text(compare(before, after))
    before[0] = {**before[0], "cpu": "Old Iron"}
    assert "another processor: Old Iron in the baseline, New Iron here" in text(compare(before, after))
