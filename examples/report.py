# SPDX-License-Identifier: MIT
"""The report of a demo run: one HTML file that needs nothing else, no script and no network."""

from __future__ import annotations

import dataclasses
import os
import platform
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import zerobuffer

from charts import latency_histogram, size_text, time_text


@dataclasses.dataclass
class Run:
    """One stream: how it describes itself, the accounts of both sides, and the figures of the consumer."""

    description: dict[str, Any]
    consumer: dict[str, Any]
    panels: list[str]
    producer: dict[str, Any] | None = None  # unknown to a consumer that runs by itself
    problems: list[str] = dataclasses.field(default_factory=list)


def verdict(runs: list[Run]) -> str:
    """Frames the producers sent, how many of them are missing, how many were copied between producer and consumer."""
    sent = sum((run.producer or run.consumer)["frames"] for run in runs)
    received = sum(run.consumer["frames"] for run in runs)
    lost = max(sent - received, sum(run.consumer["lost"] for run in runs))
    copied = sum(run.consumer["copied"] for run in runs)
    return f"{sent} frames, {lost} lost, {copied} copied"


def write(path: Path, runs: list[Run]) -> None:
    problems = [problem for run in runs for problem in run.problems]
    head = f'<h1 class="bad">{escape(verdict(runs))}</h1>' if problems else f"<h1>{escape(verdict(runs))}</h1>"
    head += "".join(f'<p class="bad">{escape(problem)}</p>' for problem in problems) or _lead(runs)
    body = "".join(_section(run) for run in runs)
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    path.write_text(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(verdict(runs))} - ZeroBuffer demo</title><style>\n{style}</style></head>\n"
        f"<body><main>{head}{body}{_machine()}</main></body></html>\n", encoding="utf-8")


def _lead(runs: list[Run]) -> str:
    sources = " and ".join(escape(str(run.description["source"])) for run in runs)
    return (f'<p class="lead">{sources}, from C++ to NumPy through a ring of shared memory. Every frame was produced, '
            "published and measured in the same bytes.</p>")


def _section(run: Run) -> str:
    account = run.consumer
    note = ("From commit in the producer until the consumer holds the frame. Where the producer is faster than the "
            "consumer, that includes the queue in the ring.")
    return (f"<section><h2>{escape(str(run.description['source']))}</h2><p>{escape(_shape(run.description))}</p>"
            + _tiles(account) + _path(run) + "".join(run.panels)
            + latency_histogram("Latency", note, account["latency_ns"]) + _table(_facts(run)) + "</section>")


def _shape(description: dict[str, Any]) -> str:
    if description["stream"] == "video":
        return (f"{description['width']} x {description['height']} {description['pixel_format']}, decoded from "
                f"{description['decoder']}")
    shape = " x ".join(str(extent) for extent in description["shape"])
    return f"{shape} values of {np.dtype(description['dtype']).name} per frame"


def _tiles(account: dict[str, Any]) -> str:
    median, high = np.percentile(account["latency_ns"], (50, 99))
    seconds = max(account["seconds"], 1e-9)
    tiles = {
        "frames per second": f"{account['frames'] / seconds:,.0f}",
        "payload": size_text(account["bytes"] / seconds) + "/s",
        "median latency": time_text(median),
        "99th percentile": time_text(high),
        "size of the ring": size_text(account["capacity"], 1024),
    }
    items = "".join(f"<div><b>{value}</b><span>{name}</span></div>" for name, value in tiles.items())
    return f'<div class="tiles">{items}</div>'


def _path(run: Run) -> str:
    video = run.description["stream"] == "video"
    source = "libswscale converts each picture into the claim" if video else "read(2) fills the claim"
    produced, seen = run.consumer["produced_at"], run.consumer["seen_at"]
    steps = (("C++ producer", f"{source}: frame 1 at byte {produced:,} of the segment."),
             ("Ring in /dev/shm", f"{size_text(run.consumer['capacity'], 1024)}; frames stay where they are."),
             ("Python consumer", f"A NumPy view: frame 1 at byte {seen:,} of the segment."))
    items = "".join(f"<li><b>{escape(name)}</b><span>{escape(text)}</span></li>" for name, text in steps)
    return f'<ol class="path">{items}</ol>'


def _facts(run: Run) -> dict[str, str]:
    account, producer, pace = run.consumer, run.producer, run.description["pace"]
    facts = {
        "Payload": f"{account['frames']:,} frames, {account['bytes']:,} bytes",
        "Time": f"{account['seconds']:.3f} s from the first commit until the last frame was measured",
        "Pace": f"{pace:g} frames per second were asked for" if pace else "as fast as both sides go",
        "Checksum, consumer": f"{account['checksum']:016x}",
    }
    if producer:
        facts["Checksum, producer"] = f"{producer['checksum']:016x}"
    facts |= {
        "Frames lost": str(account["lost"]),
        "Frames damaged": str(account["damaged"]),
        "Frames copied": f"{account['copied']}: each view was looked up in /proc/self/maps and lies at the file offset "
                         "where the producer's own look-up put it",
        "Consumer waited, slept, woke the other": f"{account['waits']}, {account['sleeps']}, {account['wakes']} times",
    }
    if producer:
        counts = f"{producer['waits']}, {producer['sleeps']}, {producer['wakes']} times"
        facts["Producer waited, slept, woke the other"] = counts
    return facts


def _machine() -> str:
    facts = {
        "Processor": f"{_processor()}, {len(os.sched_getaffinity(0))} CPUs",
        "System": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "Versions": f"ZeroBuffer {zerobuffer.__version__}, Python {platform.python_version()}, NumPy {np.__version__}",
    }
    return "<section><h2>Machine</h2>" + _table(facts) + "</section>"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _table(facts: dict[str, str]) -> str:
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in facts.items())
    return f"<table>{rows}</table>"
