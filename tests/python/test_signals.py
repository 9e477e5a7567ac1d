# SPDX-License-Identifier: MIT
"""Ctrl-C ends a wait at once and loses nothing; other handlers run in the middle of it."""
import signal

import pytest

import zerobuffer
from conftest import eventually

INTERRUPTED_READER = """
with zerobuffer.Reader(arguments[0], layout=arguments[1]) as reader:
    wait = {
        "acquire": reader.acquire,
        "acquire_many": lambda: reader.acquire_many(3),
        "iteration": lambda: next(iter(reader)),
        "wait": reader.wait,
        "wait_for_peer": reader.wait_for_peer,
        "metadata": lambda: reader.metadata(timeout=None),
    }[arguments[2]]
    say("waiting")
    try:
        wait()
    except KeyboardInterrupt:
        say("interrupted")
    with reader.acquire() as frame:
        say(bytes(frame).decode())
"""


@pytest.mark.parametrize("wait", ["acquire", "acquire_many", "iteration", "wait", "wait_for_peer", "metadata"])
def test_interrupts_a_reader(name, layout, process, wait):
    child = process(INTERRUPTED_READER, name, layout, wait)
    child.expect("waiting")
    eventually(child.sleeps)
    child.process.send_signal(signal.SIGINT)
    child.expect("interrupted")
    with zerobuffer.Writer(name) as writer:
        writer.write(b"frame")
        child.expect("frame")
    child.finish()


INTERRUPTED_WRITER = """
with zerobuffer.Writer(arguments[0]) as writer:
    while writer.write(bytes(1000), timeout=0):
        pass
    wait = {
        "write": lambda: writer.write(bytes(1000)),
        "write_parts": lambda: writer.write_parts([bytes(500), bytes(500)]),
        "write_many": lambda: writer.write_many([bytes(1000)]),
        "claim": lambda: writer.claim(1000),
        "wait": lambda: writer.wait(1000),
    }[arguments[1]]
    say("waiting")
    try:
        wait()
    except KeyboardInterrupt:
        say("interrupted")
    say(writer.write(b"last", timeout=60))
"""


@pytest.mark.parametrize("wait", ["write", "write_parts", "write_many", "claim", "wait"])
def test_interrupts_a_writer(name, layout, process, wait):
    with zerobuffer.Reader(name, layout=layout, capacity=1 << 16) as reader:
        child = process(INTERRUPTED_WRITER, name, wait)
        child.expect("waiting")
        eventually(child.sleeps)
        child.process.send_signal(signal.SIGINT)
        child.expect("interrupted")
        sequences = [frame.sequence for frame in reader]
        child.expect(str(len(sequences)))
        assert sequences == list(range(1, len(sequences) + 1))
        child.finish()


def test_interrupts_attaching(name, process):
    child = process(
        """
        say("waiting")
        try:
            zerobuffer.Writer(arguments[0], timeout=None)
        except KeyboardInterrupt:
            say("interrupted")
        """,
        name,
    )
    child.expect("waiting")
    eventually(child.sleeps)
    child.process.send_signal(signal.SIGINT)
    child.expect("interrupted")
    child.finish()


def test_other_signals_do_not_end_a_wait(name, layout, process):
    child = process(
        """
        import signal
        handled = []
        signal.signal(signal.SIGALRM, lambda *_: handled.append(1))
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        with zerobuffer.Reader(arguments[0], layout=arguments[1]) as reader:
            say("waiting")
            with reader.acquire() as frame:
                say(bytes(frame).decode())
        signal.setitimer(signal.ITIMER_REAL, 0)
        say(len(handled) > 0)
        """,
        name, layout,
    )  # fmt: skip
    child.expect("waiting")
    eventually(child.sleeps)
    with zerobuffer.Writer(name) as writer:
        writer.write(b"frame")
        child.expect("frame")
    assert child.finish()[0] == ["True"]


@pytest.mark.parametrize("action, result", [("reader.close()", "Closed"), ("reader.acquire()", "Misuse"),
                                            ("reader.stats()", None), ("frame.release()", None)])  # fmt: skip
def test_handler_uses_the_endpoint_that_waits(name, layout, process, action, result):
    child = process(
        f"""
        import signal
        signal.signal(signal.SIGUSR1, lambda *_: ({action}, say("handled")))
        reader = zerobuffer.Reader(arguments[0], layout=arguments[1])
        frame = reader.acquire()
        say("waiting")
        try:
            reader.acquire().release()
            say("frame")
        except zerobuffer.ZeroBufferError as error:
            say(type(error).__name__)
        frame.release()
        reader.close()
        """,
        name, layout,
    )  # fmt: skip
    with zerobuffer.Writer(name, timeout=60) as writer:
        writer.write(b"first")
        child.expect("waiting")
        eventually(child.sleeps)
        child.process.send_signal(signal.SIGUSR1)
        if result != "Misuse":
            child.expect("handled")
        if result is None:
            writer.write(b"second")
        child.expect(result or "frame")
        child.finish()
