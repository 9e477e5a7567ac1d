# SPDX-License-Identifier: MIT
"""The results for people: each case, how far it is from what the machine can do, and how far the nearest peer is
behind."""
from __future__ import annotations

from typing import Any, Iterable, Mapping, Optional

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

Record = Mapping[str, Any]


def duration(nanoseconds: float) -> str:
    if nanoseconds < 100:
        return f"{nanoseconds:.1f} ns"
    if nanoseconds < 10_000:
        return f"{nanoseconds:.0f} ns"
    if nanoseconds < 1_000_000:
        return f"{nanoseconds / 1e3:.1f} us"
    return f"{nanoseconds / 1e6:.3f} ms"


def figure_of(record: Record) -> Optional[float]:
    if record.get("error"):
        return None
    value = record["p"]["p50"] if record["p"] else record["per_frame_ns"]
    return float(value)


def nearest_peer(record: Record, records: Iterable[Record]) -> Optional[tuple[str, float]]:
    """The fastest peer with the same frames, of which the same is touched, between the same languages, and how many
    times as long it takes. Beside a case that sleeps, one that sleeps."""
    own = figure_of(record)
    if record["library"] != "zerobuffer" or own is None or record["writer"] != record["reader"]:
        return None
    alike: list[tuple[str, float]] = []
    for other in records:
        figure = figure_of(other)
        if figure is None or other["library"] == "zerobuffer" or record["wait"] == "block" != other["wait"]:
            continue
        if all(other[name] == record[name]
               for name in ("writer", "reader", "shape", "size", "touch", "rate", "pinned", "ring")):
            alike.append((other["library"] + (" polling" if other["wait"] == "spin" else ""), figure / own))
    return min(alike, key=lambda each: each[1]) if alike else None


def _row(record: Record, records: list[Record]) -> list[str]:
    figure = figure_of(record)
    if figure is None:
        what = "not possible here" if record.get("impossible") else "[red]failed[/red]"
        return [record["case"], f"{what}: {escape(record['error'])}"]
    limit, peer = record.get("limit"), nearest_peer(record, records)
    share = record["cpu_share"]
    return [
        record["case"],
        duration(figure),
        duration(record["p"]["p99"]) if record["p"] and "p99" in record["p"] else "",
        f"{limit['ratio']:.2f} x {limit['name']}" if limit else "",
        f"{peer[1]:.1f} x {peer[0]}" if peer else "",
        f"{share['writer']:.0%} {share['reader']:.0%}",
        _disturbed(record),
    ]


def _disturbed(record: Record) -> str:
    return f"{record['disturbed']} of {record['repeats']}" if record.get("disturbed") else ""


def _limit_text(limit: Record) -> str:
    disturbed = _disturbed(limit)
    return f"{limit['name']} {duration(limit['median_ns'])}{f' (disturbed {disturbed})' if disturbed else ''}"


def show(console: Console, records: Iterable[Record], left_out: Iterable[tuple[str, str]]) -> None:
    run = list(records)
    limits = [record for record in run if record["kind"] == "limit"]
    cases = [record for record in run if record["kind"] == "case"]
    console.print("Limits of this machine: " + ", ".join(map(_limit_text, limits)), highlight=False)
    caption = "rtt: a whole round trip; stream: one frame, one way; paced: from commit to acquired"
    table = Table("case", box=box.SIMPLE_HEAD, caption=caption)
    for heading in ("median", "p99", "ratio to the limit", "nearest peer", "CPU", "disturbed"):
        table.add_column(heading, justify="right", overflow="fold")
    for record in cases:
        table.add_row(*_row(record, cases))
    console.print(table, highlight=False)
    for language, reason in left_out:
        console.print(f"left out: {language}: {reason}", highlight=False, markup=False)
