# SPDX-License-Identifier: MIT
"""Queue between processes, however they are started: order, endings, deaths, and nothing that stays behind."""
import gc
import multiprocessing
import os
import queue
import signal
import subprocess
import sys

import numpy
import pytest

import relay
import zerobuffer
from conftest import DEADLINE, traces

STARTS = ["fork", "spawn", "forkserver"]


@pytest.fixture(params=STARTS)
def context(request):
    return multiprocessing.get_context(request.param)


@pytest.fixture
def run(context):
    """Starts a process that is killed at the end if it still runs: run(target, *arguments)."""
    processes = []

    def start(target, *arguments):
        processes.append(context.Process(target=target, args=arguments))
        processes[-1].start()
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.join()
        process.close()


@pytest.fixture
def pipe(context):
    """Two ends of a pipe: ours and theirs."""
    ours, theirs = context.Pipe()
    with ours, theirs:
        yield ours, theirs


def heard(ours):
    assert ours.poll(DEADLINE)
    return ours.recv()


@pytest.fixture
def line():
    made = zerobuffer.Queue(capacity=1 << 20)
    yield made
    made.close()


def finish(process, code=0):
    process.join(DEADLINE)
    assert process.exitcode == code


CONTENTS = [1, "two", {"array": [3.0]}, b"four" * 1000, None]


def test_child_puts(line, run):
    child = run(relay.put_all, line, CONTENTS)
    assert [line.get(timeout=DEADLINE) for _ in CONTENTS] == CONTENTS
    finish(child)


def test_child_gets(line, run, pipe):
    ours, theirs = pipe
    child = run(relay.get_all, line, len(CONTENTS), theirs)
    for content in CONTENTS:
        line.put(content, timeout=DEADLINE)
    assert [heard(ours) for _ in CONTENTS] == CONTENTS
    ours.send("end")
    finish(child)


def test_from_child_to_child(line, run, pipe):
    ours, theirs = pipe
    getting = run(relay.get_all, line, 300, theirs)
    putting = run(relay.put_all, line, [{"n": n, "array": numpy.full(1000, n)} for n in range(300)])
    for n in range(300):
        content = heard(ours)
        assert content["n"] == n and content["array"].sum() == 1000 * n
    ours.send("end")
    finish(putting)
    finish(getting)


def test_what_was_put_is_there_after_its_producer_has_ended(line, run):
    finish(run(relay.put_all, line, CONTENTS))
    assert line.qsize() == len(CONTENTS)
    assert [line.get_nowait() for _ in CONTENTS] == CONTENTS


@pytest.mark.parametrize("target", [relay.put_all, relay.put_from_global, relay.put_from_thread])
def test_end_of_the_producer_is_told_after_everything_was_got(line, run, target):
    finish(run(target, line, [1, 2]))
    assert (line.get(), line.get()) == (1, 2)
    with pytest.raises(zerobuffer.PeerClosed, match=line.name) as caught:
        line.get()
    # As code for the standard library expects it of an empty queue.
    assert isinstance(caught.value, queue.Empty)
    with pytest.raises(queue.Empty):
        line.get_nowait()


def test_next_producer_goes_on(line, run):
    for number in range(3):
        finish(run(relay.put_all, line, [number]))
        assert line.get() == number
        with pytest.raises(zerobuffer.PeerClosed):
            line.get()


def test_killed_producer_is_told_after_everything_was_got(line, run, pipe):
    ours, theirs = pipe
    child = run(relay.put_all, line, [1, 2], theirs)
    assert heard(ours) == "put"
    child.kill()
    assert (line.get(), line.get()) == (1, 2)
    with pytest.raises(zerobuffer.PeerDied, match=line.name) as caught:
        line.get()
    assert isinstance(caught.value, queue.Empty)


def test_producer_that_ends_without_a_word_is_told(line, run):
    finish(run(relay.die_holding, line, "put", (1,)), 3)
    assert line.get() == 1
    with pytest.raises(zerobuffer.PeerDied):
        line.get()


def test_killed_consumer_is_told_when_the_queue_is_full(run, pipe):
    line = zerobuffer.Queue(2, capacity=1 << 16)
    line.put("taken")
    child = run(relay.die_holding, line, "get", ())
    finish(child, 3)
    with pytest.raises(zerobuffer.PeerDied) as caught:
        while True:
            line.put("more")
    assert isinstance(caught.value, queue.Full)
    # The next consumer gets all of it; nothing was lost.
    assert [line.get(), line.get()] == ["more", "more"]
    line.close()


def test_second_process_at_one_end_is_refused(line, run, pipe):
    ours, theirs = pipe
    line.put(1)
    finish(run(relay.outcome, line, "put", (2,), theirs))
    kind, message = heard(ours)
    assert kind == "Busy" and "another process puts into it" in message and line.name in message
    assert line.get() == 1
    finish(run(relay.outcome, line, "get", (), theirs))
    kind, message = heard(ours)
    assert kind == "Busy" and "another process gets from it" in message


