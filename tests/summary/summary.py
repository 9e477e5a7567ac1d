# SPDX-License-Identifier: MIT
"""Prints what failed, what was skipped and why, and last the one line `N passed, N failed, N skipped`.

Exit code 0: nothing failed and something passed. With --strict also: every skipped case is on the list of what a
machine may lack, and nothing was left behind.
"""
import argparse
import collections
import fnmatch
import pathlib
import sys

from results import read_preset


def read_allowed(path):
    """Pairs of patterns, of a name and of a reason, one pair a line, separated by a tab; # starts a comment line."""
    allowed = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, tab, reason = line.partition("\t")
        if not tab or not reason.strip():
            raise SystemExit(f"{path}:{number}: want a name, a tab and a reason")
        allowed.append((name, reason.strip()))
    return allowed


def is_allowed(case, allowed):
    match = fnmatch.fnmatchcase
    return any(match(case.name, name) and match(case.reason, reason) for name, reason in allowed)


def print_cases(title, cases):
    if not cases:
        return
    print(f"\n{title}:")
    for case in cases:
        print(f"  {case.preset}: {case.name}" + (f": {case.reason}" if case.reason else ""))


def print_notes(builds):
    """What tests left to be read by people, whatever came of them: results/*.txt in each build folder."""
    for build in builds:
        for note in sorted((build / "results").glob("*.txt")):
            print(f"\n{build.name}: {note.stem}:")
            print("".join(f"  {line}\n" for line in note.read_text().splitlines()), end="")


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("builds", nargs="+", type=pathlib.Path, help="build/<preset> folders")
    parser.add_argument("--allowed", type=pathlib.Path, required=True, help="list of skips that --strict lets pass")
    parser.add_argument("--left-behind", action="append", default=[], help="a file that the run left in shared memory")
    parser.add_argument("--strict", action="store_true")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse_arguments(arguments)
    allowed = read_allowed(options.allowed)
    cases = [case for build in options.builds for case in read_preset(build)]
    by_outcome = collections.defaultdict(list)
    for case in cases:
        by_outcome[case.outcome].append(case)
    unexpected = [case for case in by_outcome["skipped"] if not is_allowed(case, allowed)]

    print_notes(options.builds)
    print_cases("Skipped", by_outcome["skipped"])
    print_cases("Failed", by_outcome["failed"])
    if options.strict:
        print_cases(f"Skipped without a line in {options.allowed.name}", unexpected)
    if options.left_behind:
        print("\nLeft in shared memory: " + " ".join(options.left_behind))
    counts = {outcome: len(by_outcome[outcome]) for outcome in ("passed", "failed", "skipped")}
    print("\n" + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    good = counts["passed"] > 0 and counts["failed"] == 0
    return 0 if good and not (options.strict and (unexpected or options.left_behind)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
