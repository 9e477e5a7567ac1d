# SPDX-License-Identifier: MIT
"""The matrix: who speaks to whom, at which size. Cells carry the figure; the colour is its logarithm, so that equal
steps of colour are equal factors."""
from __future__ import annotations

import math
from typing import Mapping, Sequence

from .svg import Drawing
from .words import language, short_size, size_text, time_text

Cell = tuple[str, str, int]
NARROW = 500
_RAMP_STEPS = 8


def unit_of(largest: float) -> str:
    return "nanoseconds" if largest < 10_000 else "microseconds"


def _figure(nanoseconds: float, unit: str) -> str:
    if unit == "nanoseconds":
        return f"{nanoseconds:,.0f}" if nanoseconds >= 99.5 else f"{nanoseconds:.3g}"
    value = nanoseconds / 1000
    return f"{value:,.0f}" if value >= 99.5 else f"{value:.1f}" if value >= 9.95 else f"{value:.2f}"


def draw(
    cells: Mapping[Cell, float], pairs: Sequence[tuple[str, str]], sizes: Sequence[int], width: float, title: str
) -> str:
    """Nanoseconds by writer, reader and size; a missing one stays empty."""
    if not cells:
        return ""
    wide = width > NARROW
    left, top, row = (150.0, 34.0, 34.0) if wide else (64.0, 40.0, 38.0)
    column = (width - left) / len(sizes)
    drawing = Drawing(width, top + row * len(pairs) + 44, title)
    for index, size in enumerate(sizes):
        _head(drawing, left + (index + 0.5) * column, size, column)
    least, largest = math.log(min(cells.values())), math.log(max(cells.values()))
    unit = unit_of(max(cells.values()))
    for line, (writer, reader) in enumerate(pairs):
        y = top + line * row
        if wide:
            drawing.text(left - 14, y + row / 2 + 5, f"{language(writer)} \u2192 {language(reader)}", "ink", "end")
        else:
            drawing.text(left - 6, y + 16, language(writer), "ink", "end", 12)
            drawing.text(left - 6, y + 31, f"\u2192 {language(reader)}", "ink", "end", 12)
        for index, size in enumerate(sizes):
            x = left + index * column
            value = cells.get((writer, reader, size))
            if value is None:
                drawing.rect(x + 1, y + 1, column - 2, row - 2, "cell empty", "not measured", round=3)
                drawing.text(x + column / 2, y + row / 2 + 4, "\u2013", "soft", "middle", 12)
                continue
            share = (math.log(value) - least) / (largest - least) if largest > least else 0.0
            step = min(int(share * _RAMP_STEPS), _RAMP_STEPS - 1)
            name = f"{language(writer)} to {language(reader)}, {size_text(size)}: {time_text(value)}"
            drawing.rect(x + 1, y + 1, column - 2, row - 2, f"cell h{step}", name, round=3)
            drawing.text(
                x + column / 2, y + row / 2 + 4.5, _figure(value, unit), f"on{step}", "middle", 13 if wide else 11
            )
    _key(drawing, left, top + row * len(pairs) + 14, width, math.exp(least), math.exp(largest))
    return str(drawing)


def _head(drawing: Drawing, x: float, size: int, column: float) -> None:
    if column > 85:
        drawing.text(x, 22, size_text(size), "soft", "middle", 12)
        return
    number, _, unit = short_size(size).partition(" ")
    drawing.text(x, 18, number, "soft", "middle", 12)
    drawing.text(x, 33, unit, "soft", "middle", 12)


def _key(drawing: Drawing, left: float, y: float, width: float, least: float, largest: float) -> None:
    step = min(28.0, (width - left - 130) / _RAMP_STEPS)
    first = time_text(least)
    drawing.text(left, y + 13, first, "soft", size=12)
    x = left + 62
    for number in range(_RAMP_STEPS):
        drawing.rect(x + number * step, y, step, 16, f"cell h{number}")
    drawing.text(x + _RAMP_STEPS * step + 8, y + 13, time_text(largest), "soft", size=12)
