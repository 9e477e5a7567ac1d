# SPDX-License-Identifier: MIT
"""A result file that nobody measured: figures made up by formulas, so that the report has something of every kind
to show. The machine says so."""
from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any, Iterator, Optional

SIZES = (32, 64, 1024, 65536, 1 << 20, 3_110_416, 24_883_200)
LANGUAGES = ("cpp", "python", "csharp")
RATES = (30, 60, 120, 240, 500, 1000)
_COST = {"cpp": 0.0, "python": 170.0, "csharp": 25.0}
_PEERS = {
    "pipe": (9000, 0.35),
    "unix": (8200, 0.33),
    "posix-mq": (7600, 0.5),
    "boost-mq": (900, 0.45),
    "zmq": (31000, 0.42),
    "nng": (42000, 0.40),
    "iceoryx": (3400, 0.0),
}
_PYTHON_PEERS = {
    "mp-pipe": (21000, 0.5),
    "mp-queue": (88000, 0.9),
    "mp-simple-queue": (30000, 0.7),
    "pyzmq": (52000, 0.5),
    "shared-memory": (12000, 0.4),
}
RUN = "made-up"


def machine(run: str = RUN) -> dict[str, Any]:
    return {
        "kind": "machine",
        "run": run,
        "time": "2020-01-01T00:00:00Z",
        "cpu": "made up: nobody measured these figures",
        "cores": 2,
        "kernel": "Linux 0.0 (made up)",
        "governor": "none",
        "compiler": "made up",
        "versions": {"python": "3.11.2", "zerobuffer": "2.0.0"},
        "commit": "0123456789ab",
        "command": "./dev bench",
    }


def limits(run: str = RUN) -> Iterator[dict[str, Any]]:
    figures = {
        "lines/2": 322.0,
        "lines/1": 181.0,
        "futex": 7900.0,
        **{f"memcpy/{size}": 3 + size * 0.1 for size in SIZES},
    }
    for name, median in figures.items():
        yield {"kind": "limit", "run": run, "name": name, "median_ns": median, "least_ns": median * 0.95, "repeats": 5}


def _figures(median: float, chance: random.Random) -> dict[str, Any]:
    """A log-normal body with a rare slow tail."""
    counts: dict[int, int] = {}
    for number in range(4000):
        slow = 8.0 if number % 700 == 699 else 1.0
        value = median * slow * math.exp(abs(chance.gauss(0, 0.06)) + chance.gauss(0, 0.01))
        bucket = round(value / median * 200)
        counts[bucket] = counts.get(bucket, 0) + 25
    steps = [[round(bucket * median / 200, 1), count] for bucket, count in sorted(counts.items())]
    total = sum(count for _, count in steps)

    def at(share: float) -> float:
        below = 0
        for time, count in steps:
            below += count
            if below >= share * total:
                return float(time)
        return float(steps[-1][0])

    p = {"min": steps[0][0], "p50": at(0.5), "p90": at(0.9), "p99": at(0.99), "p99.9": at(0.999), "max": steps[-1][0]}
    return {"p": p, "histogram": steps, "samples": [p["p50"] * factor for factor in (0.98, 1.0, 1.01, 1.0, 1.06)]}


def _limit(shape: str, size: int, touch: str, wait: str) -> dict[str, Any]:
    if shape == "paced":
        return {"limit": {"name": "0.5 futex", "ns": 3950.0}, "corrected_p": {"p50": 61_000.0, "p99": 93_000.0}}
    if touch in ("every", "copy"):
        return {"limit": {"name": f"{touch}-{shape}/{size}", "ns": 350.0 + 0.2 * size}}
    return {"limit": {"name": "futex", "ns": 7900.0} if wait == "block" else {"name": "lines/2", "ns": 322.0}}


