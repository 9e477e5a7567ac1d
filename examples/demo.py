#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Sends real data from C++ to Python through shared memory, and shows that no frame is lost or copied.

A producer puts each frame together inside the ring, a consumer works on it there. Both add up checksums and look up
where in the segment the bytes lie; this program compares the two accounts, writes a report and ends with one line:
N frames, 0 lost, 0 copied. Exit status: 0 if so, 1 if not, 2 for a wrong option, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import tempfile
from pathlib import Path

import report
from play import Play, Stopped
from sources import MissingSource, Source, small_sources, video_source

_ROOT = Path(__file__).resolve().parent.parent
_OVERHEAD = 1 << 20  # control block, metadata and rounding of the segment


def byte_count(text: str) -> int:
    match = re.fullmatch(r"(\d+)([KMG]?)", text)
    if not match or int(match[1]) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no size such as 16M")
    return int(match[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[match[2]]


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 on")
    return int(text)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--small", action="store_true", help="CT slices and EEG samples, no video: needs no FFmpeg")
    parser.add_argument("--video", type=Path, metavar="FILE", help="another video than the one of python3-imageio")
    parser.add_argument("--rate", type=float, metavar="N", help="frames per second; 0: as fast as the consumer takes "
                                                                "them. Default: 0 for a video, 500 with --small")
    parser.add_argument("--loop", type=positive, default=1, metavar="N", help="send everything N times")
    parser.add_argument("--capacity", type=byte_count, default="16M", metavar="SIZE", help="of the ring, default 16M")
    parser.add_argument("--report", type=Path, metavar="FILE", help="default demo-report.html in the build folder")
    parser.add_argument("--build", type=Path, default=_ROOT / "build/release", metavar="DIR", help="build folder")
    options = parser.parse_args()
    if options.small and options.video:
        parser.error("--small and --video exclude each other")
    if options.rate is not None and not 0 <= options.rate < float("inf"):
        parser.error("--rate must not be negative")
    return options


def shortage_of_space(capacity: int) -> str | None:
    """What to do when the ring does not fit into the shared memory of this system."""
    system = os.statvfs("/dev/shm")
    free, needed = system.f_bavail * system.f_frsize, capacity + _OVERHEAD
    if free >= needed:
        return None
    return (f"/dev/shm has {free >> 20} MiB free, the ring needs {-(-needed >> 20)} MiB. Take a smaller one "
            "(--capacity 8M), give the container more (docker run --shm-size=256m), or remove what dead processes left "
            "(zerobuffer clean).")


def sources_for(options: argparse.Namespace, folder: Path) -> list[Source]:
    if options.small:
        return small_sources(options.build, folder, 500.0 if options.rate is None else options.rate, options.loop)
    return [video_source(options.build, options.video, options.rate or 0.0, options.loop)]


def play_all(options: argparse.Namespace) -> tuple[list[report.Run], bool]:
    """Runs one source after the other. True: Ctrl-C ended it early."""
    runs: list[report.Run] = []
    with tempfile.TemporaryDirectory(prefix="zerobuffer-demo-") as folder:
        for source in sources_for(options, Path(folder)):
            play = Play(source, options.capacity, Path(folder))
            runs.append(play.run())
            if play.interrupted:
                return runs, True
    return runs, False


def main() -> int:
    options = parse_options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        shortage = shortage_of_space(options.capacity)
        if shortage:
            raise Stopped(shortage, 1)
        runs, interrupted = play_all(options)
    except (MissingSource, Stopped) as stopped:
        print(f"demo: {stopped}", file=sys.stderr)
        return stopped.exit_status
    path = options.report or options.build / "demo-report.html"
    report.write(path, runs)
    problems = [problem for run in runs for problem in run.problems]
    for problem in problems:
        print(f"demo: {problem}", file=sys.stderr)
    print(f"report: {path}")
    print(report.verdict(runs))
    return 1 if problems else 130 if interrupted else 0


if __name__ == "__main__":
    sys.exit(main())
