# SPDX-License-Identifier: MIT
"""A frame is a lease: what it shows, how long its memory stays, when its space goes back."""
import copy
import gc
import io
import pickle
import weakref

import numpy
import pytest

import zerobuffer

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def frame(pair):
    pair.writer.write(CONTENT)
    with pair.reader.acquire(timeout=0) as frame:
        yield frame


def test_shows_its_bytes_size_and_sequence(frame):
    assert bytes(frame) == CONTENT
    assert (frame.size, len(frame), frame.sequence) == (len(CONTENT), len(CONTENT), 1)


def test_view_is_plain_read_only_bytes(frame):
    with memoryview(frame) as view:
        assert (view.format, view.itemsize, view.ndim, view.shape, view.strides) == ("B", 1, 1, (len(CONTENT),), (1,))
        assert view.readonly and view.c_contiguous and view.obj is frame


def test_numpy_looks_without_a_copy(frame):
    by_buffer = numpy.frombuffer(frame, dtype="<u2")
    by_array = numpy.asarray(frame)
    assert by_buffer.tobytes() == by_array.tobytes() == CONTENT
    assert numpy.shares_memory(by_buffer, by_array)
    assert not by_buffer.flags.writeable and not by_array.flags.writeable


def test_view_cannot_be_written_to(frame):
    with pytest.raises(TypeError, match="read-only"), memoryview(frame) as view:
        view[0] = 1
    with pytest.raises(TypeError):
        io.BytesIO(b"x").readinto(frame)
    assert not frame.writable


def test_writable_reader_edits_in_place(name, layout):
    with zerobuffer.Reader(name, layout=layout, writable=True) as reader, zerobuffer.Writer(name) as writer:
        writer.write(b"before")
        with reader.acquire() as frame:
            numpy.frombuffer(frame, dtype="u1")[:] = list(b"edited")
            assert bytes(frame) == b"edited"
            assert frame.writable and reader.writable


def test_empty_frame_is_a_true_frame(name):
    with zerobuffer.Reader(name) as reader, zerobuffer.Writer(name) as writer:
        writer.write(b"")
        frame = reader.acquire()
        assert frame and len(frame) == 0 and bytes(frame) == b""


def test_release_gives_space_back(pair, frame):
    assert (pair.reader.stats().held, pair.reader.stats().used > 0) == (1, True)
    frame.release()
    assert (pair.reader.stats().held, pair.reader.stats().used) == (0, 0)


def test_dropping_gives_space_back(pair):
    pair.writer.write(CONTENT)
    frame = pair.reader.acquire(timeout=0)
    assert pair.reader.stats().held == 1
    del frame
    assert (pair.reader.stats().held, pair.reader.stats().used) == (0, 0)


def test_with_block_gives_space_back(pair):
    pair.writer.write(CONTENT)
    with pair.reader.acquire() as frame:
        assert pair.reader.stats().held == 1
    assert pair.reader.stats().held == 0
    assert frame.sequence == 1


def test_releasing_twice_is_releasing_once(pair, frame):
    frame.release()
    frame.release()
    pair.writer.write(CONTENT)
    assert pair.reader.acquire(timeout=0).sequence == 2


def test_frames_are_released_in_any_order(pair):
    for number in range(3):
        pair.writer.write(bytes([number]) * 100)
    first, second, third = (pair.reader.acquire(timeout=0) for _ in range(3))
    second.release()
    assert pair.reader.stats().held == 2
    assert bytes(first) == bytes(100) and bytes(third) == bytes([2]) * 100
    third.release()
    first.release()
    assert pair.reader.stats().used == 0


@pytest.mark.parametrize("look", [memoryview, bytes, numpy.asarray, numpy.frombuffer], ids=lambda look: look.__name__)
def test_released_frame_gives_no_views(frame, look):
    frame.release()
    with pytest.raises(zerobuffer.Misuse, match="frame 1 was released"):
        look(frame)


