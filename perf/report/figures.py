# SPDX-License-Identifier: MIT
"""The pictures of a run: what each shows, under a title that says what one sees. Every one is drawn for the width
it will have, so that its text keeps its size."""
from __future__ import annotations

import dataclasses
from html import escape
from typing import Callable, Optional, Sequence

from . import bars, choose, curves, growth, heat
from .results import Case, Run, sizes_of
from .words import (
    language,
    library_text,
    limit_text,
    pair_text,
    ratio_text,
    size_text,
    time_text,
    times_text,
    touch_text,
)

WIDE, HALF, PHONE = 990, 466, 332
_COLOURS = {"cpp": "c0", "python": "c1", "csharp": "c2"}
_DASHES = {"cpp": "", "python": " d1", "csharp": " d2"}
# The same in every picture.
_PEER_COLOURS = {
    "boost-mq": "c1",
    "iceoryx": "c2",
    "nng": "c3",
    "pipe": "c4",
    "posix-mq": "c5",
    "unix": "c6",
    "zmq": "c7",
    "mp-queue": "c1",
    "shared-memory": "c2",
    "mp-simple-queue": "c3",
    "mp-pipe": "c4",
    "pyzmq": "c7",
}
_MOST_CURVES = 9


@dataclasses.dataclass(frozen=True)
class Figure:
    name: str  # of the file, when the picture stands alone
    title: str
    note: str
    draw: Callable[[float], str]
    half: bool = False

    def html(self) -> str:
        """Empty if there is nothing to draw."""
        wide, narrow = self.draw(HALF if self.half else WIDE), self.draw(PHONE)
        if not wide:
            return ""
        return (
            f"<figure><figcaption><h3>{escape(self.title)}</h3><p>{escape(self.note)}</p></figcaption>"
            f'<div class="wide">{wide}</div><div class="narrow">{narrow}</div></figure>'
        )


def ratios(run: Run) -> Optional[Figure]:
    rows: list[bars.Bar] = []
    for case in choose.ratio_rows(run):
        if case.ratio is None or case.limit is None or case.median_ns is None:
            continue
        how = {"copy": "copied", "every": "every byte"}.get(case.touch, "in place")
        name = f"{pair_text(case)}, {size_text(case.size)}, {how}, {case.wait}"
        style = "second" if case.wait == "block" else {"copy": "third", "every": "fourth"}.get(case.touch, "own")
        rows.append(
            bars.Bar(
                name,
                case.ratio,
                None,
                "",
                ratio_text(case.ratio),
                style,
                f"{time_text(case.median_ns)}; {limit_text(case.limit.name)}: {time_text(case.limit.median_ns)}",
            )
        )
    if not rows:
        return None
    least = min(rows, key=lambda row: row.value)
    most = max(rows, key=lambda row: row.value)
    title = (
        f"{ratio_text(least.value).removesuffix(' x')} to {times_text(most.value)} what the machine itself needs"
        if least is not most
        else f"{times_text(least.value)} what the machine itself needs"
    )
    note = (
        "Median round trip over the limit of the same run. In place, spinning (green): two cache lines there and back."
        " Blocking (blue): a futex there and back. Every byte written and read (purple), copied (orange): the same"
        " bytes through plain flags. Bars begin at the limit."
    )
    return Figure("ratios", title, note, lambda width: bars.draw_ratios(rows, width, title))


def language_curves(run: Run) -> Optional[Figure]:
    cases = [case for case in choose.own(run.measured, "rtt") if case.layout in (None, "v2") and case.touch != "copy"]
    size = choose.nearest_size(cases, 64)
    touch = min(
        {case.touch for case in cases if case.size == size},
        key=lambda name: choose.rank(choose.TOUCHES, name),
        default=None,
    )
    series: list[curves.Series] = []
    for writer, reader in choose.pairs(cases):
        found = choose.best(
            cases, lambda case: (case.size, case.touch, case.writer, case.reader) == (size, touch, writer, reader)
        )
        if found:
            style = _COLOURS.get(writer, "c5") + _DASHES.get(reader, " d3")
            series.append(curves.Series(pair_text(found), found, style))
    if not series or size is None or touch is None:
        return None
    series.sort(key=lambda one: one.case.median_ns or 0)
    first = series[0].case
    title = (
        f"Half of the {size_text(size)} round trips take {time_text(first.median_ns or 0)} or less, {pair_text(first)}"
    )
    note = (
        f"{touch_text(touch).capitalize()}, {_waits(series)}. Colour: the language of ping; line: that of echo (solid"
        " C++, dashes Python, dots C#). Beside each name: its median. Both axes are logarithmic."
    )
    return Figure("percentiles", title, note, lambda width: curves.draw(series, width, title))


