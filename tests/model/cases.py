# SPDX-License-Identifier: MIT
"""Which searches there are: each model within its bounds, and each model with each of its mutants."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODELS = ("ring", "wait", "doorbell", "names")
IS_LONG = os.environ.get("ZEROBUFFER_MODEL_BOUNDS") == "long"


@dataclass(frozen=True)
class Case:
    model: str
    bounds: tuple[str, ...] = ()
    mutant: str = ""
    least_states: int = 0

    @property
    def text(self) -> Path:
        return HERE / f"{self.model}.pml"

    def defines(self) -> list[str]:
        return [f"-D{bound}" for bound in self.bounds] + ([f"-DMUTANT_{self.mutant}=1"] if self.mutant else [])

    def __str__(self) -> str:
        return "-".join(filter(None, (self.model, "hidden" if "HIDDEN=1" in self.bounds else "", self.mutant)))


# A search that saw fewer states was not that of the whole model.
SHORT = [
    Case("ring", (), "", 1_000_000),
    Case("wait", (), "", 1_000_000),
    Case("doorbell", (), "", 100_000),
    Case("names", (), "", 1_000_000),
    Case("names", ("HIDDEN=1", "ENDPOINTS=1"), "", 1_000),
]
LONG = [
    Case("ring", ("CAPACITY=5", "FRAMES=6", "KILLS=3"), "", 10_000_000),
    Case("wait", ("FRAMES=4", "KILLS=2", "LIVES=4"), "", 10_000_000),
    Case("doorbell", ("PUBLISHED=5", "REPLACED=2", "TIMED=2", "FAILING=2"), "", 1_000_000),
    Case("names", ("LIVES=3", "PASSES=2"), "", 10_000_000),
    Case("names", ("HIDDEN=1", "LIVES=2"), "", 1_000_000),
]
TRUE = LONG if IS_LONG else SHORT
# Taken from the texts: a mutant that is added there is run. Names go wrong without a kill, too.
MUTANT_BOUNDS: dict[str, tuple[str, ...]] = {"names": ("KILLS=0",)}
MUTANTS = [
    Case(model, MUTANT_BOUNDS.get(model, ()), mutant)
    for model in MODELS
    for mutant in sorted(set(re.findall(r"MUTANT_(\w+)", (HERE / f"{model}.pml").read_text())))
]
