# SPDX-License-Identifier: MIT
"""Plays one source of the demo: starts its consumer and its producer, waits for both, compares their accounts."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import zerobuffer

import report
from sources import Source

_DRAIN_SECONDS = 10.0
_GRACE_SECONDS = 3.0
_LOOK_SECONDS = 0.02


class Stopped(Exception):
    """The demo cannot go on; the message says why."""

    def __init__(self, message: str, exit_status: int) -> None:
        super().__init__(message)
        self.exit_status = exit_status


class Play:
    """One source on its way through one buffer."""

    def __init__(self, source: Source, capacity: int, folder: Path) -> None:
        self._name = f"demo-{source.label}-{os.getpid()}"
        self._capacity = capacity
        self._result = folder / f"{source.label}.json"
        self._commands = {
            "consumer": [*source.consumer, "--name", self._name, "--capacity", str(capacity),
                         "--result", str(self._result)],
            "producer": [*source.producer, "--name", self._name],
        }
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self.interrupted = False

    def run(self) -> report.Run:
        """Raises Stopped when a process fails. Ctrl-C only ends the stream early."""
        try:
            self._play()
            account, _ = self._processes["producer"].communicate()
            return _compared(json.loads(self._result.read_text(encoding="utf-8")), json.loads(account))
        finally:
            self._clean_up()

    def _play(self) -> None:
        try:
            for role, command in self._commands.items():
                # In a group of its own: Ctrl-C reaches this process alone, which then ends the others in order.
                self._processes[role] = subprocess.Popen(command, text=True, process_group=0,
                                                         stdout=subprocess.PIPE if role == "producer" else None)
            self._wait(math.inf)
        except KeyboardInterrupt:
            self.interrupted = True
            # The producer alone: it ends its stream, and the consumer takes what is left and ends too.
            if "producer" in self._processes:
                self._processes["producer"].send_signal(signal.SIGINT)
            self._wait(_DRAIN_SECONDS)

    def _wait(self, seconds: float) -> None:
        """Until both are done. When one fails, the other one cannot go on."""
        deadline = time.monotonic() + seconds
        while True:
            statuses = [process.poll() for process in self._processes.values()]
            if None not in statuses or any(statuses) or time.monotonic() > deadline:
                break
            time.sleep(_LOOK_SECONDS)
        for role, process in self._processes.items():
            if process.returncode:
                raise Stopped(f"the {role} failed", 130 if self.interrupted else 1)
        if len(self._processes) < 2 or any(process.returncode is None for process in self._processes.values()):
            raise Stopped("stopped before the stream ended in order", 130)

    def _clean_up(self) -> None:
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process in self._processes.values():
            try:
                process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        try:
            zerobuffer.inspect(self._name)
        except zerobuffer.NotFound:
            return
        # A reader that was killed leaves its buffer; the one that takes its place closes it in order.
        zerobuffer.Reader(self._name, capacity=self._capacity, replace=True).close()


def _compared(result: dict[str, Any], producer: dict[str, Any]) -> report.Run:
    run = report.Run(**result)
    run.producer = producer
    consumer = run.consumer
    run.problems = [f"{run.description['source']}: {problem}" for wrong, problem in (
        (producer["frames"] != consumer["frames"], f"{producer['frames']} frames sent, {consumer['frames']} received"),
        (producer["bytes"] != consumer["bytes"], f"{producer['bytes']} bytes sent, {consumer['bytes']} received"),
        (producer["checksum"] != consumer["checksum"],
         f"checksum {producer['checksum']:016x} sent, {consumer['checksum']:016x} received"),
        (consumer["lost"] > 0, f"{consumer['lost']} sequences are missing"),
        (consumer["damaged"] > 0, f"{consumer['damaged']} frames do not have the checksum they were sent with"),
        (producer["copied"] > 0, f"{producer['copied']} frames were produced outside the ring"),
        (consumer["copied"] > 0, f"{consumer['copied']} frames were not seen where they were produced"),
    ) if wrong]
    return run
