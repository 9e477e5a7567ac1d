# SPDX-License-Identifier: MIT
"""Results on disk: what is kept, what is carried on, and what is refused."""
import json

import pytest
from harness.store import Store, StoreError, last_run, read

MACHINE = {"run": "one", "commit": "abc"}
PLAN = {"commit": "abc", "cases": {"a": [1, 2]}}


def begun(path, machine=MACHINE, plan=PLAN):
    store = Store(path)
    store.begin(machine, plan)
    return store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "results.jsonl"


def test_a_line_is_on_disk_at_once(path):
    begun(path).append({"kind": "repeat", "case": "a", "repeat": 0})
    assert read(path)[-1] == {"kind": "repeat", "case": "a", "repeat": 0}


def test_the_first_line_says_which_machine(path):
    begun(path)
    assert read(path)[0] == {"kind": "machine", **MACHINE}


def test_an_unfinished_run_is_carried_on(path):
    begun(path).append({"kind": "repeat", "case": "a", "repeat": 0})
    again = begun(path, machine={"run": "two", "commit": "abc"})
    assert again.unfinished
    assert again.run[0]["run"] == "one"
    assert again.of_kind("repeat") == [{"kind": "repeat", "case": "a", "repeat": 0}]


def test_a_line_that_was_cut_off_is_measured_again(path):
    begun(path).append({"kind": "repeat", "case": "a", "repeat": 0})
    with open(path, "a") as file:
        file.write('{"kind":"repeat","case":"a","rep')
    again = begun(path)
    again.append({"kind": "repeat", "case": "a", "repeat": 1})
    assert [record["repeat"] for record in read(path) if record["kind"] == "repeat"] == [0, 1]


def test_another_plan_is_not_mixed_in(path):
    begun(path)
    with pytest.raises(StoreError, match="unfinished run of another plan or build.*--fresh"):
        begun(path, plan={"commit": "def", "cases": {}})


def test_fresh_throws_away_what_is_there(path):
    begun(path)
    store = Store(path, fresh=True)
    store.begin({"run": "two"}, {})
    assert [record["run"] for record in read(path)] == ["two", "two"]


def test_a_complete_run_holds_limits_and_cases_alone(path):
    store = begun(path)
    store.append({"kind": "repeat", "case": "a", "repeat": 0})
    store.append({"kind": "limit-repeat", "repeat": 0})
    store.finish([{"kind": "limit", "name": "futex"}, {"kind": "case", "case": "a"}])
    assert [record["kind"] for record in read(path)] == ["machine", "limit", "case"]


def test_the_next_run_comes_behind_a_complete_one(path):
    begun(path).finish([{"kind": "case", "case": "a"}])
    begun(path, machine={"run": "two"}).finish([{"kind": "case", "case": "b"}])
    assert [record["kind"] for record in read(path)] == ["machine", "case", "machine", "case"]
    assert [record.get("case") for record in last_run(read(path))] == [None, "b"]


def test_a_line_that_is_no_result_is_refused_with_its_number(path):
    path.write_text(json.dumps({"kind": "machine"}) + "\nnonsense\n" + json.dumps({"kind": "case"}) + "\n")
    with pytest.raises(StoreError, match="results.jsonl, line 2"):
        read(path)


def test_a_file_that_is_not_there_is_refused(path):
    with pytest.raises(StoreError, match="No such file"):
        read(path)
