# SPDX-License-Identifier: MIT
"""Rows with a bar each on a logarithmic axis: libraries against each other, and cases against the limit."""
from __future__ import annotations

import dataclasses
from typing import Sequence

from svg import TEXT, Drawing, LogScale, log_scale, text_width
from words import ratio_text, time_text

_ROW = 26.0
_ROW_NARROW = 42.0
NARROW = 500


@dataclasses.dataclass(frozen=True)
class Bar:
    name: str
    value: float
    until: float | None  # where a thin line ends: the 99th percentile
    note: str
    style: str
    title: str = ""


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
    notes = max(text_width(bar.note) for bar in bars) + 8
    left = max(text_width(bar.name) for bar in bars) + 12 if wide else 4.0
    # Text stands on the bar's right. On a narrow screen it stands above the bar, at the right edge.
    right = width - (notes + 6 if wide else 8)
    values = [bar.until or bar.value for bar in bars] + [bar.value for bar in bars]
    if times:
        scale = log_scale([min(values) * 0.75, *values], left, right)
    else:
        # From a fixed place below the limit, so that the limit is a line and not the edge.
        scale = LogScale(min(0.5, min(values) * 0.9), max(2.0, max(values) * 1.05), left, right)
    if times:
        drawing.time_axis_below(scale, top, bottom)
    else:
        _ratio_axis(drawing, scale, top, bottom)
    for number, bar in enumerate(bars):
        _row(drawing, bar, scale, top + number * row, wide, width)
    return str(drawing)


def _row(drawing: Drawing, bar: Bar, scale: LogScale, top: float, wide: bool, width: float) -> None:
    y = top + (4 if wide else 22)
    x = scale(bar.value)
    drawing.rect(scale.begin, y, x - scale.begin, 17 if wide else 14, f"bar {bar.style}", bar.title, round=2)
    middle = y + (8.5 if wide else 7)
    if bar.until is not None and bar.until > bar.value:
        end = scale(bar.until)
        drawing.line(x, middle, end, middle, "whisker")
        drawing.line(end, middle - 4, end, middle + 4, "whisker")
    if wide:
        drawing.text(scale.begin - 10, y + 13, bar.name, f"{bar.style}-name ink", "end")
        drawing.text(scale.end + 10, y + 13, bar.note, "ink")
    else:
        drawing.text(4, top + 16, bar.name, f"{bar.style}-name ink", size=TEXT)
        drawing.text(width - 4, top + 16, bar.note, "ink", "end")


def _ratio_axis(drawing: Drawing, scale: LogScale, top: float, bottom: float) -> None:
    marks = [mark for mark in (0.5, 1, 1.5, 2, 3, 5, 10, 20, 50, 100, 1000, 10000) if scale.least <= mark <= scale.largest]
    taken = -100.0
    for mark in marks:
        x = scale(mark)
        drawing.line(x, top, x, bottom, "limit" if mark == 1 else "grid")
        if x - taken > 40 or mark == 1:
            drawing.text(x, bottom + 17, f"{mark:g} x", "ink" if mark == 1 else "soft", "middle", 12)
            taken = x
    drawing.text(scale(1), bottom + 34, "the limit", "ink", "middle", 12)


def time_note(value: float, base: float | None) -> str:
    """The time, and how it stands to the best of all."""
    return time_text(value) if base is None else f"{time_text(value)}   {ratio_text(value / base)}"
