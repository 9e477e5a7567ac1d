# SPDX-License-Identifier: MIT
"""Figures of the report: HTML with inline SVG and no script. The SVG stretches and the labels are HTML, so that text
keeps its size on a narrow screen. Every function returns one <figure>."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

MOST_POINTS = 600
_HEIGHT = 100.0
_BARS_PER_DECADE = 12


def thinned(values: Sequence[float]) -> list[float]:
    """At most MOST_POINTS values: the mean of each stretch."""
    if len(values) <= MOST_POINTS:
        return list(values)
    return [float(part.mean()) for part in np.array_split(np.asarray(values, np.float64), MOST_POINTS)]


def _figure(title: str, note: str, body: str) -> str:
    return f"<figure><figcaption><h3>{escape(title)}</h3><p>{escape(note)}</p></figcaption>{body}</figure>"


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def _lane(name: str, values: Sequence[float], low: float, high: float, first: float, step: float, unit: str) -> str:
    """One curve with its scale at the left."""
    count = len(values)
    width = 1000.0 / max(count, 1)
    height = [_HEIGHT * (1 - (value - low) / (high - low)) for value in values]
    points = " ".join(f"{(index + 0.5) * width:.1f},{y:.1f}" for index, y in enumerate(height))
    hits = "".join(
        f'<rect x="{index * width:.1f}" y="0" width="{width:.2f}" height="100"><title>'
        f"{escape(unit)} {_number(first + index * step)}: {_number(value)}</title></rect>"
        for index, value in enumerate(values))
    left, right = 0.5 * width, (count - 0.5) * width
    return (
        f'<div class="scale"><span>{_number(high)}</span><b>{escape(name)}</b><span>{_number(low)}</span></div>'
        f'<svg class="plot" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="{escape(name)}">'
        f'<polygon class="area" points="{left:.1f},100 {points} {right:.1f},100"/>'
        f'<polyline class="line" points="{points}"/><g class="hits">{hits}</g></svg>')


def _ticks(labels: Sequence[tuple[float, str]]) -> str:
    """Labels at their shares of the width, 0 to 1."""
    marks = "".join(f'<span style="left:{100 * share:.2f}%">{escape(label)}</span>' for share, label in labels)
    return f'<div></div><div class="ticks">{marks}</div>'


def _round_ticks(end: float, unit: str) -> list[tuple[float, str]]:
    """Four to nine labels from 0 on, at multiples of 1, 2 or 5."""
    rough = max(end, 1e-9) / 8
    decade = 10.0 ** math.floor(math.log10(rough))
    step = next(multiple * decade for multiple in (1, 2, 5, 10) if multiple * decade >= rough)
    count = int(end / step + 1e-9)
    labels = [_number(number * step) for number in range(count)] + [_number(count * step) + unit]
    return [(number * step / end, label) for number, label in enumerate(labels)]


def curves(title: str, note: str, lanes: Mapping[str, Sequence[float]], end: float, unit: str, strip: bytes = b"",
           from_zero: bool = True) -> str:
    """Curves over one axis from 0 to `end`, one under the other; `strip` is a JPEG that shows the same span."""
    body = ""
    for name, all_values in lanes.items():
        values = thinned(all_values)
        low = 0.0 if from_zero else min(values, default=0.0)
        high = max(max(values, default=0.0), low + 1e-9)
        body += _lane(name, values, low, high, 0.0, end / max(len(values), 1), unit)
    if strip:
        alternative = "The middle column of every frame, side by side"
        body += f'<div class="scale"></div><img class="strip" src="{data_uri(strip)}" alt="{alternative}">'
    body += _ticks(_round_ticks(max(end, 1e-9), f" {unit}"))
    return _figure(title, note, f'<div class="chart">{body}</div>')


def time_text(nanoseconds: float) -> str:
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{_number(nanoseconds / size)} {unit}"
    return f"{_number(nanoseconds)} ns"


def size_text(count: float, step: int = 1000) -> str:
    units = ("B", "KiB", "MiB", "GiB") if step == 1024 else ("B", "kB", "MB", "GB")
    for unit in units[:-1]:
        if count < step:
            return f"{count:.3g} {unit}"
        count /= step
    return f"{count:.3g} {units[-1]}"


def latency_histogram(title: str, note: str, nanoseconds: Sequence[int]) -> str:
    """Counts over a logarithmic time axis that covers whole decades."""
    values = np.maximum(np.asarray(nanoseconds, np.float64), 1.0)
    first = math.floor(math.log10(values.min()))
    last = max(math.ceil(math.log10(values.max() * 1.0001)), first + 1)
    counts, edges = np.histogram(np.log10(values), bins=(last - first) * _BARS_PER_DECADE, range=(first, last))
    marks = ""
    for name, quantile in (("p50", 50), ("p99", 99)):
        value = float(np.percentile(values, quantile))
        share = (math.log10(value) - first) / (last - first)
        side = "before" if share > 0.5 else "after"
        marks += f'<div class="mark {side} {name}" style="left:{100 * share:.2f}%">'
        marks += f"<span>{name} {time_text(value)}</span></div>"
    labels = [((decade - first) / (last - first), time_text(10.0 ** decade)) for decade in range(first, last + 1)]
    scale = f'<div class="scale below"><span>{counts.max()}</span><b>frames</b><span>0</span></div>'
    plot = f'<div class="marked">{_bars(title, counts.tolist(), edges.tolist())}{marks}</div>'
    return _figure(title, note, f'<div class="chart">{scale}{plot}{_ticks(labels)}</div>')


def _bars(title: str, counts: list[int], edges: list[float]) -> str:
    width = 1000.0 / len(counts)
    bars = ""
    for index, count in enumerate(counts):
        height = _HEIGHT * count / max(counts)
        span = f"{time_text(10 ** edges[index])} to {time_text(10 ** edges[index + 1])}: {count} frames"
        if count:
            bars += f'<rect class="bar" x="{(index + 0.1) * width:.1f}" y="{_HEIGHT - height:.1f}" '
            bars += f'width="{0.8 * width:.1f}" height="{height:.1f}"><title>{span}</title></rect>'
    return (f'<svg class="plot tall" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" '
            f'aria-label="{escape(title)}">{bars}</svg>')


def data_uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


def gallery(title: str, note: str, pictures: Sequence[tuple[str, bytes]], style: str = "") -> str:
    """Pictures as JPEG, each with its caption."""
    items = "".join(
        f'<div><img src="{data_uri(jpeg)}" alt="{escape(caption)}" loading="lazy"><span>{escape(caption)}</span></div>'
        for caption, jpeg in pictures)
    return _figure(title, note, f'<div class="gallery {style}">{items}</div>')
