# SPDX-License-Identifier: MIT
"""What the report makes of files that are cut off, damaged, or not what it expects. It needs no browser."""
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree

import pytest

import made_up_results

PERF = os.environ["ZEROBUFFER_SOURCE_DIR"] + "/perf"
CASE = made_up_results.case("zerobuffer", "v2", "cpp", "cpp", "rtt", 64, "none", "spin", 400.0)


class Report:
    def __init__(self, folder, text, *options):
        file = folder / "results.jsonl"
        if text is not None:
            file.write_text(text)
        command = [sys.executable, "-B", "-m", "report", str(file), "--out", str(folder / "out"), *options]
        self.done = subprocess.run(
            command, env={**os.environ, "PYTHONPATH": PERF}, capture_output=True, text=True, check=False
        )
        self.folder = folder / "out"
        page = self.folder / "report.html"
        self.page = page.read_text() if page.exists() else None


def text_of(*objects):
    return "".join(json.dumps(one) + "\n" for one in objects)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "No such file"),
        ("", "it is empty"),
        ("\n\n", "it is empty"),
        ("not JSON\n", "Line 1 is not JSON"),
        ("[1, 2]\n", "Line 1 is no result"),
        ('{"figure": 1}\n', "Line 1 is no result"),
    ],
)
def test_a_file_without_results_is_refused_with_the_reason(tmp_path, text, reason):
    report = Report(tmp_path, text)
    assert report.done.returncode == 1
    assert reason in report.done.stderr
    assert "Traceback" not in report.done.stderr
    assert report.page is None


def test_a_line_that_was_cut_off_costs_that_line_alone(tmp_path):
    whole = text_of(made_up_results.machine(), CASE)
    report = Report(tmp_path, whole + text_of(CASE)[:100])
    assert report.done.returncode == 0
    assert "Line 3 is not JSON" in report.page
    assert f'data-case="{CASE["case"]}"' in report.page


@pytest.mark.parametrize(
    ("field", "value"),
    [("shape", "circle"), ("size", -1), ("size", "large"), ("writer", None), ("library", 7), ("case", "")],
)
def test_a_damaged_case_is_left_out_and_named(tmp_path, field, value):
    other = {**CASE, "case": "zerobuffer/other"}
    report = Report(tmp_path, text_of(made_up_results.machine(), other, {**CASE, field: value}))
    assert report.done.returncode == 0
    assert "Line 3 (case" in report.page and field in report.page
    assert 'data-case="zerobuffer/other"' in report.page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("p", "fast"),
        ("p", {"p50": "fast"}),
        ("p", {"p50": -4}),
        ("histogram", [[1], ["a", "b"], 7, [0, 0]]),
        ("histogram", {}),
        ("samples", [None, "a"]),
        ("cpu_share", 3),
        ("limit", {"name": 1}),
        ("late_wakeups", "many"),
        ("repeats", float("nan")),
    ],
)
def test_a_damaged_field_counts_as_not_measured(tmp_path, field, value):
    report = Report(tmp_path, text_of(made_up_results.machine(), {**CASE, field: value}))
    assert (report.done.returncode, report.done.stderr) == (0, "")
    assert f'data-case="{CASE["case"]}"' in report.page


def test_the_run_that_begins_last_is_shown(tmp_path):
    first = [made_up_results.machine("first"), {**CASE, "run": "first", "case": "of the first"}]
    second = [made_up_results.machine("second"), {**CASE, "run": "second", "case": "of the second"}]
    report = Report(tmp_path, text_of(*first, *second))
    assert "of the second" in report.page and "of the first" not in report.page
    assert "of the first" in Report(tmp_path, text_of(*first, *second), "--run", "first").page


def test_a_run_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    report = Report(tmp_path, text_of(made_up_results.machine(), CASE), "--run", "other")
    assert report.done.returncode == 1
    assert "has no run other; it has: made-up" in report.done.stderr


def test_a_run_that_was_interrupted_says_so(tmp_path):
    begun = {"kind": "begin", "run": made_up_results.RUN, "plan": {}}
    repeat = {"kind": "repeat", "run": made_up_results.RUN, "case": CASE["case"]}
    report = Report(tmp_path, text_of(made_up_results.machine(), begun, repeat))
    assert report.done.returncode == 0
    assert "The run is not complete" in report.page


def test_text_of_the_file_is_no_markup(tmp_path):
    machine = {**made_up_results.machine(), "cpu": "<script>alert(1)</script>"}
    report = Report(
        tmp_path, text_of(machine, {**CASE, "case": 'a"><b>', "library": "<i>", "p": None, "error": "<u>"})
    )
    assert (
        "<script>" not in report.page and "<b>" not in report.page.partition("data-case")[2].partition("</tr>")[0]
    )
    assert "&lt;u&gt;" in report.page


def test_a_library_that_waits_in_two_ways_takes_part_with_both(tmp_path):
    report = Report(tmp_path, text_of(*made_up_results.lines()))
    picture = (report.folder / "peers-every-64.svg").read_text()
    assert {"iceoryx, spin", "iceoryx, block", "pipe"} <= set(re.findall(r">([^<>]+)<", picture))


def test_pictures_stand_alone_as_well_formed_svg(tmp_path):
    report = Report(tmp_path, text_of(*made_up_results.lines()))
    pictures = sorted(report.folder.glob("*.svg"))
    assert {"ratios", "percentiles", "growth", "matrix-rtt-v2-none", "peers-every-64"} <= {
        path.stem for path in pictures
    }
    for picture in pictures:
        assert xml.etree.ElementTree.parse(picture).getroot().tag == "{http://www.w3.org/2000/svg}svg"