def test_released_frame_still_tells_what_it_was(frame):
    frame.release()
    assert (frame.size, frame.sequence) == (len(CONTENT), 1)
    assert "released" in repr(frame)
    with pytest.raises(zerobuffer.Misuse, match="released"):
        frame.__enter__()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("look", [memoryview, numpy.asarray], ids=lambda look: look.__name__)
def test_space_goes_back_with_the_last_view(pair, frame, look):
    views = [look(frame), look(frame)]
    frame.release()
    assert pair.reader.stats().held == 1
    views.pop()
    assert pair.reader.stats().held == 1
    assert bytes(views[0]) == CONTENT
    views.pop()
    assert (pair.reader.stats().held, pair.reader.stats().used) == (0, 0)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_leaving_the_with_block_never_raises_for_a_view(pair):
    pair.writer.write(CONTENT)
    with pair.reader.acquire() as frame:
        view = memoryview(frame)
    assert pair.reader.stats().held == 1
    assert view.tobytes() == CONTENT


def test_views_of_a_dropped_frame_keep_it(pair):
    pair.writer.write(CONTENT)
    view = memoryview(pair.reader.acquire(timeout=0))
    assert view.tobytes() == CONTENT
    assert pair.reader.stats().held == 1
    view.release()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_view_outlives_everything(name, layout):
    reader = zerobuffer.Reader(name, layout=layout)
    writer = zerobuffer.Writer(name)
    writer.write(CONTENT)
    frame = reader.acquire()
    array = numpy.asarray(frame)
    frame.release()
    writer.close()
    reader.close()
    del frame, reader, writer
    gc.collect()
    assert array.tobytes() == CONTENT


def test_frame_outlives_its_reader(name, layout):
    reader = zerobuffer.Reader(name, layout=layout)
    writer = zerobuffer.Writer(name)
    writer.write(CONTENT)
    frame = reader.acquire()
    seen = weakref.ref(reader)
    reader.close()
    del reader
    gc.collect()
    assert bytes(frame) == CONTENT
    frame.release()
    del frame
    gc.collect()
    assert seen() is None
    writer.close()


def test_writer_sees_the_reader_until_the_last_frame_is_back(name):
    with zerobuffer.Writer.create(name) as writer:
        reader = zerobuffer.Reader.open(name)
        writer.write(CONTENT)
        frame = reader.acquire()
        reader.close()
        assert writer.stats().peer == "attached"
        frame.release()
        assert writer.stats().peer == "closed"


def test_frame_cannot_be_copied_or_pickled(frame):
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="use bytes"):
            attempt(frame)


def test_frame_made_by_hand_is_nothing():
    frame = zerobuffer.Frame()
    with pytest.raises(zerobuffer.Misuse, match="Reader.acquire"):
        memoryview(frame)
    frame.release()
    frame.__exit__(None, None, None)
    assert (repr(frame), frame.size, frame.sequence, frame.writable) == ("<Frame of nothing>", 0, 0, False)
    assert list(type(iter(zerobuffer.Reader.__new__(zerobuffer.Reader)))()) == []


def test_says_what_it_is(pair, frame):
    assert repr(frame) == f"<Frame 1 of '{pair.name}', 1024 bytes>"


RELEASE_WITH_VIEW = """
reader = zerobuffer.Reader(arguments[0])
writer = zerobuffer.Writer(arguments[0])
writer.write(b"content")
frame = reader.acquire()
view = memoryview(frame)
frame.release()
say(reader.stats().held)
"""


@pytest.mark.parametrize("filters", ["default", "error"])
def test_development_mode_names_the_frame_that_a_view_keeps(name, process, filters):
    child = process(RELEASE_WITH_VIEW, name, flags=["-X", "dev", "-W", f"{filters}::ResourceWarning"])
    out, err = child.finish()
    assert out == ["1"]
    assert "ResourceWarning" in err and f"buffer '{name}': frame 1 was released while 1 view" in err


def test_without_development_mode_nothing_is_said(name, process, monkeypatch):
    monkeypatch.delenv("PYTHONDEVMODE", raising=False)
    assert process(RELEASE_WITH_VIEW, name, flags=["-W", "default"]).finish() == (["1"], "")
