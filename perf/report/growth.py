# SPDX-License-Identifier: MIT
"""Latency over the size of the frame, one line per library: flat where nothing is moved, steep where it is copied."""
from __future__ import annotations

from typing import Sequence

from .curves import NARROW, Series, legend_below, names_at_ends
from .svg import Drawing, LogScale, log_scale, text_width
from .words import short_size, size_text, time_text

Growth = tuple[Series, Sequence[tuple[int, float]]]  # sizes and nanoseconds, ascending


def draw(lines: Sequence[Growth], width: float, title: str) -> str:
    if not lines:
        return ""
    wide = width > NARROW
    drawing = Drawing(width, 420 if wide else 306 + 20 * len(lines), title)
    names = max(text_width(one.name) for one, _ in lines)
    left, right = 62.0, width - (names + 30 if wide else 16)
    bottom = 372.0 if wide else 252.0
    times = log_scale([time for _, points in lines for _, time in points], bottom, 10)
    sizes = sorted({size for _, points in lines for size, _ in points})
    places = LogScale(sizes[0], max(sizes[-1], sizes[0] * 2), left, right)
    _axes(drawing, times, places, sizes, bottom)
    for one, points in reversed(lines):
        marks = [(places(size), times(time)) for size, time in points]
        drawing.path(marks, f"curve {one.style}", one.name)
        for (x, y), (size, time) in zip(marks, points):
            drawing.circle(x, y, 3, f"dot {one.style.split()[0]}", f"{one.name}, {size_text(size)}: {time_text(time)}")
    if wide:
        ends = [(places(points[-1][0]), times(points[-1][1])) for _, points in lines]
        names_at_ends(drawing, [(one.name, one.style) for one, _ in lines], ends, right, bottom)
    else:
        legend_below(drawing, [(one.name, one.style) for one, _ in lines], 322)
    return str(drawing)


def _axes(drawing: Drawing, times: LogScale, places: LogScale, sizes: Sequence[int], bottom: float) -> None:
    for tick in times.ticks(9):
        drawing.line(places.begin, times(tick), places.end, times(tick), "grid")
        drawing.text(places.begin - 8, times(tick) + 4, time_text(tick), "soft", "end", 12)
    taken = -100.0
    for size in sizes:
        x, name = places(size), short_size(size)
        drawing.line(x, 10, x, bottom, "grid")
        half = text_width(name, 12) / 2
        if x - half > taken:
            drawing.text(min(x, drawing.width - half), bottom + 18, name, "soft", "middle", 12)
            taken = x + half + 4
    drawing.text((places.begin + places.end) / 2, bottom + 40, "size of the frame", "soft", "middle", 12)
