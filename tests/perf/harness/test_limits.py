# SPDX-License-Identifier: MIT
"""Which yardstick a case is set against."""
import dataclasses
import re

import pytest
from harness.cases import Case
from harness.limits import name_in_results, needed, summary, yardstick

MEDIANS = {"lines/2": 300.0, "futex": 70_000.0, "copy-rtt/64": 350.0, "copy-stream/64": 20.0, "every-rtt/64": 400.0}


def case(shape="rtt", touch="none", wait="spin", rate=None):
    return Case("zerobuffer", "v2", "cpp", "cpp", shape, 64, touch, wait, True, rate)


@pytest.mark.parametrize("measured, expected", [
    (case(), ("lines/2", 300.0)),
    (case(touch="header", wait="adaptive"), ("lines/2", 300.0)),
    (case(wait="block"), ("futex", 70_000.0)),
    (case(touch="copy"), ("copy-rtt/64", 350.0)),
    (case(touch="every"), ("every-rtt/64", 400.0)),
    (case("stream", touch="copy"), ("copy-stream/64", 20.0)),
    (case("paced", "header", "block", 60), ("0.5 futex", 35_000.0)),
])
def test_each_case_has_its_yardstick(measured, expected):
    assert yardstick(measured, MEDIANS) == expected


def test_without_the_measurement_there_is_no_yardstick():
    assert yardstick(case("stream", touch="every"), MEDIANS) is None


def test_a_ring_of_another_size_has_no_yardstick_for_its_bytes():
    small = dataclasses.replace(case(touch="copy"), ring=4096)
    assert yardstick(small, MEDIANS) is None
    assert "copy" not in needed([small])
    assert yardstick(dataclasses.replace(case(), ring=4096), MEDIANS) == ("lines/2", 300.0)


def test_what_is_needed_is_measured_and_no_more():
    pattern = re.compile(needed([case(), case(touch="every")]))
    wanted = ("raw/lines", "raw/line", "raw/futex", "raw/rtt/64/every", "raw/memcpy/64")
    assert all(pattern.search(name) for name in wanted)
    others = ("raw/rtt/64/copy", "raw/stream/64/every", "raw/memcpy/648", "v2/rtt/64/none")
    assert not any(pattern.search(name) for name in others)


def test_names_in_results():
    names = ("raw/lines", "raw/line", "raw/futex", "raw/memcpy/64", "raw/rtt/64/copy", "raw/stream/64/every")
    assert [name_in_results(name) for name in names] == [
        "lines/2", "lines/1", "futex", "memcpy/64", "copy-rtt/64", "every-stream/64"]


def test_the_summary_is_the_median_of_the_repetitions():
    repeats = [{"futex": {"median_ns": median, "least_ns": median / 2, "disturbed": median == 9.0}}
               for median in (9.0, 7.0, 8.0)]
    assert summary(repeats) == [{"name": "futex", "median_ns": 8.0, "least_ns": 3.5, "repeats": 3, "disturbed": 1,
                                 "samples": [9.0, 7.0, 8.0]}]
