# SPDX-License-Identifier: MIT
"""What is measured, by what the user asked for."""
import pytest
from harness.planner import LAYOUTS, RATES, SIZES, Language, Wishes, plan

CPP = Language("cpp", ("pipe", "zerobuffer", "zeromq"), frozenset({"pipe"}))
POLLS = Language("cpp", ("iceoryx", "pipe", "zerobuffer"), frozenset({"pipe"}), frozenset({"iceoryx"}))
PYTHON = Language("python", ("zerobuffer",))
BOTH = (CPP, PYTHON)


def test_every_pair_has_every_size_in_both_layouts():
    cases = {(c.writer, c.reader, c.layout, c.size) for c in plan(BOTH, Wishes()) if c.library == "zerobuffer"}
    for writer in ("cpp", "python"):
        for reader in ("cpp", "python"):
            assert {(writer, reader, layout, size) for layout in LAYOUTS for size in SIZES} <= cases


def test_no_case_comes_twice():
    for wishes in (Wishes(), Wishes(quick=True), Wishes(everything=True)):
        ids = [case.id for case in plan(BOTH, wishes)]
        assert len(ids) == len(set(ids))


def test_paced_frames_are_measured_beside_a_plain_sleeper():
    paced = {(case.rate, case.wait) for case in plan((CPP,), Wishes(shapes=["paced"]))}
    assert paced == {(rate, wait) for rate in RATES for wait in ("adaptive", "block")}


def test_a_dimension_that_is_named_replaces_the_plans():
    cases = plan((CPP,), Wishes(waits=["block"], sizes=[1024], touches=["none"], layouts=["v2"], shapes=["rtt"]))
    own = [case for case in cases if case.library == "zerobuffer"]
    assert {(case.wait, case.size, case.touch, case.layout) for case in own} == {("block", 1024, "none", "v2")}
    assert {case.pinned for case in own} == {True, False}


def test_a_size_that_is_named_holds_for_paced_frames_too():
    assert {case.size for case in plan((CPP,), Wishes(sizes=[1024], shapes=["paced"]))} == {1024}


def test_rings_that_are_named_are_measured_each():
    wishes = Wishes(rings=[1 << 20, 1 << 22], sizes=[1024], shapes=["rtt"], waits=["spin"], touches=["none"])
    cases = plan((CPP,), wishes)
    assert {(case.library, case.capacity) for case in cases} == {
        (library, ring) for library in ("pipe", "zeromq", "zerobuffer") for ring in wishes.rings}
    assert all(case.id.endswith(f"/ring-{case.ring}") for case in cases)


def test_a_ring_that_holds_no_frame_is_refused():
    with pytest.raises(ValueError, match="a ring of 65536 bytes holds no frame of 65536: name larger --rings"):
        plan((CPP,), Wishes(rings=[65_536], sizes=[65_536]))


def test_peers_that_can_poll_are_measured_polling_and_asleep():
    for wishes in (Wishes(), Wishes(quick=True), Wishes(everything=True)):
        ways = {(case.library, case.wait) for case in plan((POLLS,), wishes) if case.library != "zerobuffer"}
        assert ways == {("iceoryx", "spin"), ("iceoryx", "block"), ("pipe", "block")}


def test_peers_are_measured_unbound_too():
    free = {(case.library, case.shape) for case in plan((CPP,), Wishes()) if not case.pinned}
    assert free == {(library, "rtt") for library in ("pipe", "zeromq", "zerobuffer")}


def test_rates_that_are_named_are_the_only_ones():
    assert {case.rate for case in plan((CPP,), Wishes(rates=[60])) if case.shape == "paced"} == {60}


def test_peers_are_measured_within_their_own_language():
    peers = [case for case in plan(BOTH, Wishes()) if case.library != "zerobuffer"]
    assert {(case.library, case.writer, case.reader) for case in peers} == {
        ("pipe", "cpp", "cpp"), ("zeromq", "cpp", "cpp")}
    assert {case.inherited for case in peers if case.library == "pipe"} == {True}
    assert {case.touch for case in peers} == {"header", "every"}


def test_peers_can_be_chosen_and_left_out():
    assert {case.library for case in plan((CPP,), Wishes(peers=["zeromq"]))} == {"zerobuffer", "zeromq"}
    assert {case.library for case in plan((CPP,), Wishes(peers=[]))} == {"zerobuffer"}


def test_the_filter_matches_ids():
    ids = [case.id for case in plan(BOTH, Wishes(filter="cpp-python/rtt/64/none/spin/pinned"))]
    assert ids == [f"zerobuffer/{layout}/cpp-python/rtt/64/none/spin/pinned" for layout in LAYOUTS]


def test_a_pair_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match="no such pair here: cpp-csharp; there are endpoints in cpp, python"):
        plan(BOTH, Wishes(pairs=["cpp-csharp"]))


def test_a_peer_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match="no such peer here: nng; there are pipe, zeromq"):
        plan(BOTH, Wishes(peers=["nng"]))


def test_quick_is_a_small_part():
    assert len(plan(BOTH, Wishes(quick=True))) * 4 < len(plan(BOTH, Wishes()))
