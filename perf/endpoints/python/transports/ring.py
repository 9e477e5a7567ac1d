# SPDX-License-Identifier: MIT
"""The library under measurement, through its public interface. A round trip uses NAME-request and NAME-response."""
from __future__ import annotations

from typing import Optional

from zerobuffer import Reader, Writer

from setup import PATIENCE, Setup

from . import InPlace, transport


@transport("zerobuffer")
class Ring(InPlace):
    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.reader: Optional[Reader] = None
        self.writer: Optional[Writer] = None
        if setup.role != "source":
            self.reader = Reader(self._name(read=True), capacity=setup.capacity, alignment=setup.alignment,
                                 layout=setup.layout, wait=setup.wait)
            self.acquire = self.reader.acquire

    def _name(self, read: bool) -> str:
        if self.setup.role == "ping":
            return self.setup.name + ("-response" if read else "-request")
        if self.setup.role == "echo":
            return self.setup.name + ("-request" if read else "-response")
        return self.setup.name

    def connect(self, role: str) -> None:
        if role != "sink":
            self.writer = Writer(self._name(read=False), timeout=PATIENCE, wait=self.setup.wait)
            self.claim = self.writer.claim
            self.write = self.writer.write
        if self.reader is not None and not self.reader.wait_for_peer(PATIENCE):
            raise TimeoutError(f"no writer came to {self.reader.name} within {PATIENCE:.0f} s")

    def close(self) -> None:
        for end in (self.writer, self.reader):
            if end is not None:
                end.close()
