# SPDX-License-Identifier: MIT
"""The account of the demo counts what it says: each case sends a stream with one thing wrong."""
import time

import numpy as np
import pytest
from zerobuffer import Reader, Writer

import stream
from receive import Gauge, Receiver

SIZE = 5000  # neither whole blocks nor whole words of the checksum


class Nothing:
    """A study that only looks at the payload where it lies."""

    def view(self, payload):
        return payload

    def observe(self, array, media_seconds):
        pass


@pytest.fixture
def ends(name):
    with Reader(name) as reader, Writer(name) as writer:
        yield reader, writer


def send(writer, number, place=None, checksum=None):
    """One frame of the demo, produced in place."""
    with writer.claim(64 + SIZE) as claim:
        whole = np.frombuffer(claim, np.uint8)
        payload = whole[64:]
        payload[:] = (np.arange(SIZE) * number) % 251
        where = stream.SegmentMap(writer.name).place_of(payload) if place is None else place
        value = stream.checksum(payload) if checksum is None else checksum
        preface = np.array([time.monotonic_ns(), where, value, 0], "<u8")
        whole[:32] = preface.view(np.uint8)
        del whole, payload


def received(ends, study=None):
    reader, writer = ends
    writer.close()
    receiver = Receiver(reader, {"preface": 64}, study or Nothing())
    with Gauge() as gauge:
        receiver.run(gauge)
    return receiver.account


def test_counts_what_came_in_order_and_in_place(ends):
    for number in (1, 2, 3):
        send(ends[1], number)
    account = received(ends)
    payloads = [((np.arange(SIZE) * number) % 251).astype(np.uint8) for number in (1, 2, 3)]
    sums = [stream.checksum(payload) for payload in payloads]
    assert (account.frames, account.bytes) == (3, 3 * SIZE)
    assert account.checksum == (sums[0] + 2 * sums[1] + 3 * sums[2]) % 2**64
    assert (account.lost, account.damaged, account.copied) == (0, 0, 0)
    assert account.produced_at == account.seen_at
    assert len(account.latency_ns) == 3


def test_counts_a_sequence_that_never_came(ends):
    send(ends[1], 1)
    ends[0].acquire().release()
    send(ends[1], 2)
    assert received(ends).lost == 1


def test_counts_a_payload_that_is_not_the_one_that_was_sent(ends):
    send(ends[1], 1, checksum=12345)
    assert received(ends).damaged == 1


@pytest.mark.parametrize("place", [stream.NOWHERE, 0])
def test_counts_a_payload_that_was_produced_elsewhere(ends, place):
    send(ends[1], 1, place=place)
    assert received(ends).copied == 1


def test_counts_a_study_that_works_on_a_copy(ends):
    class Copying(Nothing):
        def view(self, payload):
            return payload.copy()

    send(ends[1], 1)
    assert received(ends, Copying()).copied == 1


def test_finds_no_place_for_memory_outside_the_segment(ends):
    assert stream.SegmentMap(ends[0].name).place_of(np.zeros(10)) == stream.NOWHERE


def test_checksum_depends_on_where_a_block_lies():
    blocks = np.zeros((2, 4096), np.uint8)
    blocks[0, 0] = 1
    assert stream.checksum(blocks.reshape(-1)) == 1
    assert stream.checksum(blocks[::-1].reshape(-1)) == 3