def case(
    library: str,
    layout: Optional[str],
    writer: str,
    reader: str,
    shape: str,
    size: int,
    touch: str,
    wait: str,
    median: float,
    pinned: bool = True,
    rate: Optional[float] = None,
    run: str = RUN,
) -> dict[str, Any]:
    name = "/".join(
        filter(
            None,
            (
                library,
                layout,
                f"{writer}-{reader}",
                shape,
                str(size),
                touch,
                wait,
                f"{rate:g}" if rate else "",
                "pinned" if pinned else "free",
            ),
        )
    )
    chance = random.Random(name)
    figures = _figures(median, chance)
    if shape == "stream":
        figures = {"p": None, "per_frame_ns": median, "histogram": None, "samples": [median, median * 1.03]}
    return {
        "kind": "case",
        "run": run,
        "case": name,
        "library": library,
        "layout": layout,
        "writer": writer,
        "reader": reader,
        "shape": shape,
        "size": size,
        "touch": touch,
        "wait": wait,
        "pinned": pinned,
        "rate": rate,
        "repeats": 5,
        "per_frame_ns": None,
        "frames_per_s": rate or 1e9 / median,
        "cpu_ns_per_frame": {"writer": median, "reader": median * 0.9},
        "cpu_share": {"writer": 0.021, "reader": 0.032},
        "syscalls_per_frame": {"writer": 0.0, "reader": 0.0} if wait == "spin" else {"writer": 1, "reader": 1.02},
        "allocations_per_frame": {"writer": 0, "reader": 0} if writer == "cpp" else None,
        "faults_per_frame": {"writer": 0.0, "reader": 0.0},
        "late_wakeups": 0,
        "disturbed": 0,
        **_limit(shape, size, touch, wait),
        **figures,
    }


def _own() -> Iterator[dict[str, Any]]:
    moved = {"none": 0.0, "header": 0.0, "every": 0.22, "copy": 0.41}
    for layout, more in (("v2", 0.0), ("v1", 140.0)):
        for writer in LANGUAGES:
            for reader in LANGUAGES:
                for size in SIZES:
                    for touch in ("none", "header", "every", "copy") if layout == "v2" else ("none",):
                        median = 405 + more + _COST[writer] + _COST[reader] + size * moved[touch]
                        yield case("zerobuffer", layout, writer, reader, "rtt", size, touch, "spin", median)
                    yield case(
                        "zerobuffer",
                        layout,
                        writer,
                        reader,
                        "stream",
                        size,
                        "none",
                        "spin",
                        24 + more / 2 + _COST[writer] / 2,
                    )
    for wait, median in (("adaptive", 430.0), ("block", 8900.0)):
        for touch in ("none", "every"):
            yield case("zerobuffer", "v2", "cpp", "cpp", "rtt", 64, touch, wait, median)
        yield case("zerobuffer", "v2", "cpp", "cpp", "rtt", 64, "none", wait, median * 1.4, pinned=False)


def _peers() -> Iterator[dict[str, Any]]:
    for peers, name in ((_PEERS, "cpp"), (_PYTHON_PEERS, "python")):
        for library, (fixed, per_byte) in peers.items():
            for touch in ("header", "every"):
                for size in SIZES:
                    share = 0.25 if touch == "every" else 0.0
                    one = case(
                        library, None, name, name, "rtt", size, touch, "block", fixed + size * (per_byte + share)
                    )
                    if library == "posix-mq" and size > 8192:
                        for key in ("p", "histogram", "samples", "frames_per_s", "cpu_ns_per_frame", "cpu_share"):
                            one[key] = None
                        one["error"] = "frames of this queue have at most 8,192 bytes (/proc/sys/fs/mqueue/msgsize_max)"
                    yield one


def _polling_peer() -> Iterator[dict[str, Any]]:
    for touch in ("header", "every"):
        for size in SIZES:
            share = 0.25 if touch == "every" else 0.0
            yield case("iceoryx", None, "cpp", "cpp", "rtt", size, touch, "spin", 1300 + size * share)


def _paced() -> Iterator[dict[str, Any]]:
    for rate in RATES:
        for writer in ("cpp", "python"):
            yield case(
                "zerobuffer",
                "v2",
                writer,
                writer,
                "paced",
                3_110_416,
                "header",
                "adaptive",
                1500 + _COST[writer],
                rate=rate,
            )
        yield case("zerobuffer", "v2", "cpp", "cpp", "paced", 3_110_416, "header", "block", 52000, rate=rate)
        yield case("unix", None, "cpp", "cpp", "paced", 3_110_416, "header", "block", 1_150_000, rate=rate)


def lines() -> list[dict[str, Any]]:
    return [machine(), *limits(), *_own(), *_peers(), *_polling_peer(), *_paced()]


def write(path: Path, objects: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in objects), encoding="utf-8")
    return path
