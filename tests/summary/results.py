# SPDX-License-Identifier: MIT
"""Reads what CTest and pytest wrote about one preset into single cases. Whatever is not clearly passed or skipped has
failed: a crash, a timeout, a program that was not built, a run that left no file."""
import dataclasses
import re
import xml.etree.ElementTree as xml


@dataclasses.dataclass(frozen=True)
class Case:
    preset: str
    name: str
    outcome: str  # passed, failed or skipped
    reason: str = ""


def read_preset(build_dir):
    """The cases of build/<preset>. CTest knows every test; one that ran pytest left a file with the cases in it."""
    preset = build_dir.name
    results = build_dir / "results"
    try:
        tests = xml.parse(results / "ctest.xml").getroot().findall("testcase")
    except (FileNotFoundError, xml.ParseError):
        return [Case(preset, "ctest", "failed", "no results: it was not built, or CTest itself failed")]
    cases = []
    for test in tests:
        cases += _test(preset, test, results / f"{test.get('name')}.xml")
    return cases


def _test(preset, test, pytest_file):
    whole = _ctest_case(preset, test)
    try:
        inner = [_pytest_case(preset, case) for case in xml.parse(pytest_file).getroot().iter("testcase")]
    except (FileNotFoundError, xml.ParseError):
        return [whole]
    # pytest may fail after its last case, or find none.
    if whole.outcome == "failed" and all(case.outcome != "failed" for case in inner):
        return [*inner, whole]
    return inner


def _ctest_case(preset, test):
    name = test.get("name")
    skipped = test.find("skipped")
    if test.get("status") == "run":
        return Case(preset, name, "passed")
    # CTest calls it skipped, too, when it could not start a test at all.
    if skipped is not None and skipped.get("message", "").startswith("SKIP_"):
        return Case(preset, name, "skipped", _skip_message(test.findtext("system-out") or ""))
    failure = test.find("failure")
    return Case(preset, name, "failed", "" if failure is None else failure.get("message", ""))


def _skip_message(output):
    """What GTEST_SKIP() << said, or the last line of another program."""
    match = re.search(r": Skipped\n(.*?)\s*\[  SKIPPED \]", output, flags=re.DOTALL)
    if match:
        return " ".join(match[1].split())
    lines = output.split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _pytest_case(preset, case):
    # A module that cannot be imported has no class name.
    name = f"{case.get('classname')}.{case.get('name')}".strip(".")
    for kind in ("failure", "error"):
        if case.find(kind) is not None:
            return Case(preset, name, "failed", case.find(kind).get("message", "").split("\n")[0])
    skipped = case.find("skipped")
    if skipped is not None:
        return Case(preset, name, "skipped", skipped.get("message", ""))
    return Case(preset, name, "passed")