def _waits(series: Sequence[curves.Series]) -> str:
    waits = {one.case.wait for one in series if one.case.wait}
    pinned = {one.case.pinned for one in series}
    where = (
        "each process on a CPU of its own"
        if pinned == {True}
        else "not pinned" if pinned == {False} else "pinned where measured"
    )
    return f"waiting: {', '.join(sorted(waits))}; {where}"


def wait_curves(run: Run) -> Optional[Figure]:
    cases = [case for case in choose.own(run.measured, "rtt") if case.layout in (None, "v2") and case.touch != "copy"]
    pair = next(iter(choose.pairs(cases)), None)
    size = choose.nearest_size([case for case in cases if (case.writer, case.reader) == pair], 64)
    series: list[curves.Series] = []
    for wait, colour in zip(choose.WAITS, ("c0", "c2", "c1")):
        for pinned, dash in ((True, ""), (False, " d1")):
            found = min(
                (
                    case
                    for case in cases
                    if (case.writer, case.reader, case.size, case.wait, case.pinned)
                    == (*(pair or ("", "")), size, wait, pinned)
                ),
                key=lambda case: choose.rank(choose.TOUCHES, case.touch),
                default=None,
            )
            if found:
                series.append(curves.Series(wait + ("" if pinned else ", free"), found, colour + dash))
    if len(series) < 2 or pair is None or size is None:
        return None
    title = "What a wait costs: spinning, adapting, blocking"
    note = (
        f"{pair_text(series[0].case)}, {size_text(size)}. Solid: each process on a CPU of its own; dashed: placed by"
        " the system (free). Spinning is fastest and burns a CPU; blocking pays a system call to sleep and one to"
        " wake."
    )
    return Figure("waits", title, note, lambda width: curves.draw(series, width, title))


def _waits_in_several_ways(case: Case, group: Sequence[Case]) -> bool:
    alike = [other for other in group if (other.library, other.writer) == (case.library, case.writer)]
    return case.library == "zerobuffer" or len({other.wait for other in alike}) > 1


def _contestant(case: Case, group: Sequence[Case]) -> str:
    """The library, and how it waits where that tells two apart."""
    wait = f", {case.wait}" if case.wait and _waits_in_several_ways(case, group) else ""
    return library_text(case.library) + wait


def peer_curves(run: Run, wanted: int) -> Optional[Figure]:
    cases = [case for case in run.measured if case.shape == "rtt" and case.library != "zerobuffer"]
    size = choose.nearest_size(cases, wanted)
    touch = next(
        (
            name
            for name in ("every", "header", "none", "copy")
            if any(case.touch == name and case.size == size for case in cases)
        ),
        None,
    )
    if size is None or touch is None:
        return None
    group = [case for case in choose.contest(run.measured, size, touch) if case.writer == "cpp"]
    group = group or choose.contest(run.measured, size, touch)
    series: list[curves.Series] = []
    for case in group[:_MOST_CURVES]:
        colour = "c0" if case.library == "zerobuffer" else _PEER_COLOURS.get(case.library, "c5 d3")
        several = _waits_in_several_ways(case, group)
        style = colour + ({"spin": "", "adaptive": " d1"}.get(case.wait, " d2") if several else "")
        series.append(curves.Series(_contestant(case, group), case, style))
    if len(series) < 2:
        return None
    title = f"The same {size_text(size)} through other libraries: {_slowest(series)}"
    note = (
        f"Round trips, {touch_text(touch)}, {pair_text(series[0].case)}. Solid green: ZeroBuffer. Both axes are"
        " logarithmic."
    )
    return Figure(f"peers-percentiles-{size}", title, note, lambda width: curves.draw(series, width, title))


def _slowest(series: Sequence[curves.Series]) -> str:
    last = max(series, key=lambda one: one.case.percentiles.get("p99", 0))
    value = last.case.percentiles.get("p99")
    return "their percentiles" if value is None else f"{last.name} has the longest tail, p99 {time_text(value)}"


def peer_growth(run: Run) -> Optional[Figure]:
    """In place where the library can: only the first bytes are touched, if there are such cases."""
    cases = [case for case in run.measured if case.shape == "rtt" and case.writer == case.reader]
    touches = {case.touch for case in cases if case.library != "zerobuffer"}
    touch = "header" if "header" in touches else "every"
    cases = [case for case in cases if case.touch == touch]
    language_of = next(
        (
            name
            for name in choose.LANGUAGE_ORDER
            if any(case.writer == name and case.library != "zerobuffer" for case in cases)
        ),
        None,
    )
    cases = [case for case in cases if case.writer == language_of]
    lines: list[growth.Growth] = []
    for library in sorted({case.library for case in cases}, key=lambda name: (name != "zerobuffer", name)):
        alike = [case for case in cases if case.library == library]
        found = [choose.best(alike, lambda case: case.size == size) for size in sizes_of(alike)]
        points = [(case.size, case.median_ns) for case in found if case and case.median_ns]
        style = "c0" if library == "zerobuffer" else _PEER_COLOURS.get(library, "c5 d3")
        if points:
            lines.append((curves.Series(library_text(library), alike[0], style), points))
    if len(lines) < 2 or len({size for _, points in lines for size, _ in points}) < 2:
        return None
    own = [points for one, points in lines if one.case.library == "zerobuffer"]
    title = "How a round trip grows with the frame"
    if own:
        title = (
            f"ZeroBuffer: {time_text(own[0][0][1])} at {size_text(own[0][0][0])}, "
            f"{time_text(own[0][-1][1])} at {size_text(own[0][-1][0])}"
        )
    note = (
        f"Median round trip in {language(language_of or '')}, {touch_text(touch)}. Who copies a frame pays for all of"
        " it. Both axes are logarithmic."
    )
    return Figure("growth", title, note, lambda width: growth.draw(lines, width, title))


