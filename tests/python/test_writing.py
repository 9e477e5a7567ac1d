# SPDX-License-Identifier: MIT
"""What a writer copies in, and what it says when there is no room."""
import array
import copy
import pickle

import numpy
import pytest

import zerobuffer
from conftest import DEADLINE, eventually, remove, until_asleep

# More than is copied under the GIL.
LONG = bytes(range(256)) * 136


def unread(pair):
    return [bytes(frame) for frame in pair.reader.acquire_many(1000, timeout=0)]


def release_until(condition, reader):
    """Makes room, frame by frame."""
    while not condition():
        for frame in reader.acquire_many(1, timeout=0.01):
            frame.release()


@pytest.mark.parametrize(
    "content",
    [
        b"bytes",
        bytearray(b"bytearray"),
        memoryview(b"memoryview"),
        memoryview(b"0123456789")[2:5],
        array.array("i", [1, 2, 3]),
        numpy.arange(6, dtype="<u2").reshape(2, 3),
        LONG,
        numpy.frombuffer(LONG, "u1"),
    ],
    ids=lambda content: type(content).__name__,
)
def test_copies_whatever_is_bytes_like(pair, content):
    assert pair.writer.write(content) == 1
    assert unread(pair) == [bytes(content)]


def test_relays_a_frame(pair):
    pair.writer.write(b"relayed")
    with pair.reader.acquire() as frame:
        assert pair.writer.write(frame) == 2
    assert unread(pair) == [b"relayed"]


def test_parts_become_one_frame(pair):
    assert pair.writer.write_parts([b"head", bytearray(b"er"), numpy.frombuffer(b"body", "u1")]) == 1
    assert pair.writer.write_parts(part for part in [LONG, LONG[:100]]) == 2
    assert unread(pair) == [b"headerbody", LONG + LONG[:100]]


def test_many_become_a_frame_each(pair):
    assert pair.writer.write_many([b"one", memoryview(b"two"), b"three"]) == 3
    assert pair.writer.write_many(b"%d" % number for number in range(3)) == 3
    assert pair.writer.write_many([]) == 0
    assert unread(pair) == [b"one", b"two", b"three", b"0", b"1", b"2"]


def test_parts_may_be_very_many(pair):
    assert pair.writer.write_parts([b"x"] * 10_000) == 1
    assert unread(pair) == [b"x" * 10_000]


def test_empty_parts_are_an_empty_frame(name):
    with zerobuffer.Reader(name) as reader, zerobuffer.Writer(name) as writer:
        assert [writer.write_parts([]), writer.write_parts([b"", b""]), writer.write(b"")] == [1, 2, 3]
        assert [len(frame) for frame in reader.acquire_many(3)] == [0, 0, 0]


def test_full_ring_gives_none(full_pair):
    before = full_pair.writer.stats()
    assert full_pair.writer.write(bytes(1000), timeout=0) is None
    assert full_pair.writer.write(bytes(1000), timeout=0.01) is None
    assert full_pair.writer.write_parts([bytes(1000)], timeout=0.01) is None
    assert full_pair.writer.write_many([bytes(1000)] * 3, timeout=0.01) == 0
    assert full_pair.writer.wait(1000, timeout=0.01) is False
    assert full_pair.writer.stats().sequence == before.sequence


def test_many_tells_how_many_had_room(full_pair):
    for frame in full_pair.reader.acquire_many(3):
        frame.release()
    done = full_pair.writer.write_many([bytes(1000)] * 10, timeout=0.01)
    assert 1 <= done <= 4
    assert full_pair.writer.write_many([bytes(1000)] * 10, timeout=0) == 0


@pytest.mark.parametrize(
    "write",
    [
        lambda writer: writer.write(bytes(40_000)),
        lambda writer: writer.write(b"x" * 1000),
        lambda writer: writer.write_parts([b"x" * 500, b"y" * 500]),
        lambda writer: writer.claim(1000).commit(),
    ],
)
def test_waits_for_room(full_pair, background, write):
    before = full_pair.writer.stats().sequence
    writing = background(write, full_pair.writer)
    until_asleep(full_pair.writer)
    release_until(writing.done, full_pair.reader)
    assert writing.result() == before + 1


