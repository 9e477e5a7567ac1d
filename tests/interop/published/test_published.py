# SPDX-License-Identifier: MIT
"""Frames between this library and the published package, layout v1, both ways. A frame of 48 bytes and its header
divide the ring, because the package fails at ends of the ring that are shorter than a header."""
import pytest

from zerobuffer import PeerClosed, Reader, Writer

CAPACITY = 64 << 10
DEADLINE = 30


@pytest.mark.parametrize("size, count", [(48, 5000), (20_000, 3)], ids=["around the ring", "large"])
def test_its_writer_is_read_by_our_reader(peer, name, size, count):
    with Reader(name, layout="v1", capacity=CAPACITY) as reader:
        assert peer.ask(f"connect {name}") == "ok"
        peer.tell(f"send {count} {size}")
        for number in range(1, count + 1):
            with reader.acquire(DEADLINE) as frame:
                assert (frame.sequence, bytes(frame)) == (number, bytes([number % 256]) * size)
        assert peer.answer() == f"sent {count}"
        assert peer.ask("close") == "ok"
        with pytest.raises(PeerClosed):
            reader.acquire(DEADLINE)


@pytest.mark.parametrize("size, count", [(48, 5000), (20_000, 3)], ids=["around the ring", "large"])
def test_our_writer_is_read_by_its_reader(peer, name, size, count):
    assert peer.ask(f"create {name} {CAPACITY}") == "ok"
    with Writer(name, timeout=DEADLINE) as writer:
        peer.tell(f"take {count} {size}")
        for number in range(1, count + 1):
            assert writer.write(bytes([number % 256]) * size, DEADLINE)
        assert peer.answer() == f"took {count}"
    assert peer.ask("close") == "ok"
