# SPDX-License-Identifier: MIT
"""Objects from one process to another and back: multiprocessing.Queue, zerobuffer.Queue, and views of the ring.

    ./dev python perf/python/objects.py

A round trip is an object there and, through a second queue of the same kind, an answer back: of the large object one
number that the receiver has read in it, of the small one the object itself. Each figure is the median over the
repetitions of the median of one; each repetition has a fresh process on the other side. `x` says how many times faster
than multiprocessing.Queue that is in the same run.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import time
from typing import Any, Callable

import numpy as np

import zerobuffer

# Room for two of the large objects: larger rings are colder.
CAPACITY = 20 << 20
PATIENCE = 60.0
END = "end"
Put = Callable[[Any], Any]
Get = Callable[[], Any]


def large() -> dict[str, Any]:
    """Four arrays of doubles, 8 MB together."""
    return {name: np.arange(250_000, dtype=np.float64) for name in "abcd"}


def small() -> dict[str, Any]:
    return {"id": 7, "name": "camera", "values": [1.0, 2.0, 3.0], "ok": True}


def first_number(content: Any) -> Any:
    return float(content["a"][1]) + float(content["d"][-1])


def itself(content: Any) -> Any:
    return content


# What is sent, what is answered, and how many round trips are one repetition.
CASES: dict[str, tuple[Callable[[], Any], Callable[[Any], Any], int]] = {
    "dict of 4 arrays, 8 MB": (large, first_number, 60),
    "small dict": (small, itself, 5000),
}


def copying(content: dict[str, Any]) -> float:
    """Seconds to copy arrays to arrays that are there: less is not possible for who copies them into a ring."""
    sources = [value for value in content.values() if isinstance(value, np.ndarray)]
    targets = [np.empty_like(source) for source in sources]
    taken = []
    for _ in range(50):
        begin = time.perf_counter()
        for source, target in zip(sources, targets):
            np.copyto(target, source)
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def ends_of_multiprocessing() -> tuple[Any, Any]:
    return multiprocessing.Queue(), multiprocessing.Queue()


def ends_of_queue() -> tuple[Any, Any]:
    return zerobuffer.Queue(capacity=CAPACITY), zerobuffer.Queue(capacity=CAPACITY)


def ends_of_queue_with_views() -> tuple[Any, Any]:
    return zerobuffer.Queue(capacity=CAPACITY, copy=False), zerobuffer.Queue(capacity=CAPACITY)


class Ring:
    """One direction by write_object and frame.object; each process attaches with its first call."""

    def __init__(self, name: str) -> None:
        self._name = f"objects-{os.getpid()}-{name}"

    def put(self, content: Any) -> None:
        self._writer.write_object(content)

    def get(self) -> Any:
        # The views hold the frame.
        return self._reader.acquire().object()

    def __getattr__(self, name: str) -> Any:
        if name == "_writer":
            self._writer = zerobuffer.Writer.create(self._name, capacity=CAPACITY)
        elif name == "_reader":
            self._reader = zerobuffer.Reader(self._name, capacity=CAPACITY)
        return self.__dict__[name]


def ends_of_ring() -> tuple[Any, Any]:
    return Ring("there"), Ring("back")


KINDS: dict[str, Callable[[], tuple[Any, Any]]] = {
    "multiprocessing.Queue": ends_of_multiprocessing,
    "zerobuffer.Queue": ends_of_queue,
    "zerobuffer.Queue(copy=False)": ends_of_queue_with_views,
    "write_object, frame.object()": ends_of_ring,
}


def answer(there: Any, back: Any, look: Callable[[Any], Any]) -> None:
    while True:
        content = there.get()
        if isinstance(content, str):
            return
        back.put(look(content))
        # Or the views would still be held while the next one is waited for.
        del content


def repetition(kind: str, case: str, trips: int) -> float:
    """Seconds: the median of one repetition."""
    make, look, _ = CASES[case]
    there, back = KINDS[kind]()
    content = make()
    expected = look(content)
    other = multiprocessing.get_context("fork").Process(target=answer, args=(there, back, look))
    other.start()
    taken = []
    for _ in range(trips // 10 + trips):
        begin = time.perf_counter()
        there.put(content)
        got = back.get()
        taken.append(time.perf_counter() - begin)
        if got != expected:
            raise SystemExit(f"{kind}: {got!r} came back")
    there.put(END)
    other.join(PATIENCE)
    if other.exitcode != 0:
        raise SystemExit(f"{kind}: the other process ended with {other.exitcode}")
    return statistics.median(taken[trips // 10:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeat", type=int, default=7, help="repetitions of each (7)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the round trips: does it work?")
    parser.add_argument("--json", metavar="FILE", help="also write the figures, in seconds, for a machine to read")
    options = parser.parse_args()
    figures: dict[str, dict[str, float]] = {}
    for case, (_, _, trips) in CASES.items():
        samples: dict[str, list[float]] = {kind: [] for kind in KINDS}
        # All kinds once before any a second time: what disturbs the machine disturbs all of them.
        for _ in range(options.repeat):
            for kind in KINDS:
                samples[kind].append(repetition(kind, case, trips // 10 if options.quick else trips))
        figures[case] = {kind: statistics.median(values) for kind, values in samples.items()}
        print(f"{case}: median of {options.repeat}")
        slowest = figures[case]["multiprocessing.Queue"]
        for kind, seconds in figures[case].items():
            print(f"  {kind:30} {seconds * 1e6:10.1f} us {slowest / seconds:7.1f} x")
        if case.endswith("MB"):
            print(f"  {'the least: one copy of it':30} {copying(CASES[case][0]()) * 1e6:10.1f} us")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(figures, file, indent=1)


if __name__ == "__main__":
    main()
