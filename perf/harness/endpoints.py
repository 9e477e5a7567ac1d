# SPDX-License-Identifier: MIT
"""The endpoints of all languages: how to start each, which of them are there, and why the others are not."""
from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
from typing import Mapping, Optional, Sequence

from .planner import Language

SOURCE = pathlib.Path(__file__).resolve().parents[2]
INTERPRETER = "/usr/bin/python3"


@dataclasses.dataclass(frozen=True)
class Endpoint:
    language: str
    command: tuple[str, ...]
    environment: Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class LeftOut:
    language: str
    reason: str


def known(build: pathlib.Path) -> list[Endpoint]:
    csharp = os.environ.get("ZEROBUFFER_ENDPOINT_CSHARP", str(build / "perf/endpoints/csharp/zerobuffer_endpoint"))
    script, site = str(SOURCE / "perf/endpoints/python/endpoint.py"), str(build / "site")
    return [
        Endpoint("cpp", (str(build / "perf/endpoints/cpp/zerobuffer_endpoint"),), {}),
        Endpoint("python", (INTERPRETER, "-B", script), {"PYTHONPATH": site}),
        Endpoint("csharp", (csharp,), {}),
    ]


def _describe(endpoint: Endpoint) -> tuple[Language, str] | LeftOut:
    for file in endpoint.command:
        if file.startswith("/") and not pathlib.Path(file).exists():
            return LeftOut(endpoint.language, f"{file} was not built")
    try:
        environment = {**os.environ, **endpoint.environment}
        answer = subprocess.run([*endpoint.command, "--describe"], env=environment, check=True, capture_output=True,
                                text=True, timeout=60)
        about = json.loads(answer.stdout)
        language = Language(endpoint.language, tuple(about["transports"]), frozenset(about.get("inherited", ())))
    except subprocess.CalledProcessError as error:
        return LeftOut(endpoint.language, f"--describe failed: {(error.stderr or error.stdout).strip()}")
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as error:
        return LeftOut(endpoint.language, f"--describe failed: {error!r}")
    if "zerobuffer" not in language.transports:
        return LeftOut(endpoint.language, "its binding of the library was not built")
    return language, str(about.get("version", "unknown"))


class Endpoints:
    def __init__(self, build: pathlib.Path, candidates: Optional[Sequence[Endpoint]] = None) -> None:
        self.build = build
        self.by_language: dict[str, Endpoint] = {}
        self.languages: list[Language] = []
        self.left_out: list[LeftOut] = []
        self.versions: dict[str, str] = {}
        for endpoint in known(build) if candidates is None else candidates:
            found = _describe(endpoint)
            if isinstance(found, LeftOut):
                self.left_out.append(found)
            else:
                self.by_language[endpoint.language] = endpoint
                language, self.versions[f"endpoint-{endpoint.language}"] = found
                self.languages.append(language)
