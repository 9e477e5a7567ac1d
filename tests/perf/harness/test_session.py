# SPDX-License-Identifier: MIT
"""The order of measurements, what is tried again, and what a failure leaves."""
import pytest
from harness import session
from harness.cases import Case
from harness.endpoints import Endpoints
from harness.processes import EndpointFailure
from harness.store import Store

ONE, TWO = (Case("zerobuffer", "v2", "cpp", "cpp", "rtt", size, "none", "spin") for size in (64, 1024))
SIDE = {"frames": 10, "elapsed_ns": 1e9, "cpu_ns": 5e8, "voluntary_switches": 0, "involuntary_switches": 0,
        "minor_faults": 0, "major_faults": 0, "late_wakeups": 0,
        "histogram": {"least": 1.0, "largest": 3.0, "steps": [[1.0, 5], [3.0, 5]]}}


class Yardsticks:
    """Stands for zerobuffer_bench, which takes seconds."""

    def measure(self, pattern, retries):
        return {"lines/2": {"median_ns": 300.0, "least_ns": 200.0, "others": 0.0, "disturbed": False}}


class Watch:
    """Others use as many seconds of the CPU as the list says, one entry per try."""

    others_by_try = []

    def others(self, helpers):
        return max(0.0, self.others_by_try.pop(0) - helpers) if self.others_by_try else 0.0


@pytest.fixture
def measured(monkeypatch):
    order = []

    def measure(case, effort, endpoints):
        order.append(case.size)
        return {"writer": SIDE, "reader": SIDE}

    monkeypatch.setattr(session, "measure", measure)
    monkeypatch.setattr(session.load, "LoadWatch", Watch)
    return order


@pytest.fixture
def begin(tmp_path):
    def make(**options):
        store = Store(tmp_path / "out.jsonl")
        store.begin({"run": "one"}, {})
        chosen = session.Options(counts=False, **options)
        return session.Session([ONE, TWO], Endpoints(tmp_path, []), store, chosen, Yardsticks())

    return make


def test_every_case_is_run_once_before_any_is_run_again(measured, begin):
    begin(repeats=3).run(lambda what: None)
    assert measured == [64, 1024, 64, 1024, 64, 1024]


def test_a_disturbed_repetition_is_tried_again_and_the_quietest_try_counts(measured, begin, monkeypatch):
    monkeypatch.setattr(Watch, "others_by_try", [0.5, 0.2, 0.3, 0.4])
    run = begin(repeats=1, retries=3)
    run.run(lambda what: None)
    assert measured == [64, 64, 64, 64, 1024]
    first = run.records()[1]
    assert (first["case"], first["repeats"], first["disturbed"]) == (ONE.id, 1, 1)


def test_a_quiet_try_ends_the_tries(measured, begin, monkeypatch):
    monkeypatch.setattr(Watch, "others_by_try", [0.5, 0.01])
    begin(repeats=1, retries=3).run(lambda what: None)
    assert measured == [64, 64, 1024]


def test_what_a_daemon_of_the_transport_uses_is_not_used_by_others(measured, begin, monkeypatch):
    monkeypatch.setattr(Watch, "others_by_try", [0.5])
    monkeypatch.setitem(SIDE, "helpers_cpu_ns", 240_000_000)
    run = begin(repeats=1, retries=3)
    run.run(lambda what: None)
    assert measured == [64, 1024]
    assert run.records()[1]["disturbed"] == 0


def test_late_wake_ups_of_tries_that_were_repeated_count(measured, begin, monkeypatch):
    monkeypatch.setattr(Watch, "others_by_try", [0.5, 0.0])
    monkeypatch.setitem(SIDE, "late_wakeups", 2)
    run = begin(repeats=1, retries=3)
    run.run(lambda what: None)
    assert [record["late_wakeups"] for record in run.records()[1:]] == [4, 2]


def test_what_was_measured_is_not_measured_again(measured, begin):
    begin(repeats=1).run(lambda what: None)
    again = begin(repeats=2)
    assert again.steps_left() == 3
    again.run(lambda what: None)
    assert measured == [64, 1024, 64, 1024]
    assert [record["repeats"] for record in again.records()] == [2, 2, 2]


def test_a_case_that_fails_is_not_repeated_and_says_why(measured, begin, monkeypatch):
    def fail(case, effort, endpoints):
        measured.append(case.size)
        raise EndpointFailure("ping: no room")

    monkeypatch.setattr(session, "measure", fail)
    run = begin(repeats=2)
    run.run(lambda what: None)
    assert measured == [64, 1024]
    assert [record["error"] for record in run.records() if record["kind"] == "case"] == ["ping: no room"] * 2


def test_a_case_has_the_ratio_to_its_yardstick(measured, begin):
    run = begin(repeats=1)
    run.run(lambda what: None)
    case = run.records()[1]
    assert case["p"] == {"min": 1.0, "p50": 1.0, "p90": 3.0, "max": 3.0}
    assert case["limit"] == {"name": "lines/2", "ns": 300.0, "ratio": pytest.approx(1 / 300, abs=1e-4)}
    assert case["cpu_share"] == {"writer": 0.5, "reader": 0.5}
