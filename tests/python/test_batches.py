# SPDX-License-Identifier: MIT
"""Frames in batches: one call for many, in order, given back together."""
import pytest

import zerobuffer
from conftest import DEADLINE, until_asleep


def contents(batch):
    return [bytes(frame) for frame in batch]


def write_numbers(writer, count):
    assert writer.write_many([b"%d" % number for number in range(count)]) == count


def test_iterates_in_lists_up_to_the_limit_until_the_writer_closes(pair):
    write_numbers(pair.writer, 10)
    pair.writer.close()
    assert [contents(batch) for batch in pair.reader.batches(4)] == [
        [b"0", b"1", b"2", b"3"],
        [b"4", b"5", b"6", b"7"],
        [b"8", b"9"],
    ]


def test_limit_above_what_one_call_takes(pair):
    write_numbers(pair.writer, 200)
    pair.writer.close()
    assert [len(batch) for batch in pair.reader.batches(150)] == [150, 50]


def test_limit_is_64_unless_told(pair):
    write_numbers(pair.writer, 100)
    pair.writer.close()
    assert [len(batch) for batch in pair.reader.batches()] == [64, 36]


def test_batch_is_released_at_the_next_step(pair):
    write_numbers(pair.writer, 4)
    batches = iter(pair.reader.batches(2))
    first = next(batches)
    assert pair.reader.stats().held == 2
    second = next(batches)
    assert pair.reader.stats().held == 2
    with pytest.raises(zerobuffer.Misuse, match="released"):
        memoryview(first[0])
    assert contents(second) == [b"2", b"3"]
    del batches, first, second
    assert pair.reader.stats().held == 0


def test_list_belongs_to_the_program(pair):
    write_numbers(pair.writer, 3)
    batches = iter(pair.reader.batches(3))
    batch = next(batches)
    kept = batch.pop()
    batch[0].release()
    batch.clear()
    pair.writer.close()
    assert list(batches) == []
    assert pair.reader.stats().held == 0
    with pytest.raises(zerobuffer.Misuse):
        memoryview(kept)


def test_frame_with_views_keeps_its_place_until_they_go(name):
    with zerobuffer.Reader(name, capacity=1 << 16) as reader, zerobuffer.Writer(name) as writer:
        write_numbers(writer, 70)
        writer.close()
        batches = iter(reader.batches(70))
        view = memoryview(next(batches)[1])
        with pytest.warns(ResourceWarning, match="frame 2 was released while 1 view"):
            assert list(batches) == []
        assert (reader.stats().held, bytes(view)) == (1, b"1")
        view.release()
        assert reader.stats().held == 0


def test_frames_released_by_the_program_are_left_alone(pair):
    write_numbers(pair.writer, 130)
    pair.writer.close()
    for batch in pair.reader.batches(130):
        for frame in batch[::3]:
            frame.release()
    assert pair.reader.stats().held == 0


@pytest.mark.parametrize("end, error", [("cancel", zerobuffer.Cancelled), ("close", zerobuffer.Closed)])
def test_waiting_for_a_batch_is_ended_by_another_thread(pair, background, end, error):
    waiting = background(next, pair.reader.batches())
    until_asleep(pair.reader)
    getattr(pair.reader, end)()
    with pytest.raises(error, match=pair.name):
        waiting.result(DEADLINE)


def test_goes_on_after_an_error(pair):
    batches = pair.reader.batches()
    pair.reader.cancel()
    with pytest.raises(zerobuffer.Cancelled):
        next(batches)
    write_numbers(pair.writer, 2)
    assert contents(next(batches)) == [b"0", b"1"]


@pytest.mark.parametrize("limit, error, text", [
    (0, zerobuffer.Misuse, "limit 0"),
    (-1, zerobuffer.Misuse, "negative"),
    ("many", TypeError, "limit must be an int"),
    (2**64, zerobuffer.TooLarge, "limit"),
])  # fmt: skip
def test_impossible_limits(pair, limit, error, text):
    with pytest.raises(error, match=text):
        pair.reader.batches(limit)


def test_iterator_of_nothing_is_at_its_end():
    iterator = type(zerobuffer.Reader.__new__(zerobuffer.Reader).batches())
    assert list(iterator.__new__(iterator)) == []


def test_bytes_and_other_buffers_mixed(pair):
    parts = [b"bytes", bytearray(b"bytearray"), memoryview(b"view"), b""]
    assert pair.writer.write_parts(parts) == 1
    assert pair.writer.write_many(parts[:3]) == 3
    with pair.reader.acquire() as frame:
        assert bytes(frame) == b"bytesbytearrayview"
    assert contents(pair.reader.acquire_many(3)) == [b"bytes", b"bytearray", b"view"]


def test_one_part_that_is_no_buffer_writes_nothing_and_holds_nothing(pair):
    kept = bytearray(b"kept")
    for call in (pair.writer.write_parts, pair.writer.write_many):
        with pytest.raises(TypeError, match="bytes-like"):
            call([b"bytes", kept, "text"])
    kept.append(1)
    assert pair.writer.stats().frames == 0
    assert pair.writer.write_many([b"next"]) == 1
