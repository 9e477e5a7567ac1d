# SPDX-License-Identifier: MIT
"""Percentile curves: how long the slowest tenth, hundredth, thousandth of the frames took. The axis is logarithmic
in what is left above the percentile, so that the tail, which is what hurts, gets the room."""
from __future__ import annotations

import dataclasses
import math
from typing import Sequence

from .results import Case
from .svg import Drawing, LogScale, log_scale, spread_apart, text_width
from .words import time_text

_PERCENTILES = (
    (0.0, "0 %"),
    (0.5, "50 %"),
    (0.9, "90 %"),
    (0.99, "99 %"),
    (0.999, "99.9 %"),
    (0.9999, "99.99 %"),
    (0.99999, "99.999 %"),
    (0.999999, "99.9999 %"),
)
_MOST_POINTS = 240
_MARGIN_BOTTOM = 48
NARROW = 500


@dataclasses.dataclass(frozen=True)
class Series:
    name: str
    case: Case
    style: str  # classes: a colour c0..c7, and perhaps a dash d1..d3


def _place(share: float) -> float:
    return -math.log10(max(1.0 - share, 1e-9))


def points_of(case: Case) -> list[tuple[float, float]]:
    """Place on the axis, and nanoseconds. Without a histogram what is known: the percentiles."""
    if not case.histogram:
        known = (("min", 0.0), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999))
        return [(_place(share), case.percentiles[key]) for key, share in known if key in case.percentiles]
    total = sum(count for _, count in case.histogram)
    points: list[tuple[float, float]] = []
    below = 0.0
    for time, count in case.histogram:
        points.append((_place(below / total), time))
        below += count
    # The last sample stands for the last of all: no curve goes further than it has samples.
    points.append((math.log10(total), case.histogram[-1][0]))
    return _thinned(points)


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    step = max(points[-1][0], 1e-9) / _MOST_POINTS
    kept = [points[0]]
    for point in points[1:-1]:
        if point[0] - kept[-1][0] >= step:
            kept.append(point)
    return [*kept, points[-1]]


def height_of(width: float, count: int) -> float:
    return 420 if width > NARROW else 300 + 20 * count


def draw(series: Sequence[Series], width: float, title: str) -> str:
    lines = [(one, points_of(one.case)) for one in series]
    lines = [(one, points) for one, points in lines if len(points) > 1]
    if not lines:
        return ""
    wide = width > NARROW
    height = height_of(width, len(lines))
    drawing = Drawing(width, height, title)
    names = max(text_width(_label(one), 13) for one, _ in lines)
    left, right = 62.0, width - (names + 26 if wide else 10)
    bottom = 420.0 - _MARGIN_BOTTOM if wide else 300.0 - _MARGIN_BOTTOM
    times = [time for _, points in lines for _, time in points]
    scale = log_scale(times, bottom, 10)
    end = max(points[-1][0] for _, points in lines)
    _axes(drawing, scale, left, right, bottom, end)
    for one, points in reversed(lines):
        drawing.path(
            [(left + (right - left) * place / end, scale(time)) for place, time in points],
            f"curve {one.style}",
            f"{one.name}: {_summary(one.case)}",
        )
    if wide:
        ends = [(left + (right - left) * points[-1][0] / end, scale(points[-1][1])) for _, points in lines]
        names_at_ends(drawing, [(_label(one), one.style) for one, _ in lines], ends, right, bottom)
    else:
        legend_below(drawing, [(_label(one), one.style) for one, _ in lines], 316)
    return str(drawing)


def _label(series: Series) -> str:
    return f"{series.name}, {time_text(series.case.median_ns or 0)}"


def _summary(case: Case) -> str:
    return ", ".join(f"{key} {time_text(value)}" for key, value in case.percentiles.items())


def _axes(drawing: Drawing, scale: LogScale, left: float, right: float, bottom: float, end: float) -> None:
    for tick in scale.ticks(9):
        y = scale(tick)
        drawing.line(left, y, right, y, "grid")
        drawing.text(left - 8, y + 4, time_text(tick), "soft", "end", 12)
    taken = -math.inf
    for share, name in _PERCENTILES:
        if _place(share) > end:
            break
        x = left + (right - left) * _place(share) / end
        drawing.line(x, 10, x, bottom, "grid")
        half = text_width(name, 12) / 2
        if x - half > taken and x + half <= drawing.width:
            drawing.text(x, bottom + 18, name, "soft", "middle", 12)
            taken = x + half + 9
    drawing.text(
        (left + right) / 2, bottom + 38, "share of the frames that were at least as fast", "soft", "middle", 12
    )


def names_at_ends(
    drawing: Drawing, names: Sequence[tuple[str, str]], ends: Sequence[tuple[float, float]], right: float, bottom: float
) -> None:
    """Names, each in the colour of its style, at the right of where its line ends, kept apart."""
    places = spread_apart([y for _, y in ends], 19, 14, bottom - 2)
    for (name, style), (x, wanted), y in zip(names, ends, places):
        colour = style.split()[0]
        drawing.path([(x, wanted), (right + 6, y), (right + 14, y)], f"leader {colour}")
        drawing.text(right + 18, y + 4.5, name, f"name {colour}")


def legend_below(drawing: Drawing, names: Sequence[tuple[str, str]], top: float) -> None:
    for row, (name, style) in enumerate(names):
        y = top + 20.0 * row
        drawing.path([(8, y - 4.5), (40, y - 4.5)], f"curve {style}")
        drawing.text(48, y, name, "ink")
