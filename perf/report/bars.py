# SPDX-License-Identifier: MIT
"""Rows with a bar each on a logarithmic axis: libraries against each other, and cases against the limit."""
from __future__ import annotations

import dataclasses
from typing import Sequence

from .svg import TEXT, Drawing, LogScale, log_scale, text_width

_ROW = 26.0
_ROW_NARROW = 42.0
NARROW = 500


@dataclasses.dataclass(frozen=True)
class Bar:
    name: str
    value: float
    until: float | None  # where a thin line ends: the 99th percentile
    note: str
    beside: str  # a second note
    style: str
    title: str = ""
    strong: bool = False  # the name


def draw_times(bars: Sequence[Bar], width: float, title: str) -> str:
    """Times in nanoseconds; each bar ends at the median, its line at the 99th percentile."""
    return _draw(bars, width, title, times=True)


def draw_ratios(bars: Sequence[Bar], width: float, title: str) -> str:
    """Ratios; the line at 1 is the limit."""
    return _draw(bars, width, title, times=False)


def _draw(bars: Sequence[Bar], width: float, title: str, times: bool) -> str:
    if not bars:
        return ""
    wide = width > NARROW
    row = _ROW if wide else _ROW_NARROW
    top, bottom = 6.0, 6.0 + row * len(bars)
    drawing = Drawing(width, bottom + (26 if times else 44), title)
    beside = max(text_width(bar.beside) for bar in bars)
    notes = max(text_width(bar.note) for bar in bars) + beside + 24
    left = max(text_width(bar.name, heavy=bar.strong) for bar in bars) + 12 if wide else 4.0
    # Text stands on the bar's right. On a narrow screen it stands above the bar, at the right edge.
    right = width - (notes + 6 if wide else 8)
    values = [bar.until or bar.value for bar in bars] + [bar.value for bar in bars]
    if times:
        scale = log_scale([min(values) * 0.75, *values], left, right)
    else:
        # From a fixed place below the limit, so that the limit is a line and not the edge.
        scale = LogScale(min(0.8, min(values) * 0.9), max(2.0, max(values) * 1.05), left, right)
    if times:
        drawing.time_axis_below(scale, top, bottom)
    else:
        _ratio_axis(drawing, scale, top, bottom)
    for number, bar in enumerate(bars):
        first = scale.begin if times else scale(1.0)
        _row(drawing, bar, scale, first, top + number * row, (wide, beside))
    return str(drawing)


def _row(drawing: Drawing, bar: Bar, scale: LogScale, first: float, top: float, form: tuple[bool, float]) -> None:
    wide, beside = form
    weight = "strong" if bar.strong else ""
    y = top + (4 if wide else 22)
    x = scale(bar.value)
    drawing.rect(min(first, x), y, max(abs(x - first), 1.5), 17 if wide else 14, f"bar {bar.style}", bar.title, round=2)
    middle = y + (8.5 if wide else 7)
    if bar.until is not None and bar.until > bar.value:
        end = scale(bar.until)
        drawing.line(x, middle, end, middle, "whisker")
        drawing.line(end, middle - 4, end, middle + 4, "whisker")
    if wide:
        drawing.text(scale.begin - 10, y + 13, bar.name, f"{weight} ink", "end")
    else:
        room = drawing.width - beside - 12 - (text_width(bar.note) + 24 if bar.note else 12)
        size = TEXT * min(1.0, room / text_width(bar.name, heavy=bar.strong))
        drawing.text(4, top + 16, bar.name, f"{weight} ink halo", size=round(size, 1))
    baseline = y + 13 if wide else top + 16
    drawing.text(drawing.width - 4, baseline, bar.beside, "soft halo" if bar.note else "ink halo", "end")
    if bar.note:
        drawing.text(drawing.width - beside - 18, baseline, bar.note, "ink halo", "end")


def _ratio_axis(drawing: Drawing, scale: LogScale, top: float, bottom: float) -> None:
    marks = [
        mark
        for mark in (0.5, 0.8, 1, 1.2, 1.5, 2, 3, 5, 10, 20, 50, 100, 1000, 10000)
        if scale.least <= mark <= scale.largest
    ]
    taken = -100.0
    for mark in marks:
        x = scale(mark)
        drawing.line(x, top, x, bottom, "limit" if mark == 1 else "grid")
        if x - taken > 40 or mark == 1:
            drawing.text(max(x, 18), bottom + 17, f"{mark:g} x", "ink" if mark == 1 else "soft", "middle", 12)
            taken = x
    drawing.text(scale(1), bottom + 34, "the limit", "ink", "middle", 12)
