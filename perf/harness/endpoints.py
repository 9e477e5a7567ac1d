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
    # Files and folders: another content makes it another endpoint.
    made_of: tuple[pathlib.Path, ...] = ()


@dataclasses.dataclass(frozen=True)
class LeftOut:
    language: str
    reason: str


def known(build: pathlib.Path) -> list[Endpoint]:
    csharp = os.environ.get("ZEROBUFFER_ENDPOINT_CSHARP", str(build / "perf/endpoints/csharp/zerobuffer_endpoint"))
    cpp, library = build / "perf/endpoints/cpp/zerobuffer_endpoint", build / "libzerobuffer/libzerobuffer.so"
    scripts, site = SOURCE / "perf/endpoints/python", build / "site"
    python = (INTERPRETER, "-B", str(scripts / "endpoint.py"))
    return [
        Endpoint("cpp", (str(cpp),), {}, (cpp, library)),
        Endpoint("python", python, {"PYTHONPATH": str(site)}, (scripts, site)),
        Endpoint("csharp", (csharp,), {}, (build / "csharp/bin/ZeroBuffer.PerfEndpoint/release", library)),
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
        inherited, polling = (frozenset(about.get(some, ())) for some in ("inherited", "polling"))
        language = Language(endpoint.language, tuple(about["transports"]), inherited, polling)
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

    @property
    def made_of(self) -> list[pathlib.Path]:
        return [path for endpoint in self.by_language.values() for path in endpoint.made_of]
