# SPDX-License-Identifier: MIT
"""Puts one mistake after the other into a copy of the engine and runs the suite: `./dev mutants`.

A mutant is killed when a test fails, or when the mistake does not end (every test has a time limit). One that survives
is a hole in the suite, and makes this program fail.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import time

from mutants import ENGINE, Mutant, all_mutants

ROOT = pathlib.Path(__file__).parents[2]
SCRATCH = ROOT / "build" / "mutants"
SOURCE = SCRATCH / "source"
BUILD = SCRATCH / "build"
# Suites of other languages reach the engine through the same calls, and take longer; so do long runs.
LEFT_OUT = "pytest|long"


def mirror() -> None:
    """Copies what git knows or would add. What is the same keeps its time, so that a second run builds little."""
    git = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, check=True, capture_output=True, text=True).stdout.splitlines()
    for name in listed:
        source, copy = ROOT / name, SOURCE / name
        if source.is_file() and (not copy.is_file() or source.read_bytes() != copy.read_bytes()):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)


def configure() -> None:
    options = ["-DZEROBUFFER_PYTHON=OFF", "-DZEROBUFFER_CSHARP=OFF", "-DZEROBUFFER_EXAMPLES=OFF",
               "-DZEROBUFFER_PERF=OFF", "-DZEROBUFFER_CRASH_MUTANTS=OFF"]
    subprocess.run(["cmake", "-G", "Ninja", "-S", str(SOURCE), "-B", str(BUILD), "--log-level=NOTICE",
                    "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG", *options],
                   check=True, stdout=subprocess.DEVNULL)


def build(targets: list[str]) -> str:
    """Builds these, or without any all. Empty, or what the compiler says."""
    chosen = ["--target", *targets] if targets else []
    done = subprocess.run(["cmake", "--build", str(BUILD), *chosen], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout[-4000:]


def first_failure(suites: list[str]) -> str:
    """The name of the first test that fails in these suites, or without any in all of them; or nothing."""
    pattern = rf"^({'|'.join(suites)})\." if suites else "."
    done = subprocess.run(["ctest", "--test-dir", str(BUILD), "-R", pattern, "-LE", LEFT_OUT, "--stop-on-failure",
                           "--timeout", "60", "--no-tests=error"],
                          capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode == 0:
        return ""
    if "(Not Run)" in done.stdout or "No tests were found" in done.stdout + done.stderr:
        raise RuntimeError(f"{pattern}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    # Those that were skipped are listed before.
    failed = re.search(r"^\s*\d+ - (\S+) \((?!Skipped)(.+)\)", done.stdout, re.MULTILINE)
    return f"{failed.group(1)} ({failed.group(2)})" if failed else f"ctest ended with {done.returncode}"


def hunt(mutant: Mutant) -> tuple[str, str]:
    """One of killed, survived, broken; and by what."""
    path = SOURCE / ENGINE / mutant.file
    whole = path.read_text()
    path.write_text(mutant.applied_to(whole))
    try:
        for suites in [mutant.suites, []]:
            trouble = build(suites)
            if trouble:
                return "broken", trouble
            failure = first_failure(suites)
            if failure:
                return "killed", failure
        return "survived", "every test passes"
    finally:
        path.write_text(whole)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev mutants", description=__doc__)
    parser.add_argument("text", nargs="*", help="only mutants whose name contains one of these")
    parser.add_argument("--list", action="store_true", help="print the names and do nothing")
    chosen = parser.parse_args()
    mutants = [m for m in all_mutants() if not chosen.text or any(text in m.name for text in chosen.text)]
    if chosen.list:
        print("\n".join(mutant.name for mutant in mutants))
        return 0
    if not mutants:
        print("no mutant has such a name", file=sys.stderr)
        return 2
    mirror()
    configure()
    print(f"{len(mutants)} mutants; the engine as it is comes first", flush=True)
    suites = sorted({suite for mutant in mutants for suite in mutant.suites})
    trouble = build(suites) or first_failure(suites)
    if trouble:
        print(f"the suite is red without any mutant: {trouble}", file=sys.stderr)
        return 1
    outcomes = []
    for number, mutant in enumerate(mutants, 1):
        start = time.monotonic()
        outcome, reason = hunt(mutant)
        outcomes.append(outcome)
        took = time.monotonic() - start
        print(f"{number:3}/{len(mutants)}  {outcome:8}  {mutant.name}: {reason}  [{took:.0f} s]", flush=True)
    counts = {outcome: outcomes.count(outcome) for outcome in ("killed", "survived", "broken")}
    print(f"\n{counts['killed']} killed, {counts['survived']} survived, {counts['broken']} do not compile")
    return 0 if outcomes.count("killed") == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())
