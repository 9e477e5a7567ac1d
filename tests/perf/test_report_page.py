# SPDX-License-Identifier: MIT
"""The report in a real browser: it renders at the width of a desk and of a phone, and nothing is cut off or lies on
top of something else. The figures are made up."""
import os
import re
import subprocess
import sys

import pytest

import browser
import made_up_results

REPORT = os.environ["ZEROBUFFER_SOURCE_DIR"] + "/perf"
WIDTHS = (1280, 390)

pytestmark = pytest.mark.skipif(browser.CHROMIUM is None, reason="chromium is not installed")


def report_of(folder, objects, *options):
    file = made_up_results.write(folder / "results.jsonl", objects)
    command = [sys.executable, "-B", "-m", "report", str(file), "--out", str(folder / "out"), *options]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": REPORT}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder / "out" / "report.html"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return report_of(tmp_path_factory.mktemp("report"), made_up_results.lines())


@pytest.fixture(scope="module", params=WIDTHS)
def layout(request, page):
    return browser.layout(page, request.param)


def test_has_no_horizontal_overflow(layout):
    assert layout["scrollWidth"] <= layout["width"]


def test_logs_nothing_on_the_console(layout):
    assert layout["console"] == []


def test_cuts_no_label_off(layout):
    assert layout["clipped"] == []


def test_lays_no_label_over_another(layout):
    assert layout["overlapping"] == []


def test_has_labels_large_enough_to_read(layout):
    assert layout["smallest"] >= 10


def test_draws_every_kind_of_picture(layout):
    assert layout["pictures"] >= 20


def test_lists_every_case(layout):
    wanted = {line["case"] for line in made_up_results.lines() if line["kind"] == "case"}
    assert set(layout["cases"]) == wanted


def test_gives_the_reason_of_a_case_without_a_figure(layout):
    assert "left out: frames of this queue have at most 8,192 bytes" in layout["text"]


def test_follows_the_dark_scheme(page):
    light, dark = (browser.layout(page, 1280, dark=dark)["background"] for dark in (False, True))
    assert light != dark


def test_needs_neither_network_nor_script(page):
    text = page.read_text()
    assert "<script" not in text
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"|@import|url\(', text) == []


ONE_LANGUAGE = [
    line
    for line in made_up_results.lines()
    if line["kind"] != "case"
    or (line["writer"], line["reader"], line["library"]) == ("python", "python", "zerobuffer")
]
FAILED = [
    {**line, "p": None, "histogram": [], "samples": [], "per_frame_ns": None, "error": "the peer died"}
    if line["kind"] == "case"
    else line
    for line in made_up_results.lines()
][:80]
NULLS = [
    {
        key: value
        if key in ("kind", "run", "case", "library", "writer", "reader", "shape", "size", "touch", "p")
        else None
        for key, value in line.items()
    }
    if line["kind"] == "case"
    else line
    for line in made_up_results.lines()
]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "objects",
    [ONE_LANGUAGE, FAILED, NULLS, [made_up_results.machine()]],
    ids=["one language", "failed", "nulls", "no cases"],
)
def test_is_whole_with_parts_missing(tmp_path, objects, width):
    found = browser.layout(report_of(tmp_path, objects), width)
    assert (found["console"], found["clipped"], found["overlapping"]) == ([], [], [])
    assert found["scrollWidth"] <= found["width"]
    assert set(found["cases"]) == {line["case"] for line in objects if line["kind"] == "case"}


def test_makes_png_of_every_picture(tmp_path):
    few = [
        line
        for line in made_up_results.lines()
        if line["kind"] != "case" or (line["size"] == 64 and line["shape"] == "rtt" and line["touch"] == "every")
    ]
    folder = report_of(tmp_path, few, "--png").parent
    pictures = {path.stem for path in folder.glob("*.svg")}
    assert pictures and pictures == {path.stem for path in folder.glob("*.png")}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in folder.glob("*.png"))