def test_many_go_on_while_the_reader_reads(pair, background):
    frames = [b"%05d" % number * 100 for number in range(2000)]
    writing = background(pair.writer.write_many, frames)
    for expected in frames:
        with pair.reader.acquire() as frame:
            assert bytes(frame) == expected
    assert writing.result(60) == 2000


def test_frame_that_never_fits_is_refused_at_once(pair):
    too_large = pair.writer.max_frame + 1
    for attempt in (
        lambda: pair.writer.write(bytes(too_large)),
        lambda: pair.writer.write_parts([bytes(too_large)]),
        lambda: pair.writer.write_many([b"fits", bytes(too_large)]),
        lambda: pair.writer.claim(too_large),
        lambda: pair.writer.wait(too_large),
    ):
        with pytest.raises(zerobuffer.TooLarge, match=pair.name):
            attempt()


def test_largest_frame_fits(pair):
    content = bytes(pair.writer.max_frame)
    for _ in range(3):
        pair.writer.write(content)
        with pair.reader.acquire(timeout=0) as frame:
            assert bytes(frame) == content


def test_many_before_the_one_that_never_fits_are_committed(pair):
    with pytest.raises(zerobuffer.TooLarge):
        pair.writer.write_many([b"one", b"two", bytes(pair.writer.max_frame + 1)])
    assert unread(pair) == [b"one", b"two"][: pair.writer.stats().sequence]


@pytest.mark.parametrize("what", ["str", 5, None, [1, 2]])
def test_what_is_not_bytes_like_is_a_type_error(pair, what):
    for attempt in (
        lambda: pair.writer.write(what),
        lambda: pair.writer.write_parts([b"good", what]),
        lambda: pair.writer.write_many([b"good", what]),
        lambda: pair.writer.publish_metadata(what),
    ):
        with pytest.raises(TypeError):
            attempt()
    assert unread(pair) == []


def test_views_are_let_go_after_a_failure(pair):
    content = bytearray(b"content")
    with pytest.raises(TypeError):
        pair.writer.write_parts([content, "str"])
    with pytest.raises(zerobuffer.TooLarge):
        pair.writer.write_many([content, bytes(pair.writer.max_frame + 1)])
    content.extend(b"!")


def test_bytes_that_do_not_lie_together_are_refused(pair):
    content = numpy.arange(10, dtype="u1")
    gaps = (content[::2], memoryview(content)[::2], numpy.asfortranarray(content.reshape(2, 5)))
    writer = pair.writer
    calls = [writer.write, writer.publish_metadata]
    calls += [lambda what: writer.write_parts([b"", what]), lambda what: writer.write_many([what])]
    for call in calls:
        for what in gaps:
            with pytest.raises(zerobuffer.Misuse, match=f"'{pair.name}'.* (ndarray|memoryview) .*ascontiguousarray"):
                call(what)
    pair.writer.write(numpy.ascontiguousarray(gaps[0]))
    assert unread(pair) == [bytes(range(0, 10, 2))]


def test_released_frame_is_named_where_it_is_written_again(pair):
    pair.writer.write(b"x")
    frame = pair.reader.acquire(0)
    frame.release()
    for call in (pair.writer.write, lambda what: pair.writer.write_parts([what])):
        with pytest.raises(zerobuffer.Misuse, match="frame 1 was released"):
            call(frame)


def test_many_frames_go_on_after_a_wait_to_the_last(name, background):
    """More than one ring takes and more than one try does, some of them without bytes."""
    contents = [b"%d" % number if number % 3 else b"" for number in range(20_000)]
    with zerobuffer.Reader(name, capacity=1 << 18) as reader, zerobuffer.Writer(name) as writer:
        writing = background(writer.write_many, contents)
        until_asleep(writer)
        arrived = []
        while len(arrived) < len(contents):
            # All at once, so that many have room.
            batch = reader.acquire_many(10_000, DEADLINE)
            assert batch
            arrived += [bytes(frame) for frame in batch]
            del batch
        assert writing.result(DEADLINE) == len(contents)
        assert arrived == contents


