# SPDX-License-Identifier: MIT
"""The report as one HTML file that needs nothing else, no script and no network."""
from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Optional

from . import choose, figures, tables
from .figures import Figure
from .results import Case, Run
from .words import language, library_text, ratio_text, size_text, time_text, times_text, touch_text

FOLDER = Path(__file__).resolve().parent


def style() -> str:
    return "".join((FOLDER / name).read_text(encoding="utf-8").partition("\n")[2] for name in ("style.css", "page.css"))


def render(run: Run) -> str:
    sections = [
        ("machine", "The machine", tables.machine(run)),
        *_measured(run),
        ("cases", "Every case", _every_case(run)),
        ("hidden", "What the numbers hide", _hidden(run)),
        ("reproduce", "How to reproduce", _reproduce(run)),
    ]
    body = "".join(
        f'<section id="{name}"><h2>{escape(title)}</h2>{text}</section>' for name, title, text in sections if text
    )
    links = "".join(f'<a href="#{name}">{escape(title)}</a>' for name, title, text in sections if text)
    headline = _headline(run)
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(headline)} - ZeroBuffer latency</title>'
        f"<style>\n{style()}</style>"
    )
    top = f"<h1>{escape(headline)}</h1>{_lead(run)}{_problems(run)}{_tiles(run)}<nav>{links}</nav>"
    foot = (
        f"Run {escape(run.name)}. Made from the result file alone; every picture names its unit, and every figure of a"
        " case is the median over its repeats."
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n'
        f"<body><main><header>{top}</header>\n{body}<footer>{foot}</footer></main></body></html>\n"
    )


def _measured(run: Run) -> list[tuple[str, str, str]]:
    def html(*found: Optional[Figure]) -> str:
        return "".join(figure.html() for figure in found if figure)

    paced = [case for case in run.measured if case.shape == "paced"]
    paced_text = (
        (
            "<p>The sender commits a frame at its time; what counts is from that commit until the receiver holds it."
            " Late: waits that only the end of a 50 ms slice ended. Percent of one CPU.</p>"
            + tables.paced(paced)
        )
        if paced
        else ""
    )
    peer_sizes = [figures.peer_curves(run, 64), figures.peer_curves(run, 3_110_416)]
    names = {figure.name: figure for figure in peer_sizes if figure}
    return [
        ("limit", "Beside the limit", html(figures.ratios(run))),
        ("percentiles", "Percentiles", html(figures.language_curves(run), figures.wait_curves(run))),
        ("peers", "Beside other libraries", html(figures.peer_growth(run)) + _contests(run) + html(*names.values())),
        ("matrix", "Who speaks to whom", html(*figures.heat_maps(run))),
        ("paced", "Frames at a rate", paced_text),
    ]


def _contests(run: Run) -> str:
    """The first way to touch the bytes is open, the others are folded away."""
    text = ""
    for number, (touch, found) in enumerate(figures.peer_bars(run).items()):
        halves = "".join(figure.html() for figure in found)
        opened = " open" if number == 0 else ""
        title = touch_text(touch)
        text += (
            f"<details{opened}><summary>{escape(title[0].upper() + title[1:])}, size by size</summary>"
            f'<div class="two">{halves}</div></details>'
        )
    return text


def _smallest(run: Run, writer: str, reader: str) -> Optional[Case]:
    cases = [
        case
        for case in choose.own(run.measured, "rtt")
        if case.touch != "copy" and (case.writer, case.reader) == (writer, reader)
    ]
    size = min((case.size for case in cases), default=None)
    return choose.best(cases, lambda case: case.size == size)


def _headline(run: Run) -> str:
    case = _smallest(run, "cpp", "cpp") or choose.best(choose.own(run.measured, "rtt"))
    if case is None or case.median_ns is None:
        return "Latency between processes" if run.measured else "Nothing was measured"
    text = f"{size_text(case.size)} to another process and back in {time_text(case.median_ns)}"
    return text if case.ratio is None else f"{text}, {times_text(case.ratio)} what the machine needs"


def _lead(run: Run) -> str:
    if not run.measured:
        return '<p class="lead">No case of this run has a figure. What went wrong is listed below, case by case.</p>'
    languages = ", ".join(
        language(name)
        for name in sorted(
            {case.writer for case in run.measured} | {case.reader for case in run.measured},
            key=lambda name: choose.rank(choose.LANGUAGE_ORDER, name),
        )
    )
    peers = len({case.library for case in run.measured} - {"zerobuffer"})
    parts = [
        f"{len(run.measured)} cases",
        languages,
        (
            f"{peers} other {'library' if peers == 1 else 'libraries'} in the same run"
            if peers
            else "no other library in this run"
        ),
        f"{len(run.failed)} left out with their reasons" if run.failed else "",
    ]
    return f'<p class="lead">{escape("; ".join(part for part in parts if part))}.</p>'


