# SPDX-License-Identifier: MIT
"""The summary counts single cases, takes nothing unclear for passed, and is strict about skips when asked."""
import pytest

import summary

GTEST_SKIP = "[ RUN      ] A.B\na_test.cpp:9: Skipped\nno user\n namespaces\n\n[  SKIPPED ] A.B (0 ms)\n"
PASSED = '<testcase name="a.A.B" status="run"><system-out/></testcase>'
FAILED = '<testcase name="a.A.C" status="fail"><failure message="Failed"/><system-out>log</system-out></testcase>'
SKIPPED = f"""<testcase name="a.A.D" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
              <system-out>{GTEST_SKIP}</system-out></testcase>"""
NOT_BUILT = '<testcase name="a" status="notrun"><skipped message="Unable to find executable"/></testcase>'
PYTHON_PASSED = '<testcase name="python" status="run"/>'
PYTHON_FAILED = '<testcase name="python" status="fail"><failure message="Timeout"/></testcase>'


@pytest.fixture
def build(tmp_path):
    (tmp_path / "release/results").mkdir(parents=True)

    def write(*tests, **pytest_files):
        results = tmp_path / "release/results"
        (results / "ctest.xml").write_text(f"<testsuite>{''.join(tests)}</testsuite>")
        for name, cases in pytest_files.items():
            (results / f"{name}.xml").write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
        return tmp_path / "release"

    return write


@pytest.fixture
def summarise(tmp_path, capsys):
    """Exit code and printed lines."""

    def run(*arguments, allowed=""):
        (tmp_path / "allowed").write_text(allowed)
        code = summary.main(["--allowed", str(tmp_path / "allowed"), *map(str, arguments)])
        return code, capsys.readouterr().out.splitlines()

    return run


def test_all_passed_is_success(build, summarise):
    code, lines = summarise(build(PASSED))
    assert (code, lines[-1]) == (0, "1 passed, 0 failed, 0 skipped")


def test_failed_case_is_failure_and_is_named(build, summarise):
    code, lines = summarise(build(PASSED, FAILED))
    assert (code, lines[-1]) == (1, "1 passed, 1 failed, 0 skipped")
    assert "  release: a.A.C: Failed" in lines


def test_skip_is_shown_with_its_reason(build, summarise):
    code, lines = summarise(build(PASSED, SKIPPED))
    assert (code, lines[-1]) == (0, "1 passed, 0 failed, 1 skipped")
    assert "  release: a.A.D: no user namespaces" in lines


def test_program_that_was_not_built_has_failed(build, summarise):
    code, lines = summarise(build(PASSED, NOT_BUILT))
    assert (code, lines[-1]) == (1, "1 passed, 1 failed, 0 skipped")


def test_preset_without_results_has_failed(build, summarise, tmp_path):
    code, lines = summarise(build(PASSED), tmp_path / "asan")
    assert (code, lines[-1]) == (1, "1 passed, 1 failed, 0 skipped")


def test_nothing_at_all_is_failure(build, summarise):
    code, lines = summarise(build())
    assert (code, lines[-1]) == (1, "0 passed, 0 failed, 0 skipped")


def test_pytest_cases_count_one_by_one(build, summarise):
    cases = """<testcase classname="m" name="a"/><testcase classname="m" name="b"/>
               <testcase classname="m" name="c"><skipped message="no numpy"/></testcase>"""
    code, lines = summarise(build(PYTHON_PASSED, python=cases))
    assert (code, lines[-1]) == (0, "2 passed, 0 failed, 1 skipped")
    assert "  release: m.c: no numpy" in lines


@pytest.mark.parametrize("kind", ["failure", "error"])
def test_pytest_failure_counts_once(build, summarise, kind):
    cases = f'<testcase classname="m" name="a"><{kind} message="assert 0"/></testcase>'
    code, lines = summarise(build(PYTHON_FAILED, python=cases))
    assert (code, lines[-1]) == (1, "0 passed, 1 failed, 0 skipped")


def test_pytest_that_fails_beyond_its_cases_has_failed(build, summarise):
    code, lines = summarise(build(PYTHON_FAILED, python='<testcase classname="m" name="a"/>'))
    assert (code, lines[-1]) == (1, "1 passed, 1 failed, 0 skipped")


def test_pytest_killed_before_it_could_write_has_failed(build, summarise):
    code, lines = summarise(build(PYTHON_FAILED))
    assert (code, lines[-1]) == (1, "0 passed, 1 failed, 0 skipped")


def test_strict_refuses_a_skip_that_is_not_listed(build, summarise):
    code, lines = summarise("--strict", build(PASSED, SKIPPED))
    assert (code, lines[-1]) == (1, "1 passed, 0 failed, 1 skipped")


def test_strict_lets_a_listed_skip_pass(build, summarise):
    code, _ = summarise("--strict", build(PASSED, SKIPPED), allowed="# what may be missing\na.A.*\tno user *\n")
    assert code == 0


def test_strict_refuses_a_listed_case_that_skips_for_another_reason(build, summarise):
    assert summarise("--strict", build(PASSED, SKIPPED), allowed="a.A.*\tno network\n")[0] == 1


def test_strict_refuses_what_was_left_behind(build, summarise):
    built = build(PASSED)
    assert summarise("--left-behind=sem.x", built)[0] == 0
    assert summarise("--left-behind=sem.x", "--strict", built)[0] == 1


def test_list_of_allowed_skips_wants_a_reason(build, summarise):
    with pytest.raises(SystemExit, match="want a name, a tab and a reason"):
        summarise(build(PASSED), allowed="a.A.*\n")


def test_what_tests_left_to_be_read_comes_before_the_count(build, summarise):
    release = build(PASSED)
    (release / "results/figures.txt").write_text("one\ntwo\n")
    code, lines = summarise(release)
    assert (code, lines[-1]) == (0, "1 passed, 0 failed, 0 skipped")
    assert lines[lines.index("release: figures:") + 1:][:2] == ["  one", "  two"]
