# SPDX-License-Identifier: MIT
"""Results on disk: JSON lines. While a run goes on, every repetition is a line of its own, so that a run that was ended
can be carried on; when it is complete, they give way to one line per limit and case."""
from __future__ import annotations

import json
import os
import pathlib
from typing import Any, Iterable, Mapping

# Only in a run that is not complete.
PROVISIONAL = ("begin", "limit-repeat", "repeat", "counts", "failure")


class StoreError(Exception):
    """A file that cannot be used; the message names it and says what to do."""


def read(path: pathlib.Path) -> list[dict[str, Any]]:
    """Every line. A last line that was cut off is left out. Errors: StoreError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from None
    records = []
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
            if not isinstance(record, dict) or "kind" not in record:
                raise ValueError
        except ValueError:
            if number == len(lines):
                break
            raise StoreError(f"{path}, line {number}: not a line of results") from None
        records.append(record)
    return records


def write(path: pathlib.Path, records: Iterable[Mapping[str, Any]]) -> None:
    """The whole file or, if that fails, what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    with open(beside, "w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, separators=(",", ":")) + "\n")
    os.replace(beside, path)


def last_run(records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The lines of the run that begins last."""
    run: list[Mapping[str, Any]] = []
    for record in records:
        if record["kind"] == "machine":
            run = []
        run.append(record)
    return run


class Store:
    """One file, open for one run. Every line is on disk when append() returns."""

    def __init__(self, path: pathlib.Path, fresh: bool = False) -> None:
        self.path = path
        self._earlier = read(path) if path.exists() and not fresh else []
        self.run: list[Mapping[str, Any]] = []
        last = last_run(self._earlier)
        if any(record["kind"] in PROVISIONAL for record in last):
            self.run = last
            self._earlier = self._earlier[:len(self._earlier) - len(last)]

    @property
    def unfinished(self) -> bool:
        return bool(self.run)

    def begin(self, machine: Mapping[str, Any], plan: Mapping[str, Any]) -> None:
        """A new run, or the unfinished one if its plan is the same. Errors: StoreError if it is another."""
        if self.unfinished:
            begun = next((record for record in self.run if record["kind"] == "begin"), None)
            if begun is None or begun["plan"] != plan:
                raise StoreError(f"{self.path} holds an unfinished run of another plan or build, or from before the "
                                 "machine was started: finish it with the same options, throw it away with --fresh, "
                                 "or choose another --out")
            # A last line may have been cut off.
            self._rewrite(self.run)
            return
        self.run = [{"kind": "machine", **machine}, {"kind": "begin", "run": machine["run"], "plan": dict(plan)}]
        self._rewrite(self.run)

    def of_kind(self, kind: str) -> list[Mapping[str, Any]]:
        return [record for record in self.run if record["kind"] == kind]

    def append(self, record: Mapping[str, Any]) -> None:
        self.run.append(record)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(record, separators=(",", ":")) + "\n")

    def finish(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Replaces what is provisional; the file holds either the old lines or all new ones."""
        kept = [record for record in self.run if record["kind"] not in PROVISIONAL]
        self.run = [*kept, *records]
        self._rewrite(self.run)

    def _rewrite(self, run: Iterable[Mapping[str, Any]]) -> None:
        write(self.path, [*self._earlier, *run])
