# SPDX-License-Identifier: MIT
"""Histograms of several repetitions as one, and the text that HdrHistogram's tools read."""
import re

import pytest
from harness.histogram import merge, percentile_text, quantile, total


def test_merging_loses_no_sample():
    merged = merge([[[100.0, 3], [5000.7, 2]], [[100.0, 1], [1e9, 1]]])
    assert total(merged) == 7
    assert merged[0] == [100.0, 4]


def test_merged_steps_ascend():
    merged = merge([[[9000.0, 1], [123456.0, 1]], [[1.5, 2], [10000.0, 3]]])
    assert [step[0] for step in merged] == sorted(step[0] for step in merged)


def test_merging_moves_a_value_by_less_than_half_a_percent():
    for value in (0.5, 511.0, 513.0, 70_001.3, 3.3e9):
        ((middle, _),) = merge([[[value, 1]]])
        assert middle == pytest.approx(value, rel=0.004)


def test_values_of_one_step_become_one():
    assert len(merge([[[70_000.0, 1]], [[70_001.0, 1]]])) == 1


def test_a_quantile_is_the_least_value_that_covers_the_share():
    steps = [[1.0, 50], [2.0, 49], [3.0, 1]]
    assert [quantile(steps, share) for share in (0.5, 0.51, 0.99, 0.999, 1.0)] == [1.0, 2.0, 2.0, 3.0, 3.0]


def test_nothing_has_no_quantile():
    with pytest.raises(ValueError, match="no quantiles"):
        quantile([], 0.5)


STEPS = [[1000.0 * value, 10] for value in range(1, 101)]


def rows(text):
    return [line.split() for line in text.splitlines()[2:] if not line.startswith("#")]


def test_percentiles_have_the_columns_of_hdr_histogram():
    lines = percentile_text(STEPS).splitlines()
    assert lines[0].split() == ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"]
    assert lines[1] == ""
    for line in lines[2:-4]:
        assert re.fullmatch(r" *\d+\.\d{3} \d\.\d{12} +\d+ +\d+\.\d\d", line), line


def test_percentiles_end_with_all_samples_and_no_fourth_column():
    assert rows(percentile_text(STEPS))[-1] == ["100.000", "1.000000000000", "1000"]


def test_percentiles_are_of_the_samples():
    by_level = {float(level): (float(value), int(count)) for value, level, count, *_ in rows(percentile_text(STEPS))}
    assert by_level[0.0] == (1.0, 10)
    assert by_level[0.5] == (50.0, 500)
    assert by_level[0.75] == (75.0, 750)


def test_percentiles_come_closer_towards_the_end():
    levels = [float(row[1]) for row in rows(percentile_text(STEPS))]
    assert levels == sorted(levels)
    # Five per half of what is left.
    assert levels[:7] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55])


def test_the_footer_has_mean_deviation_and_count():
    footer = [line for line in percentile_text(STEPS).splitlines() if line.startswith("#")]
    mean, deviation = map(float, re.fullmatch(r"#\[Mean    = +(\S+), StdDeviation   = +(\S+)\]", footer[0]).groups())
    assert (mean, deviation) == pytest.approx((50.5, 28.866), abs=0.001)
    assert re.fullmatch(r"#\[Max     = +100\.000, Total count    = +1000\]", footer[1])
    assert re.fullmatch(r"#\[Buckets = +\d+, SubBuckets     = +\d+\]", footer[2])
