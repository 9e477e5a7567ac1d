# SPDX-License-Identifier: MIT
"""A claim is room for one frame: filled in place, then published or given up. Views of it must be gone by then."""
import copy
import gc
import pickle

import numpy
import pytest

import zerobuffer


def unread(pair):
    return [bytes(frame) for frame in pair.reader.acquire_many(100, timeout=0)]


def test_with_block_commits(pair):
    with pair.writer.claim(5) as claim, memoryview(claim) as view:
        view[:] = b"hello"
    assert unread(pair) == [b"hello"]


def test_exception_aborts(pair):
    with pytest.raises(KeyError), pair.writer.claim(5):
        raise KeyError
    assert unread(pair) == []
    assert pair.writer.write(b"next") == 1


def test_commit_returns_the_sequence(pair):
    assert [pair.writer.claim(1).commit() for _ in range(3)] == [1, 2, 3]


def test_commit_of_less(pair):
    claim = pair.writer.claim(1000)
    numpy.frombuffer(claim, "u1")[:3] = list(b"abc")
    claim.commit(3)
    assert unread(pair) == [b"abc"]


def test_committed_inside_its_with_block(pair):
    with pair.writer.claim(10) as claim:
        claim.commit(2)
    assert [len(frame) for frame in unread(pair)] == [2]


def test_aborted_inside_its_with_block(pair):
    with pair.writer.claim(10) as claim:
        claim.abort()
    assert unread(pair) == []


def test_dropping_aborts(pair):
    claim = pair.writer.claim(10)
    assert pair.writer.stats().held == 1
    del claim
    gc.collect()
    assert pair.writer.stats().held == 0
    assert pair.writer.write(b"next") == 1


def test_numpy_fills_in_place(pair):
    claim = pair.writer.claim(8)
    numpy.frombuffer(claim, "<u4")[:] = [1, 2]
    numpy.asarray(claim)[0] = 9
    claim.commit()
    assert unread(pair) == [b"\x09\0\0\0\x02\0\0\0"]


def test_size(pair):
    with pair.writer.claim(10) as claim:
        assert (claim.size, len(claim), memoryview(claim).nbytes) == (10, 10, 10)
        assert not memoryview(claim).readonly


def test_empty_claim_is_a_true_claim(name):
    with zerobuffer.Reader(name) as reader, zerobuffer.Writer(name) as writer:
        with writer.claim(0) as claim:
            assert claim and len(claim) == 0
        assert len(reader.acquire()) == 0


@pytest.mark.parametrize("finish", ["commit", "abort"])
def test_finished_claim_is_not_to_be_used(pair, finish):
    claim = pair.writer.claim(10)
    getattr(claim, finish)()
    for attempt in (claim.commit, claim.__enter__, lambda: memoryview(claim), lambda: numpy.asarray(claim)):
        with pytest.raises(zerobuffer.Misuse, match="committed as frame 1" if finish == "commit" else "aborted"):
            attempt()
    claim.abort()
    assert len(unread(pair)) == (finish == "commit")


def test_commit_of_more_than_claimed(pair):
    claim = pair.writer.claim(10)
    with pytest.raises(zerobuffer.Misuse, match="11"):
        claim.commit(11)
    with pytest.raises(zerobuffer.Misuse, match="negative"):
        claim.commit(-1)
    assert claim.commit(10) == 1


def test_commit_waits_for_views_to_go(pair):
    claim = pair.writer.claim(4)
    view = memoryview(claim)
    with pytest.raises(zerobuffer.Misuse, match="1 view.* live"):
        claim.commit()
    assert unread(pair) == []
    view[:] = b"late"
    view.release()
    assert claim.commit() == 1
    assert unread(pair) == [b"late"]


def test_with_block_ends_with_an_error_while_views_live(pair):
    with pytest.raises(zerobuffer.Misuse, match="1 view.* live"), pair.writer.claim(4) as claim:
        array = numpy.asarray(claim)
    assert unread(pair) == []
    del array
    assert claim.commit() == 1


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_abort_keeps_the_room_until_the_last_view_goes(pair):
    claim = pair.writer.claim(4)
    view = memoryview(claim)
    claim.abort()
    for attempt in (lambda: pair.writer.claim(4), lambda: pair.writer.write(b"next")):
        with pytest.raises(zerobuffer.Misuse, match="views of the last claim"):
            attempt()
    view[:] = b"late"
    view.release()
    assert pair.writer.write(b"next") == 1
    assert unread(pair) == [b"next"]


def test_one_claim_at_a_time(pair):
    with pair.writer.claim(4):
        for attempt in (lambda: pair.writer.claim(4), lambda: pair.writer.write(b"next")):
            with pytest.raises(zerobuffer.Misuse, match="claim"):
                attempt()
    assert len(unread(pair)) == 1


def test_claim_outlives_its_writer(pair):
    claim = pair.writer.claim(4)
    view = memoryview(claim)
    pair.writer.close()
    view[:] = b"safe"
    assert view.tobytes() == b"safe"
    view.release()
    with pytest.raises(zerobuffer.Closed):
        claim.commit()
    claim.abort()
    assert unread(pair) == []


def test_full_ring_gives_no_claim(full_pair):
    assert full_pair.writer.claim(1000, timeout=0) is None
    assert full_pair.writer.claim(1000, timeout=0.01) is None
    assert full_pair.writer.stats().timeouts >= 1


def test_claim_cannot_be_copied_or_pickled(pair):
    with pair.writer.claim(4) as claim:
        for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match="use bytes"):
                attempt(claim)


def test_claim_made_by_hand_is_nothing():
    claim = zerobuffer.Claim()
    with pytest.raises(zerobuffer.Misuse, match="Writer.claim"):
        claim.commit()
    claim.abort()
    claim.__exit__(KeyError, KeyError(), None)
    assert (repr(claim), claim.size) == ("<Claim of nothing>", 0)


def test_says_what_it_is(pair):
    claim = pair.writer.claim(4)
    assert repr(claim) == f"<Claim on '{pair.name}', 4 bytes, open>"
    claim.commit()
    assert repr(claim) == f"<Claim on '{pair.name}', 4 bytes, committed as 1>"