def test_close_hands_an_end_over(line, run, pipe):
    ours, theirs = pipe
    line.put("mine")
    line.close()
    finish(run(relay.put_all, line, ["theirs"]))
    child = run(relay.get_all, line, 2, theirs)
    assert [heard(ours), heard(ours)] == ["mine", "theirs"]
    ours.send("end")
    finish(child)


def test_size_is_known_in_every_process(run, pipe):
    ours, theirs = pipe
    line = zerobuffer.Queue(2, capacity=1 << 16)
    for filled in range(2):
        for call, expected in (("qsize", filled), ("empty", filled == 0), ("full", False)):
            finish(run(relay.outcome, line, call, (), theirs))
            assert heard(ours) == expected
        line.put("x")
    finish(run(relay.outcome, line, "full", (), theirs))
    assert heard(ours) is True
    assert [line.get(), line.get()] == ["x", "x"]
    line.close()


def test_maxsize_holds_for_the_next_producer(run, pipe):
    """What an earlier one left counts."""
    ours, theirs = pipe
    line = zerobuffer.Queue(3, capacity=1 << 16)
    finish(run(relay.put_all, line, [bytes(10), bytes(5000)]))
    line.put("third")
    with pytest.raises(queue.Full):
        line.put("fourth", False)
    assert [len(line.get()) for _ in range(3)] == [10, 5000, 5]
    line.close()


# What stays, in whole programs: started by this one, so that their names are found.

PROGRAM = """
import multiprocessing, os, signal, sys
import relay, zerobuffer

if __name__ == "__main__":
    start, case = sys.argv[1:]
    context = multiprocessing.get_context(start)
    line = zerobuffer.Queue(capacity=1 << 16)
    if case == "unread":
        child = context.Process(target=relay.put_all, args=(line, [1, 2, 3]))
        child.start()
        child.join()
    elif case == "killed":
        ours, theirs = context.Pipe()
        child = context.Process(target=relay.put_all, args=(line, [1, 2, 3], theirs))
        child.start()
        assert (line.get(), ours.recv()) == (1, "put")
        child.kill()
    elif case == "child-goes-on":
        child = context.Process(target=relay.put_all, args=(line, range(100)))
        child.start()
    elif case == "both-ends":
        line.put(1)
        line.put(2)
        assert line.get() == 1
    print(line.name, flush=True)
"""


def run_program(program, *arguments):
    path = os.pathsep.join([os.environ["PYTHONPATH"], os.path.dirname(__file__)])
    return subprocess.run([sys.executable, program, *arguments], capture_output=True, text=True, timeout=DEADLINE,
                          env={**os.environ, "PYTHONPATH": path})  # fmt: skip


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("case", ["unused", "unread", "killed", "child-goes-on", "both-ends"])
def test_program_leaves_nothing_and_says_nothing(tmp_path, start, case):
    """No name in shared memory, and no word of the resource tracker."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = run_program(program, start, case)
    assert (done.returncode, done.stderr) == (0, "")
    name = done.stdout.strip()
    assert name.startswith("queue-") and not os.path.exists(f"/dev/shm/{name}")


def test_killed_program_leaves_what_clean_removes(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM + "    os.kill(os.getpid(), signal.SIGKILL)\n")
    done = run_program(program, "fork", "both-ends")
    assert done.returncode == -signal.SIGKILL
    name = done.stdout.strip()
    assert name in zerobuffer.clean(dry_run=True)
    zerobuffer.Reader.open(name).close()
    assert not os.path.exists(f"/dev/shm/{name}")


def test_dropped_queue_stays_while_children_may_want_it(run, pipe):
    ours, theirs = pipe
    line = zerobuffer.Queue(capacity=1 << 16)
    name = line.name
    getting = run(relay.put_all, zerobuffer.Queue(), [], theirs)
    assert heard(ours) == "put"
    line.put(1)
    del line
    gc.collect()
    zerobuffer.Queue()
    assert any(path.name == name for path in traces())
    ours.send("end")
    finish(getting)
    zerobuffer.Queue()
    assert not any(path.name == name for path in traces())


def test_fork_while_a_thread_waits(background):
    """The child has a queue that nobody waits for."""
    line = zerobuffer.Queue(capacity=1 << 16)
    waiting = background(line.get)
    while line._reader is None:
        pass
    context = multiprocessing.get_context("fork")
    child = context.Process(target=relay.put_all, args=(line, ["from the child"]))
    child.start()
    assert waiting.result(DEADLINE) == "from the child"
    finish(child)
    child.close()
    line.close()
