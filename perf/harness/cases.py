# SPDX-License-Identifier: MIT
"""One case of the matrix: what is measured, and how many frames that takes. Its id is its identity everywhere."""
from __future__ import annotations

import dataclasses
from typing import Optional

PACED_SIZE = 3_110_416
MEBI = 1 << 20
# For frames above 64 KiB, up to 12 MiB: five of the paced ones, the size that docs/guide.md recommends for them.
LARGE_RING = 16 * MEBI


@dataclasses.dataclass(frozen=True)
class Case:
    library: str
    layout: Optional[str]
    writer: str
    reader: str
    shape: str
    size: int
    touch: str
    wait: str
    pinned: bool = True
    rate: Optional[int] = None
    inherited: bool = False
    # Bytes, if the user named them.
    ring: Optional[int] = None

    @property
    def id(self) -> str:
        languages, binding = f"{self.writer}-{self.reader}", "pinned" if self.pinned else "free"
        what = (self.shape, str(self.size), self.touch, self.wait)
        parts = (self.library, self.layout or "-", languages, *what, binding)
        return "/".join(parts) + (f"/{self.rate}" if self.rate else "") + (f"/ring-{self.ring}" if self.ring else "")

    @property
    def alignment(self) -> int:
        return 16 if self.size <= 32 else 64

    @property
    def capacity(self) -> int:
        """Small frames: hundreds of them; large ones: at least five."""
        if self.ring:
            return self.ring
        if self.size <= 1024:
            return MEBI
        if self.size <= 65536:
            return 4 * MEBI
        return LARGE_RING if self.size <= 12 * MEBI else 128 * MEBI

    @property
    def lap(self) -> int:
        """Frames that the ring holds."""
        return self.capacity // (self.size + self.alignment)

    @property
    def copies_always(self) -> bool:
        return self.library != "zerobuffer"


@dataclasses.dataclass(frozen=True)
class Effort:
    warm_up: int
    frames: int


def estimated_ns(case: Case) -> float:
    """Of one frame or round trip, roughly: for the number of frames and for deadlines, not for judgement."""
    ways = 2 if case.shape == "rtt" else 1
    time = 250.0 if case.shape == "rtt" else 50.0
    time += 200.0 * (case.writer, case.reader).count("python")
    if case.wait == "block" and case.shape == "rtt":
        time += 80_000.0
    if case.copies_always:
        time += 10_000.0 * ways
    if case.touch in ("header", "every") and "python" in (case.writer, case.reader):
        time += 2_000.0 * ways
    if case.touch in ("every", "copy") or case.copies_always:
        time += 0.2 * case.size * ways
    return time


def effort_of(case: Case, seconds: float) -> Effort:
    """Frames for about so many seconds, after enough to have every page of the ring touched; small ones at a rate would
    take a minute for that, and have a second."""
    if case.rate is not None:
        # Longer than other cases: there are few frames in a second, and it is their tail that matters.
        frames = max(20, round(case.rate * max(1.0, seconds * 10)))
        return Effort(max(20, min(case.lap + 1, case.rate)), frames)
    frames = max(20, min(round(seconds * 1e9 / estimated_ns(case)), 500_000))
    if case.shape == "stream":
        # A stream that fits into the ring measures two solos and no duet.
        frames = max(frames, 4 * case.lap)
        return Effort(2 * case.lap, frames)
    return Effort(min(case.lap + 1, max(frames, 50)), frames)


def counting_effort(case: Case) -> Effort:
    """Under strace, where each system call takes some 50 us."""
    frames = 200 if case.size <= MEBI and case.rate is None else 20
    return Effort(10, frames)


def deadline_of(case: Case, effort: Effort) -> float:
    """Seconds after which an endpoint hangs and is killed."""
    frames = effort.warm_up + effort.frames
    each = 1e9 / case.rate if case.rate else 50 * estimated_ns(case) + 100_000
    return 60.0 + 3 * frames * each / 1e9