def _problems(run: Run) -> str:
    if not run.problems:
        return ""
    return '<div class="problems">' + "".join(f"<p>{escape(problem)}</p>" for problem in run.problems) + "</div>"


def _tiles(run: Run) -> str:
    tiles: dict[str, str] = {}
    for name in choose.LANGUAGE_ORDER:
        case = _smallest(run, name, name)
        if case and case.median_ns:
            tiles[f"{language(name)}, {size_text(case.size)} there and back, in place, {case.wait}"] = time_text(
                case.median_ns
            )
    large = max(choose.own(run.measured, "rtt"), key=lambda case: case.size, default=None)
    if large and large.size > 65536:
        cases = [
            case
            for case in choose.own(run.measured, "rtt")
            if case.size == large.size and case.touch in ("none", "header")
        ]
        found = choose.best(cases)
        if found and found.median_ns:
            tiles[f"{size_text(found.size)} there and back, in place"] = time_text(found.median_ns)
    rival = _closest_peer(run)
    if rival:
        tiles[f"as long takes the nearest other library: {rival[1]}"] = ratio_text(rival[0])
    items = "".join(f"<div><b>{escape(value)}</b><span>{_together(name)}</span></div>" for name, value in tiles.items())
    return f'<div class="tiles">{items}</div>' if tiles else ""


def _together(text: str) -> str:
    """A number stays with its unit."""
    return re.sub(r"(\d) (B|KiB|MiB)\b", "\\1\u00a0\\2", escape(text))


def _closest_peer(run: Run) -> Optional[tuple[float, str]]:
    found: list[tuple[float, str]] = []
    for case in run.measured:
        if case.library != "zerobuffer" and case.shape == "rtt":
            own = [
                one
                for one in choose.contest(run.measured, case.size, case.touch)
                if one.library == "zerobuffer" and one.writer == case.writer
            ]
            if own and own[0].median_ns and case.median_ns:
                name = f"{library_text(case.library)} at {size_text(case.size)}"
                found.append((case.median_ns / own[0].median_ns, name))
    return min(found, default=None)


def _every_case(run: Run) -> str:
    if not run.cases:
        return "<p>The run has no cases.</p>"
    return (
        "<p>Times are medians over the repeats. Writer / reader: CPU time, system calls, allocations and page faults,"
        " per frame. Spread: by how much the slowest repeat exceeds the fastest. A dash: not measured.</p>"
        + tables.every_case(run.cases)
    )


def _hidden(run: Run) -> str:
    spread = [case.spread for case in run.measured if case.spread]
    notes = [
        (
            "Two processes alone on their CPUs, the data in their caches. Other work on the machine makes all of it"
            " slower."
        ),
        (
            "Times belong to this machine on that day. Ratios to the limit and to other libraries, from the same run,"
            " travel better."
        ),
        (
            "In place, a large frame is as fast as a small one because its bytes are not moved. Who fills them and who"
            " reads them pays for that as always: the cases that touch every byte show it."
        ),
        (
            "Spinning keeps a CPU busy for as long as it waits. The CPU columns say what that costs; blocking is the"
            " fair comparison to libraries that sleep."
        ),
        "A stamp is taken for each round trip: some 10 ns in C++, some 60 ns in Python. It is not subtracted.",
        (
            "A library that cannot lend its memory copies; with \u201cevery byte\u201d it writes and reads a private"
            " buffer besides."
        ),
        (
            "At a rate, latency counts from the commit. \u201cFrom due\u201d counts from when the frame should have"
            " been sent, so that a stall of the sender counts for every frame that it delayed."
        ),
        "System calls and allocations come from a pass of their own, as counting them disturbs the clock.",
    ]
    if spread:
        notes.append(
            f"Repeats of a case differ: by {100 * (sorted(spread)[len(spread) // 2] - 1):.0f} % in the middle, "
            f"{100 * (max(spread) - 1):.0f} % at worst. A difference smaller than that is none."
        )
    disturbed = sum(case.disturbed for case in run.cases)
    if disturbed:
        notes.append(f"{disturbed} repeats were disturbed by other work on the machine, and no quiet one could be had.")
    if run.failed:
        notes.append(f"{len(run.failed)} of {len(run.cases)} cases have no figure; the table above says why.")
    if not run.limits:
        notes.append("The run has no limits, so no figure could be set beside what the machine needs at least.")
    return "<ul>" + "".join(f"<li>{escape(note)}</li>" for note in notes) + "</ul>"


def _reproduce(run: Run) -> str:
    commit, command = run.machine.get("commit"), run.machine.get("command")
    if isinstance(command, list):
        command = " ".join(map(str, command))
    lines = [
        f"git checkout {str(commit).split('-')[0]}" if commit else "",
        "./dev setup base peers",
        str(command) if command else "./dev bench",
        "./dev bench report FILE --out FOLDER",
    ]
    return (
        "<p>On Debian 12, in a checkout, on a machine with nothing else to do:</p><pre>"
        + escape("\n".join(line for line in lines if line))
        + "</pre>"
    )
