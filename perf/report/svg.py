# SPDX-License-Identifier: MIT
"""A drawing as SVG: a few shapes, text whose width is known well enough to keep it apart, and logarithmic axes.
Colours are classes; style.css gives them for the light and the dark scheme, also inside a picture that stands
alone."""
from __future__ import annotations

import dataclasses
import math
from html import escape
from typing import Sequence

from .words import time_text

TEXT = 13.0


def text_width(text: str, size: float = TEXT, heavy: bool = False) -> float:
    """Rather too much: DejaVu Sans is the widest of the fonts that are asked for."""
    narrow = sum(character in " .,:;il|/'()[]!-" for character in text)
    broad = sum(character in "+\u2192MmWw%" for character in text)
    return size * (1.12 if heavy else 1.0) * (0.64 * (len(text) - narrow - broad) + 0.40 * narrow + 0.92 * broad)


@dataclasses.dataclass(frozen=True)
class LogScale:
    """Values onto begin..end, in pixels; end may lie before begin."""

    least: float
    largest: float
    begin: float
    end: float

    def __call__(self, value: float) -> float:
        share = math.log(max(value, 1e-12) / self.least) / math.log(self.largest / self.least)
        return self.begin + share * (self.end - self.begin)

    def ticks(self, most: int = 12) -> list[float]:
        """Powers of ten; with their 2 and 5 where few powers lie in between."""
        first, last = math.floor(math.log10(self.least)), math.ceil(math.log10(self.largest))
        for multiples in ((1, 2, 5), (1,)):
            inside = [
                multiple * 10.0**power
                for power in range(first, last + 1)
                for multiple in multiples
                if self.least * 0.999 <= multiple * 10.0**power <= self.largest * 1.001
            ]
            if len(inside) <= most:
                return inside
        return inside[:: math.ceil(len(inside) / most)]


def log_scale(values: Sequence[float], begin: float, end: float, room: float = 1.0) -> LogScale:
    """From the 1, 2 or 5 below the least value to the one above the largest times `room`."""
    least, largest = _round(min(values), down=True), _round(max(values) * room, down=False)
    return LogScale(least, largest if largest > least * 1.5 else least * 10, begin, end)


def _round(value: float, down: bool) -> float:
    decade = 10.0 ** math.floor(math.log10(value))
    steps = (1.0, 2.0, 5.0, 10.0)
    if down:
        return max(step * decade for step in steps if step * decade <= value * 1.0001)
    return min(step * decade for step in steps if step * decade >= value * 0.9999)


class Drawing:
    def __init__(self, width: float, height: float, label: str) -> None:
        self.width, self.height, self.label = width, height, label
        self._parts: list[str] = []

    def text(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start", size: float = TEXT) -> None:
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}" '
            f'font-size="{size:g}">{escape(text)}</text>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        self._parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        kind: str,
        title: str = "",
        style: str = "",
        round: float = 0,
    ) -> None:
        inside = f"<title>{escape(title)}</title>" if title else ""
        more = (f' style="{style}"' if style else "") + (f' rx="{round:g}"' if round else "")
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
            f'class="{kind}"{more}>{inside}</rect>'
        )

    def circle(self, x: float, y: float, radius: float, kind: str, title: str = "") -> None:
        inside = f"<title>{escape(title)}</title>" if title else ""
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" class="{kind}">{inside}</circle>')

    def path(self, points: Sequence[tuple[float, float]], kind: str, title: str = "") -> None:
        steps = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        inside = f"<title>{escape(title)}</title>" if title else ""
        self._parts.append(f'<polyline points="{steps}" class="{kind}">{inside}</polyline>')

    def time_axis_below(self, scale: LogScale, top: float, bottom: float) -> None:
        """Grid lines with their times below, as many as there is room for."""
        most = max(2, int((scale.end - scale.begin) / 58))
        for tick in scale.ticks(most):
            x = scale(tick)
            self.line(x, top, x, bottom, "grid")
            text = time_text(tick)
            half = text_width(text, 12) / 2
            self.text(min(max(x, half), self.width - half), bottom + 17, text, "soft", "middle", 12)

    def __str__(self) -> str:
        return (
            f'<svg viewBox="0 0 {self.width:g} {self.height:g}" width="{self.width:g}" height="{self.height:g}" '
            f'role="img" aria-label="{escape(self.label)}">{"".join(self._parts)}</svg>'
        )


def spread_apart(wanted: Sequence[float], gap: float, least: float, largest: float) -> list[float]:
    """Places at least `gap` apart, in the order of `wanted`, near to it: swept down, then up."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    places = list(wanted)
    floor = least
    for index in order:
        places[index] = max(places[index], floor)
        floor = places[index] + gap
    ceiling = largest
    for index in reversed(order):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - gap
    return places
