# SPDX-License-Identifier: MIT
"""`./dev bench scenarios`: times whole processes with hyperfine, per pair of languages."""
from __future__ import annotations

import argparse
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
from typing import Optional, Sequence

from harness.endpoints import Endpoint, Endpoints

FOLDER = pathlib.Path(__file__).resolve().parent
FRAMES = (1, 100_000)
SIZE = 64
_READY = """echo {"event":"ready"}"""


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="./dev bench scenarios", description=__doc__, allow_abbrev=False)
    options.add_argument("--pairs", help="such as cpp-cpp,cpp-python: the writer's language, then the reader's")
    options.add_argument("--runs", type=int, default=20, help="of each, after 2 that do not count (default: 20)")
    options.add_argument("--json", type=pathlib.Path, metavar="FILE", help="hyperfine's results as well")
    options.add_argument("--list", action="store_true", help="print the commands and stop")
    options.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    return options


def words_of(endpoint: Endpoint, role: str, name: str, frames: int) -> str:
    """A command line in words without blanks; what the endpoint needs in its environment goes before it."""
    environment = [f"{key}={value}" for key, value in endpoint.environment.items()]
    words = ["env", *environment, *endpoint.command, role, "--transport", "zerobuffer", "--name", name, "--size",
             str(SIZE), "--frames", str(frames), "--wait", "adaptive", "--capacity", str(1 << 20)]
    if any(character.isspace() for word in words for character in word):
        raise ValueError(f"a path has a blank in it, which pair.sh cannot take: {words}")
    return " ".join(words)


def scenarios(endpoints: Endpoints, pairs: Optional[Sequence[str]]) -> dict[str, str]:
    """Commands by name. Raises ValueError for a pair that is not there."""
    script = str(FOLDER / "pair.sh")
    found = {"nothing": shlex.join([script, _READY, "true"])}
    languages = list(endpoints.by_language)
    known = [f"{writer}-{reader}" for writer in languages for reader in languages]
    for pair in known if pairs is None else pairs:
        if pair not in known:
            raise ValueError(f"no such pair here: {pair}; there are {', '.join(known)}")
        writer, reader = (endpoints.by_language[name] for name in pair.split("-"))
        for frames in FRAMES:
            # One at a time uses it: hyperfine runs one command after the other.
            name = f"zb-scenario-{os.getpid()}-x"
            ends = [words_of(reader, "sink", name, frames), words_of(writer, "source", name, frames)]
            found[f"{pair}, {frames:,} frame{'s' if frames > 1 else ''}"] = shlex.join([script, *ends])
    return found


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    endpoints = Endpoints(options.build)
    for left_out in endpoints.left_out:
        print(f"left out: {left_out.language}: {left_out.reason}", file=sys.stderr)
    try:
        commands = scenarios(endpoints, options.pairs.split(",") if options.pairs else None)
    except ValueError as error:
        print(f"./dev bench scenarios: {error}", file=sys.stderr)
        return 2
    if options.list:
        print("\n".join(f"# {name}\n{command}" for name, command in commands.items()))
        return 0
    if shutil.which("hyperfine") is None:
        print("./dev bench scenarios needs hyperfine: ./dev setup scenarios", file=sys.stderr)
        return 3
    if len(os.sched_getaffinity(0)) < 2:
        print("./dev bench scenarios needs two CPUs", file=sys.stderr)
        return 3
    export = ["--export-json", str(options.json)] if options.json else []
    named = [word for name, command in commands.items() for word in ("--command-name", name, command)]
    plan = ["hyperfine", "--shell=none", "--warmup", "2", "--runs", str(options.runs), *export, *named]
    return subprocess.run(plan, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
