# SPDX-License-Identifier: MIT
"""Every other transport that is built here carries frames under the same contract as the library, says why it cannot,
and leaves nothing behind. Never how fast."""
import json
import os
import pathlib
import subprocess
import sys
import threading

import pytest

BUILD = pathlib.Path(os.environ["ZEROBUFFER_BUILD_DIR"])
SOURCE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"])
ENDPOINTS = {
    "cpp": [str(BUILD / "perf/endpoints/cpp/zerobuffer_endpoint")],
    "python": [sys.executable, "-B", str(SOURCE / "perf/endpoints/python/endpoint.py")],
}
EXPECTED = {
    "cpp": ["boost-mq", "iceoryx", "nng", "pipe", "posix-mq", "unix", "zmq"],
    "python": ["mp-pipe", "mp-queue", "mp-simple-queue", "pyzmq", "shared-memory"],
}
# Other packages than those that every machine with this project has.
OPTIONAL = {"iceoryx", "nng", "zmq", "pyzmq"}
SECONDS = 60
SHAPES = {"rtt": ("echo", "ping"), "stream": ("sink", "source")}


def described(language):
    answer = subprocess.run([*ENDPOINTS[language], "--describe"], check=True, capture_output=True, text=True,
                            timeout=SECONDS)
    return json.loads(answer.stdout)


ABOUT = {language: described(language) for language in ENDPOINTS}
PEERS = [(language, peer) for language, peers in EXPECTED.items() for peer in peers]
POLLING = [(language, peer) for language in ENDPOINTS for peer in ABOUT[language]["polling"]]


def start(language, role, peer, name, *more):
    command = [*ENDPOINTS[language], role, "--transport", peer, "--name", name, *map(str, more)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    killer = threading.Timer(SECONDS, process.kill)
    killer.daemon = True
    killer.start()
    process.killer = killer
    return process


def events_of(process, first=()):
    output, errors = process.communicate()
    process.killer.cancel()
    events = [*first, *(json.loads(line) for line in output.splitlines())]
    assert events, errors
    return events


def play(language, peer, shape, size, *more):
    """What each end printed, the end that is connected to first."""
    name = f"zb-test-peers-{os.getpid()}-x"
    options = ("--size", size, "--warm-up", 3, *(more if "--frames" in more else ("--frames", 50, *more)))
    if peer in ABOUT[language]["inherited"]:
        return [events_of(start(language, f"pair-{shape}", peer, name, *options))]
    roles = SHAPES[shape]
    first = start(language, roles[0], peer, name, *options)
    ready = json.loads(first.stdout.readline())
    if ready["event"] != "ready":
        return [events_of(first, [ready])]
    second = start(language, roles[1], peer, name, *options)
    return [events_of(first, [ready]), events_of(second)]


def results_of(played):
    results = [events[-1] for events in played]
    assert [result["event"] for result in results] == ["result"] * len(results), results
    return {side["role"]: side for result in results for side in result.get("sides", [result])}


@pytest.fixture(params=PEERS, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def peer(request):
    language, name = request.param
    if name not in ABOUT[language]["transports"]:
        assert name in OPTIONAL, f"{name} is missing from {language}"
        pytest.skip(f"{name} is not installed")
    before = set(os.listdir("/dev/shm"))
    yield request.param
    own = {entry for entry in set(os.listdir("/dev/shm")) - before if f"zb-test-peers-{os.getpid()}" in entry}
    assert own == set()


@pytest.mark.parametrize("touch", ["none", "header", "every", "copy"])
def test_carries_round_trips(peer, touch):
    sides = results_of(play(*peer, "rtt", 1024, "--touch", touch))
    assert set(sides) == {"ping", "echo"}
    assert sum(count for _, count in sides["ping"]["histogram"]["steps"]) == 50


@pytest.mark.parametrize("more", [(), ("--rate", 1000)], ids=["flat out", "at a rate"])
def test_carries_streams(peer, more):
    sides = results_of(play(*peer, "stream", 1024, "--touch", "every", *more))
    assert set(sides) == {"sink", "source"}
    assert sides["sink"]["frames"] == 50
    assert ("corrected" in sides["sink"] and sides["sink"]["corrected"] is not None) == bool(more)


def test_a_daemon_is_reported_apart_by_who_started_it(peer):
    sides = results_of(play(*peer, "rtt", 64))
    helped = {role for role, side in sides.items() if side.get("helpers_cpu_ns", 0) > 0}
    assert helped == ({"echo"} if peer[1] == "iceoryx" else set())


@pytest.mark.parametrize("wait", ["spin", "block"])
@pytest.mark.parametrize("peer", POLLING, ids="-".join, indirect=True)
def test_who_polls_does_not_sleep(peer, wait):
    sides = results_of(play(*peer, "rtt", 64, "--wait", wait, "--frames", 2000))
    assert (sum(side["voluntary_switches"] for side in sides.values()) < 200) == (wait == "spin")


def test_a_sender_that_is_done_takes_no_frame_with_it(peer):
    """A reader of Python is slower than its writer, so frames are under way when that ends."""
    sides = results_of(play(*peer, "stream", 64, "--touch", "every", "--frames", 8000))
    assert sides["sink"]["frames"] == 8000


def test_carries_large_frames_or_says_why_not(peer):
    played = play(*peer, "rtt", 1 << 20, "--touch", "every")
    if played[0][-1]["event"] == "impossible":
        assert peer[1] == "posix-mq"
        assert "fs.mqueue.msgsize_max is" in played[0][-1]["message"]
    else:
        assert set(results_of(played)) == {"ping", "echo"}
