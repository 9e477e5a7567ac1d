# SPDX-License-Identifier: MIT
"""What must be the same for a run to be carried on: what is measured, by what, and since when the machine is up."""
from __future__ import annotations

import hashlib
import pathlib
from typing import Any, Iterable, Sequence

from .cases import Case, effort_of


def fingerprint(made_of: Iterable[pathlib.Path]) -> str:
    """Of the content of these files, and of all files in these folders. What is not there counts as not there."""
    digest = hashlib.sha256()
    for path in made_of:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _boot() -> str:
    """Another value after each start of the machine: random(4)."""
    return pathlib.Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def plan_record(cases: Sequence[Case], seconds: float, commit: str, made_of: Iterable[pathlib.Path]) -> dict[str, Any]:
    """Not how often: a run may be carried on with more repetitions."""
    efforts = {case.id: [effort.warm_up, effort.frames] for case in cases if (effort := effort_of(case, seconds))}
    return {"commit": commit, "build": fingerprint(made_of), "boot": _boot(), "cases": efforts}
