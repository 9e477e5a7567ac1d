# SPDX-License-Identifier: MIT
"""What a reader takes, and what it learns of its writer."""
import copy
import pickle

import pytest

import zerobuffer


def write_numbers(writer, *numbers):
    return writer.write_many([b"%d" % number for number in numbers])


def test_acquires_in_order(pair):
    write_numbers(pair.writer, 1, 2)
    first, second = pair.reader.acquire(), pair.reader.acquire(timeout=0.0)
    assert [(frame.sequence, bytes(frame)) for frame in (first, second)] == [(1, b"1"), (2, b"2")]
    first.release()
    second.release()


def test_empty_ring_gives_none(pair):
    assert pair.reader.acquire(timeout=0) is None
    assert pair.reader.acquire(0.01) is None
    assert pair.reader.acquire_latest(timeout=0) is None
    assert pair.reader.acquire_many(3, timeout=0) == []
    assert pair.reader.wait(timeout=0.01) is False
    assert pair.reader.stats().timeouts >= 1


def test_latest_skips_the_older_ones(pair):
    write_numbers(pair.writer, 1, 2, 3)
    with pair.reader.acquire_latest() as frame:
        assert (frame.sequence, bytes(frame)) == (3, b"3")
    stats = pair.reader.stats()
    assert (stats.frames, stats.skipped, stats.sequence, stats.used) == (3, 2, 3, 0)


def test_many_takes_what_is_there(pair):
    write_numbers(pair.writer, 1, 2, 3)
    assert [bytes(frame) for frame in pair.reader.acquire_many(10)] == [b"1", b"2", b"3"]
    assert pair.reader.stats().held == 0


def test_many_takes_no_more_than_asked(pair):
    write_numbers(pair.writer, 1, 2, 3)
    assert [frame.sequence for frame in pair.reader.acquire_many(2)] == [1, 2]
    assert [frame.sequence for frame in pair.reader.acquire_many(1 << 40)] == [3]


@pytest.mark.parametrize("limit", [64, 65, 128, 200, 1000])
def test_many_may_be_very_many(pair, limit):
    write_numbers(pair.writer, *range(200))
    frames = pair.reader.acquire_many(limit)
    assert [frame.sequence for frame in frames] == list(range(1, min(limit, 200) + 1))
    assert pair.reader.stats().held == len(frames)
    for frame in frames:
        frame.release()


def test_iteration_releases_at_the_next_step(pair):
    write_numbers(pair.writer, 1, 2, 3)
    frames = iter(pair.reader)
    first = next(frames)
    assert (bytes(first), pair.reader.stats().held) == (b"1", 1)
    second = next(frames)
    assert (bytes(second), pair.reader.stats().held) == (b"2", 1)
    with pytest.raises(zerobuffer.Misuse, match="loop step"):
        bytes(first)
    del frames, second
    assert pair.reader.stats().held == 0


def test_iteration_ends_when_the_writer_closes(pair):
    write_numbers(pair.writer, 1, 2, 3)
    pair.writer.close()
    assert [bytes(frame) for frame in pair.reader] == [b"1", b"2", b"3"]
    assert pair.reader.stats().held == 0


def test_iteration_goes_on_after_break(pair):
    write_numbers(pair.writer, 1, 2, 3)
    for frame in pair.reader:
        break
    assert bytes(frame) == b"1"
    frame.release()
    pair.writer.close()
    assert [bytes(frame) for frame in pair.reader] == [b"2", b"3"]


def test_closed_writer_is_told_after_its_frames(pair):
    write_numbers(pair.writer, 1)
    pair.writer.close()
    pair.reader.acquire().release()
    for _ in range(2):
        with pytest.raises(zerobuffer.PeerClosed, match=pair.name):
            pair.reader.acquire()
    assert pair.reader.stats().peer == "closed"


def test_goes_on_with_the_next_writer(pair):
    write_numbers(pair.writer, 1)
    pair.writer.close()
    assert len(list(pair.reader)) == 1
    with zerobuffer.Writer(pair.name) as writer:
        assert writer.write(b"2") == 2
        with pair.reader.acquire() as frame:
            assert (frame.sequence, bytes(frame)) == (2, b"2")


def test_wait_takes_nothing(pair):
    write_numbers(pair.writer, 1)
    assert pair.reader.wait() is True
    assert pair.reader.wait(timeout=0) is True
    assert pair.reader.stats().frames == 0
    pair.reader.acquire().release()


def test_metadata_is_a_copy_of_what_was_published(pair):
    assert pair.reader.metadata() is None
    assert pair.reader.metadata(timeout=0.01) is None
    pair.writer.publish_metadata(bytearray(b"640x480"))
    assert pair.reader.metadata() == pair.reader.metadata(timeout=None) == b"640x480"


def test_metadata_may_fill_its_block(pair):
    content = bytes(pair.reader.metadata_size - 8)
    pair.writer.publish_metadata(content)
    assert pair.reader.metadata() == content


def test_empty_metadata_is_not_none(name):
    with zerobuffer.Reader(name) as reader, zerobuffer.Writer(name) as writer:
        writer.publish_metadata(b"")
        assert reader.metadata() == b""


def test_waits_for_the_writer(name, layout, background):
    with zerobuffer.Reader(name, layout=layout) as reader:
        assert reader.wait_for_peer(timeout=0) is False
        assert reader.stats().peer == "never"
        waiting = background(reader.wait_for_peer)
        with zerobuffer.Writer(name):
            assert waiting.result(60) is True
            assert reader.wait_for_peer(timeout=0) is True
            assert reader.stats().peer == "attached"


def test_properties(name, layout):
    with zerobuffer.Reader(name, layout=layout, capacity=100_000, metadata_size=1000, alignment=128) as reader:
        assert (reader.name, reader.layout) == (name, layout)
        assert reader.capacity >= 100_000 and reader.metadata_size >= 1000
        assert reader.alignment == (128 if layout == "v2" else 1)
        assert 0 < reader.max_frame < reader.capacity
        shape = (reader.capacity, reader.max_frame)
    assert (reader.capacity, reader.max_frame) == shape


def test_says_what_it_is(name):
    with zerobuffer.Reader(name, capacity=1 << 16) as reader:
        assert repr(reader) == f"<Reader of '{name}', layout v2, 65536 bytes>"
    assert repr(reader) == f"<Reader of '{name}', layout v2, 65536 bytes, closed>"


def test_closed_reader_refuses_everything(pair):
    pair.reader.close()
    pair.reader.close()
    calls = [
        pair.reader.acquire,
        pair.reader.acquire_latest,
        lambda: pair.reader.acquire_many(1),
        lambda: next(iter(pair.reader)),
        pair.reader.wait,
        pair.reader.wait_for_peer,
        pair.reader.metadata,
        pair.reader.stats,
        pair.reader.cancel,
        pair.reader.__enter__,
    ]
    for call in calls:
        with pytest.raises(zerobuffer.Closed, match=f"{pair.name}.*closed"):
            call()


def test_cannot_be_copied_or_pickled(pair):
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="pass the name"):
            attempt(pair.reader)


def test_attaches_once_in_its_life(pair, name):
    with pytest.raises(zerobuffer.Misuse, match="attached before"):
        pair.reader.__init__(name)
    with pytest.raises(zerobuffer.Closed, match="never attached"):
        zerobuffer.Reader.__new__(zerobuffer.Reader).acquire()