def peer_bars(run: Run) -> dict[str, list[Figure]]:
    """By way to touch the bytes: one for each size, where there is more than the own library."""
    found: dict[str, list[Figure]] = {}
    peers = [case for case in run.measured if case.library != "zerobuffer" and case.shape == "rtt"]
    for touch in sorted(
        {case.touch for case in peers}, key=lambda name: choose.rank(choose.TOUCHES, name), reverse=True
    ):
        for size in sizes_of(case for case in peers if case.touch == touch):
            figure = _contest(size, touch, choose.contest(run.measured, size, touch))
            if figure:
                found.setdefault(touch, []).append(figure)
    return found


def _contest(size: int, touch: str, group: Sequence[Case]) -> Optional[Figure]:
    own = [case for case in group if case.library == "zerobuffer" and case.median_ns]
    others = [case for case in group if case.library != "zerobuffer" and case.median_ns]
    if not others:
        return None
    rows: list[bars.Bar] = []
    first = next((case for case in own if case.writer == "cpp"), own[0]) if own else None
    base = first.median_ns if first else None
    for case in group:
        assert case.median_ns is not None
        mine = case.library == "zerobuffer"
        name = _contestant(case, group)
        alike = {other.writer for other in group if other.library == case.library}
        name += f" ({language(case.writer)})" if len(alike) > 1 else ""
        rows.append(
            bars.Bar(
                name,
                case.median_ns,
                case.percentiles.get("p99"),
                time_text(case.median_ns),
                ratio_text(case.median_ns / base) if base else "",
                "own" if mine else "peer",
                f"median {time_text(case.median_ns)}",
                mine,
            )
        )
    title = size_text(size)
    if first and base:
        rival = next((case for case in others if case.writer == first.writer), others[0])
        ratio = (rival.median_ns or 0) / base
        place = "next" if ratio >= 1 else "faster"
        title += f": {library_text(rival.library)} is {place}, {times_text(ratio)} as long"
    note = (
        f"Median round trip, {touch_text(touch)}; the thin line goes to the 99th percentile. Each decade is ten times"
        " as long."
    )
    return Figure(f"peers-{touch}-{size}", title, note, lambda width: bars.draw_times(rows, width, title), half=True)


def heat_maps(run: Run) -> list[Figure]:
    found: list[Figure] = []
    for shape in ("rtt", "stream"):
        cases = choose.own(run.measured, shape)
        for layout in sorted({case.layout or "" for case in cases}, reverse=True):
            for touch in choose.TOUCHES:
                figure = _heat(
                    shape,
                    layout,
                    touch,
                    [case for case in cases if (case.layout or "") == layout and case.touch == touch],
                )
                found += [figure] if figure else []
    return found


def _heat(shape: str, layout: str, touch: str, cases: Sequence[Case]) -> Optional[Figure]:
    pairs, sizes = choose.pairs(cases), sizes_of(cases)
    if len(pairs) * len(sizes) < 2:
        return None
    wait = min({case.wait for case in cases}, key=lambda name: choose.rank(choose.WAITS, name))
    cells: dict[heat.Cell, float] = {}
    for pair in pairs:
        for size in sizes:
            case = choose.best(
                cases, lambda case: (case.writer, case.reader, case.size, case.wait) == (*pair, size, wait)
            )
            if case and case.median_ns:
                cells[(*pair, size)] = case.median_ns
    what = "Round trip" if shape == "rtt" else "One way, time per frame"
    title = f"{what}, {touch_text(touch)}" + (f", layout {layout}" if layout else "")
    least, largest = min(cells.values()), max(cells.values())
    note = f"Medians in {heat.unit_of(largest)}, waiting: {wait}. From {time_text(least)} to {time_text(largest)}. " + (
        "Rows: ping \u2192 echo." if shape == "rtt" else "Rows: source \u2192 sink."
    )
    return Figure(
        f"matrix-{shape}-{layout or 'any'}-{touch}",
        title,
        note,
        lambda width: heat.draw(cells, pairs, sizes, width, title),
    )
