# SPDX-License-Identifier: MIT
"""How busy others are, from what /proc/stat says."""
import pytest
from harness.load import disturbed, parse_stat

STAT = """\
cpu  100 0 50 700 20 0 5 0 0 0
cpu0 50 0 25 350 10 0 5 0 0 0
cpu1 50 0 25 350 10 0 0 0 0 0
intr 12345 0 0
"""


def test_idle_is_idle_and_waiting_for_disks():
    assert parse_stat(STAT, 100) == (pytest.approx(7.2), 2)


def test_the_unit_is_the_kernels():
    assert parse_stat(STAT, 1000)[0] == pytest.approx(0.72)


@pytest.mark.parametrize("others, measured, expected", [
    (0.06, 1.0, False), (0.08, 1.0, True), (0.012, 0.05, False), (0.02, 0.05, True)])
def test_what_others_used_counts_against_the_measured_part(others, measured, expected):
    assert disturbed(others, measured) == expected
