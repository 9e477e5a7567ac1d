# SPDX-License-Identifier: MIT
"""Takes a stream of the demo frame by frame, checks every frame, and keeps the account that is compared in the end."""

from __future__ import annotations

import dataclasses
import time
from typing import Any, Protocol

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from zerobuffer import Frame, Reader

from charts import size_text, time_text
from stream import Array, Preface, SegmentMap, add_checksum, checksum


class Study(Protocol):
    """What a consumer makes of its frames."""

    def view(self, payload: Array) -> Array:
        """The bytes of a frame as the array that is worked on. It must be a view: its address is checked."""

    def observe(self, array: Array, media_seconds: float) -> None:
        """Measures the array. It goes back to the ring afterwards, so only results may be kept."""

    def panels(self) -> list[str]:
        """The results as HTML figures."""


@dataclasses.dataclass
class Account:
    """Facts of one run as the consumer sees them."""

    capacity: int = 0
    frames: int = 0
    bytes: int = 0
    checksum: int = 0
    lost: int = 0  # sequences that never came
    damaged: int = 0  # payloads that do not have the checksum of their preface
    copied: int = 0  # arrays that do not lie where the producer produced them
    seconds: float = 0.0  # from the first commit until the last frame was done with
    waits: int = 0
    sleeps: int = 0
    wakes: int = 0
    produced_at: int = 0  # place of the first frame, as the producer says
    seen_at: int = 0  # place of the first frame, as found here
    latency_ns: list[int] = dataclasses.field(default_factory=list)  # from commit to here, one per frame


class Receiver:
    """Receives a stream until its writer closes it."""

    def __init__(self, reader: Reader, description: dict[str, Any], study: Study) -> None:
        self._reader = reader
        self._study = study
        self._preface_size = int(description["preface"])
        self._segment = SegmentMap(reader.name)
        self._next_sequence = 1
        self._first_committed_ns = 0
        self.account = Account(capacity=reader.capacity)

    def run(self, gauge: Gauge) -> None:
        for frame in self._reader:
            taken_ns = time.monotonic_ns()
            self._take(frame, taken_ns)
            gauge.show(self.account, self._reader)
        stats = self._reader.stats()
        self.account.waits, self.account.sleeps, self.account.wakes = stats.waits, stats.sleeps, stats.wakes

    def _take(self, frame: Frame, taken_ns: int) -> None:
        account = self.account
        preface = Preface.of(frame)
        payload = np.frombuffer(memoryview(frame), np.uint8, offset=self._preface_size)
        array = self._study.view(payload)
        place = self._segment.place_of(array)
        value = checksum(payload)
        self._study.observe(array, preface.media_ns / 1e9)

        if account.frames == 0:
            account.produced_at, account.seen_at = preface.place, place
            self._first_committed_ns = preface.committed_ns
        account.frames += 1
        account.bytes += payload.nbytes
        account.checksum = add_checksum(account.checksum, frame.sequence, value)
        account.lost += frame.sequence - self._next_sequence
        account.damaged += value != preface.checksum
        account.copied += place != preface.place
        account.latency_ns.append(taken_ns - preface.committed_ns)
        account.seconds = (time.monotonic_ns() - self._first_committed_ns) / 1e9
        self._next_sequence = frame.sequence + 1


def shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit - 3] + "..."


class Gauge:
    """A line on the terminal that shows how the stream flows, ten times a second at most."""

    _REFRESH_SECONDS = 0.1
    _RECENT = 1000

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(10), MofNCompleteColumn(), TextColumn("{task.fields[figures]}"),
            console=Console(stderr=True), auto_refresh=False)
        self._task = self._progress.add_task("waiting", total=None, figures="")
        self._due = 0.0

    def __enter__(self) -> Gauge:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def expect(self, source: str, frames: int) -> None:
        """Frames 0: unknown."""
        self._progress.update(self._task, description=shortened(source, 20), total=frames or None)

    def show(self, account: Account, reader: Reader) -> None:
        now = time.monotonic()
        if now < self._due and account.frames != self._progress.tasks[0].total:
            return
        self._due = now + self._REFRESH_SECONDS
        median, high = np.percentile(account.latency_ns[-self._RECENT:], (50, 99))
        speed = 1 / max(account.seconds, 1e-9)
        self._progress.update(self._task, completed=account.frames, refresh=True, figures=(
            f"{account.frames * speed:.0f}/s {size_text(account.bytes * speed)}/s p50 {time_text(median)} "
            f"p99 {time_text(high)} ring {reader.stats().used / reader.capacity:.0%}"))
