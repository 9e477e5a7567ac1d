# SPDX-License-Identifier: MIT
"""Tables: the machine, frames at a rate, and every case of the run."""
from __future__ import annotations

from html import escape
from typing import Mapping, Optional, Sequence

from . import choose
from .results import PERCENTILES, Case, Run
from .words import count_text, library_text, limit_text, pair_text, share_text, size_text, time_text, touch_text

DASH = "\u2013"


def facts(rows: Mapping[str, str]) -> str:
    body = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows.items())
    return f'<div class="table"><table class="facts"><tbody>{body}</tbody></table></div>'


def machine(run: Run) -> str:
    found = run.machine
    versions = found.get("versions")
    rows = {
        "Processor": " with ".join(filter(None, (_said(found, "cpu"), _cores(found.get("cores"))))),
        "System": _said(found, "kernel"),
        "Frequency governor": _said(found, "governor"),
        "Compiler": _said(found, "compiler"),
        "Versions": (
            ", ".join(f"{name} {version}" for name, version in versions.items()) if isinstance(versions, dict) else ""
        ),
        "Commit": _said(found, "commit"),
        "Measured": _said(found, "time"),
        "Limits of this machine": "; ".join(
            f"{limit_text(limit.name)} {time_text(limit.median_ns)}"
            for limit in run.limits.values()
            if limit.name.partition("/")[0] in ("lines", "futex", "memcpy")
        ),
    }
    return facts({name: text or "not known" for name, text in rows.items()})


def _said(found: Mapping[str, object], key: str) -> str:
    value = found.get(key)
    return str(value) if isinstance(value, (str, int, float)) else ""


def _cores(value: object) -> str:
    return f"{value} cores" if isinstance(value, (int, float, str)) else ""


def _cells(texts: Sequence[str]) -> str:
    return "".join(f'<td class="n">{escape(text)}</td>' for text in texts)


def _times(case: Case, keys: Sequence[str]) -> list[str]:
    return [time_text(case.percentiles[key]) if key in case.percentiles else DASH for key in keys]


def _sides(figures: Mapping[str, float], text: object = count_text) -> str:
    assert callable(text)
    values = [figures.get("writer"), figures.get("reader")]
    return DASH if values == [None, None] else f"{text(values[0])} / {text(values[1])}"


def _row(head: str, cells: Sequence[str], case: Case, kind: str = "") -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<tr{name} data-case="{escape(case.name, quote=True)}">{head}{_cells(cells)}</tr>'


def paced(cases: Sequence[Case]) -> str:
    """Rows by rate, as the table of the older project; a table for each size and way to touch the bytes."""
    groups = sorted({(case.size, case.touch) for case in cases})
    return "".join(
        _paced(size, touch, [case for case in cases if (case.size, case.touch) == (size, touch)])
        for size, touch in groups
    )


def _paced(size: int, touch: str, cases: Sequence[Case]) -> str:
    columns = ("frames/s", "", "p50", "p99", "p99.9", "max", "p99 from due", "CPU writer / reader", "late")
    body = ""
    before: Optional[float] = None
    for case in sorted(cases, key=lambda case: (case.rate or 0, case.library != "zerobuffer", case.median_ns or 0)):
        rate = f"{case.rate:g}" if case.rate is not None and case.rate != before else ""
        who = f"{library_text(case.library)}, {pair_text(case)}"
        if case.library == "zerobuffer":
            who += "".join(f", {part}" for part in (case.wait, "" if case.pinned else "free") if part)
        due = time_text(case.corrected["p99"]) if case.corrected.get("p99", 0) > 0 else DASH
        head = f'<td class="n own">{rate}</td><td class="case">{escape(who)}</td>'
        late = DASH if case.late_wakeups is None else count_text(case.late_wakeups)
        body += _row(
            head,
            [*_times(case, ("p50", "p99", "p99.9", "max")), due, _sides(case.cpu_share, share_text), late],
            case,
            "rate" if rate else "",
        )
        before = case.rate
    return f"<h3>Frames of {escape(size_text(size))}, {escape(touch_text(touch))}</h3>" + _table(columns, body, left=2)


def every_case(cases: Sequence[Case]) -> str:
    """One table per library and shape."""
    text = ""
    for library in sorted({case.library for case in cases}, key=lambda name: (name != "zerobuffer", name)):
        for shape in ("rtt", "stream", "paced"):
            part = [case for case in cases if (case.library, case.shape) == (library, shape)]
            if part:
                text += _details(library, shape, part)
    return text


def _details(library: str, shape: str, cases: Sequence[Case]) -> str:
    words = {"rtt": "round trips", "stream": "one way, as fast as it goes", "paced": "at a rate"}
    keys = () if shape == "stream" else PERCENTILES
    columns = (
        "case",
        *(("per frame",) if shape == "stream" else keys),
        "frames/s",
        "CPU per frame",
        "syscalls",
        "allocations",
        "faults",
        "late",
        "spread",
    )
    body = "".join(
        _case(case, keys) if case.median_ns is not None else _failed(case, len(columns))
        for case in sorted(cases, key=_order)
    )
    title = f"{library_text(library)}, {words[shape]} ({len(cases)})"
    return f"<details><summary>{escape(title)}</summary>{_table(columns, body)}</details>"


def _order(case: Case) -> tuple[object, ...]:
    return (
        case.layout or "",
        choose.rank(choose.LANGUAGE_ORDER, case.writer),
        choose.rank(choose.LANGUAGE_ORDER, case.reader),
        case.size,
        choose.rank(choose.TOUCHES, case.touch),
        choose.rank(choose.WAITS, case.wait),
        case.rate or 0,
        not case.pinned,
    )


def _case(case: Case, keys: Sequence[str]) -> str:
    first = [time_text(case.per_frame_ns)] if case.shape == "stream" and case.per_frame_ns else _times(case, keys)
    spread = DASH if case.spread is None else f"{100 * (case.spread - 1):.0f} %"
    cells = [
        *first,
        count_text(case.frames_per_s),
        _sides(case.cpu_ns_per_frame, lambda value: DASH if value is None else time_text(value)),
        _sides(case.syscalls_per_frame),
        _sides(case.allocations_per_frame),
        _sides(case.faults_per_frame),
        DASH if case.late_wakeups is None else count_text(case.late_wakeups),
        spread,
    ]
    return _row(_head(case), cells, case)


def _failed(case: Case, columns: int) -> str:
    reason = case.error or "no figure, and no reason given"
    return (
        f'<tr data-case="{escape(case.name, quote=True)}">{_head(case)}'
        f'<td class="why" colspan="{columns - 1}">left out: {escape(reason)}</td></tr>'
    )


def _head(case: Case) -> str:
    return f'<td class="case">{escape(case.name.partition("/")[2] or case.name)}</td>'


def _table(columns: Sequence[str], body: str, left: int = 1) -> str:
    heads = "".join(
        f'<th class="n">{escape(name)}</th>' if index >= left else f"<th>{escape(name)}</th>"
        for index, name in enumerate(columns)
    )
    return f'<div class="table" tabindex="0"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