def test_gathering_twice_at_once(pair, background):
    """One thread waits with its parts gathered; another one gathers, too."""
    while pair.writer.write(bytes(1000), timeout=0):
        pass
    waiting = background(pair.writer.write_parts, [b"a" * 500, b"b" * 500])
    until_asleep(pair.writer)
    assert pair.writer.write_parts([b"c" * 500, b"d" * 500], timeout=0) is None
    release_until(waiting.done, pair.reader)
    assert waiting.result() == pair.writer.stats().sequence


def test_metadata_is_published_once(pair):
    pair.writer.publish_metadata(b"640x480")
    pair.writer.publish_metadata(b"640x480")
    with pytest.raises(zerobuffer.Misuse, match=pair.name):
        pair.writer.publish_metadata(b"800x600")
    assert pair.reader.metadata() == b"640x480"


def test_metadata_that_never_fits_is_refused(pair):
    with pytest.raises(zerobuffer.TooLarge, match=pair.name):
        pair.writer.publish_metadata(bytes(pair.writer.metadata_size - 7))
    assert pair.reader.metadata() is None


def test_lost_reader_is_told_when_there_is_no_room(full_pair):
    full_pair.reader.close()
    with pytest.raises(zerobuffer.PeerClosed, match=full_pair.name):
        full_pair.writer.write(bytes(1000), timeout=10)
    full_pair.writer.close()
    if full_pair.layout == "v2":
        remove(full_pair.name)


def test_waits_for_the_reader(name, background):
    with zerobuffer.Writer.create(name) as writer:
        assert writer.wait_for_peer(timeout=0.01) is False
        waiting = background(writer.wait_for_peer)
        with zerobuffer.Reader.open(name):
            assert waiting.result(60) is True


def test_waits_for_the_buffer_to_appear(name, layout, background):
    attaching = background(zerobuffer.Writer, name, timeout=60)
    with zerobuffer.Reader(name, layout=layout) as reader:
        with attaching.result(60) as writer:
            writer.write(b"here")
            reader.acquire().release()


def test_reader_waits_for_the_buffer_to_appear(name, background):
    attaching = background(zerobuffer.Reader.open, name, timeout=60)
    with zerobuffer.Writer.create(name) as writer:
        writer.write(b"here")
        with attaching.result(60) as reader:
            reader.acquire().release()


@pytest.mark.parametrize("option", [{"copy": "cached"}, {"copy": "streaming"}, {"wait": "spin"}, {"wait": "block"},
                                    {"prefault": True}, {"prefault": False}, {"guarded": True}])  # fmt: skip
def test_options_of_an_attached_writer(name, layout, option):
    with zerobuffer.Reader(name, layout=layout, capacity=1 << 17) as reader:
        with zerobuffer.Writer(name, **option) as writer:
            writer.write(LONG)
            with reader.acquire() as frame:
                assert bytes(frame) == LONG


def test_closed_writer_refuses_everything(pair):
    pair.writer.close()
    pair.writer.close()
    calls = [
        lambda: pair.writer.write(b"x"),
        lambda: pair.writer.write_parts([b"x"]),
        lambda: pair.writer.write_many([b"x"]),
        lambda: pair.writer.claim(1),
        lambda: pair.writer.wait(1),
        pair.writer.wait_for_peer,
        lambda: pair.writer.publish_metadata(b"x"),
        pair.writer.stats,
        pair.writer.cancel,
        pair.writer.__enter__,
    ]
    for call in calls:
        with pytest.raises(zerobuffer.Closed, match=f"{pair.name}.*closed"):
            call()


def test_stats_count(pair):
    pair.writer.write_many([b"x" * 100] * 3)
    stats = pair.writer.stats()
    assert (stats.frames, stats.sequence, stats.held, stats.resumed) == (3, 3, 0, False)
    assert stats.bytes >= 300 and stats.used == stats.bytes
    assert stats.peer == "attached"
    unread(pair)
    eventually(lambda: pair.writer.stats().used == 0)


def test_cannot_be_copied_or_pickled(pair):
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="pass the name"):
            attempt(pair.writer)


def test_says_what_it_is(pair):
    assert repr(pair.writer) == f"<Writer of '{pair.name}', layout {pair.layout}, {pair.writer.capacity} bytes>"
