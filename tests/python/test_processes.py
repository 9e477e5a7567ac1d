# SPDX-License-Identifier: MIT
"""Two interpreters and a buffer: streams, ends and deaths, and what outlives them."""
import hashlib

import pytest

import zerobuffer

WRITE = """
import hashlib
with zerobuffer.Writer(arguments[0], timeout=60) as writer:
    for number in range(1, int(arguments[1]) + 1):
        # Sizes from a few bytes to about a third of the ring, so that the ring goes round many times.
        content = hashlib.sha256(b"%d" % number).digest() * (number * 7919 % 650 + 1)
        assert writer.write(content, timeout=60) == number
"""


def content_of(number):
    return hashlib.sha256(b"%d" % number).digest() * (number * 7919 % 650 + 1)


def test_stream_arrives_whole_and_in_order(name, layout, process):
    with zerobuffer.Reader(name, layout=layout, capacity=1 << 16) as reader:
        child = process(WRITE, name, 2000)
        count = 0
        for frame in reader:
            count += 1
            assert frame.sequence == count
            assert memoryview(frame) == content_of(count)
        assert count == 2000
        child.finish()
        assert reader.stats().peer == "closed"


def test_stream_from_a_reader_that_came_first_or_last(name, process):
    """v2: the writer makes the buffer, fills it and goes; the reader comes afterwards."""
    child = process(
        """
        with zerobuffer.Writer.create(arguments[0], capacity=1 << 16) as writer:
            writer.publish_metadata(b"about")
            writer.write_many([b"one", b"two"])
        """,
        name,
    )
    child.finish()
    with zerobuffer.Reader.open(name) as reader:
        assert reader.metadata() == b"about"
        assert [bytes(frame) for frame in reader] == [b"one", b"two"]


def test_echo_between_two_buffers(name, layout, process):
    child = process(
        """
        name, layout = arguments
        with zerobuffer.Reader(name + "-to", layout=layout) as requests:
            with zerobuffer.Writer(name + "-from", timeout=60) as answers:
                for frame in requests:
                    answers.write(frame)
        """,
        name, layout,
    )  # fmt: skip
    with zerobuffer.Reader(f"{name}-from", layout=layout) as answers:
        with zerobuffer.Writer(f"{name}-to", timeout=60) as requests:
            for number in range(200):
                requests.write(b"%d" % number)
                with answers.acquire(timeout=60) as frame:
                    assert bytes(frame) == b"%d" % number
        child.finish()


def test_metadata_reaches_a_reader_that_waits_for_it(name, layout, process):
    with zerobuffer.Reader(name, layout=layout) as reader:
        child = process('w = zerobuffer.Writer(arguments[0]); w.publish_metadata(b"about"); hear()', name)
        assert reader.metadata(timeout=60) == b"about"
        child.tell("enough")
        child.finish()


def test_killed_writer_is_told_after_all_that_it_committed(name, layout, process):
    code = """
writer = zerobuffer.Writer(arguments[0], timeout=60)
writer.write_many([b"%d" % number for number in range(100)])
claim = writer.claim(10)
say("written")
hear()
"""
    with zerobuffer.Reader(name, layout=layout) as reader:
        child = process(code, name)
        child.expect("written")
        assert reader.wait_for_peer(timeout=60)
        child.kill()
        frames = []
        with pytest.raises(zerobuffer.PeerDied, match=f"{name}.*died") as caught:
            for frame in reader:
                frames.append(bytes(frame))
        assert frames == [b"%d" % number for number in range(100)]
        assert isinstance(caught.value, ConnectionResetError)
        assert reader.stats().peer == "died"


def test_killed_writer_ends_a_wait(name, layout, process, background):
    with zerobuffer.Reader(name, layout=layout) as reader:
        child = process('writer = zerobuffer.Writer(arguments[0]); say("attached"); hear()', name)
        child.expect("attached")
        assert reader.wait_for_peer(timeout=60)
        waiting = background(reader.acquire)
        child.kill()
        with pytest.raises(zerobuffer.PeerDied):
            waiting.result(60)


def test_next_writer_goes_on_after_a_death(name, layout, process):
    code = """
writer = zerobuffer.Writer(arguments[0], timeout=60)
say(writer.write(b"from " + arguments[1].encode()))
hear()
"""
    with zerobuffer.Reader(name, layout=layout) as reader:
        first = process(code, name, "first")
        first.expect("1")
        assert reader.wait_for_peer(timeout=60)
        first.kill()
        second = process(code, name, "second")
        second.expect("2")
        received = [reader.acquire(timeout=60) for _ in range(2)]
        assert [(frame.sequence, bytes(frame)) for frame in received] == [(1, b"from first"), (2, b"from second")]
        second.tell("enough")
        second.finish()


def test_killed_reader_is_told_when_the_ring_is_full(name, layout, process):
    code = "reader = zerobuffer.Reader(arguments[0], layout=arguments[1], capacity=1 << 16); say('made'); hear()"
    child = process(code, name, layout)
    child.expect("made")
    with zerobuffer.Writer(name) as writer:
        child.kill()
        with pytest.raises(zerobuffer.PeerDied, match=name):
            while writer.write(bytes(1000), timeout=60):
                pass
    # What a dead reader leaves is there for the next one; here it only tidies up.
    zerobuffer.Reader(name, layout=layout, replace=True).close()


def test_next_reader_gets_what_a_dead_one_had_not_released(name, process):
    code = """
reader = zerobuffer.Reader(arguments[0], capacity=1 << 16)
say("made")
kept = reader.acquire_many(2, timeout=60)
while len(kept) < 2:
    kept += reader.acquire_many(1, timeout=60)
reader.acquire(timeout=60)
say("holds")
hear()
"""
    child = process(code, name)
    child.expect("made")
    with zerobuffer.Writer(name) as writer:
        writer.write_many([b"one", b"two", b"three", b"four"])
        child.expect("holds")
        child.kill()
        with zerobuffer.Reader(name, capacity=1 << 16) as reader:
            assert reader.stats().resumed
            received = reader.acquire_many(10)
            assert [(frame.sequence, bytes(frame)) for frame in received] == [
                (1, b"one"), (2, b"two"), (3, b"three"), (4, b"four"),
            ]  # fmt: skip
            assert writer.write(b"five") == 5


def test_latest_frame_of_a_fast_writer(name, layout, process):
    code = """
with zerobuffer.Writer(arguments[0]) as writer:
    for number in range(1, 21):
        writer.write(b"%d" % number)
    say("written")
    hear()
"""
    with zerobuffer.Reader(name, layout=layout) as reader:
        child = process(code, name)
        child.expect("written")
        with reader.acquire_latest() as frame:
            assert bytes(frame) == b"20"
        assert reader.stats().skipped == 19
        child.tell("enough")
        child.finish()


def test_slow_writer_is_not_dead(name, layout, process):
    code = 'writer = zerobuffer.Writer(arguments[0]); say("attached"); hear(); writer.write(b"late"); writer.close()'
    with zerobuffer.Reader(name, layout=layout) as reader:
        child = process(code, name)
        child.expect("attached")
        # Longer than the slices in which a wait looks for a dead peer.
        assert reader.acquire(timeout=0.2) is None
        child.tell("go on")
        assert [bytes(frame) for frame in reader] == [b"late"]
        child.finish()
