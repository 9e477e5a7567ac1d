# SPDX-License-Identifier: MIT
"""The hot path makes nothing that stays: 100,000 frames leave as many memory blocks as there were."""
import gc
import sys

import numpy
import pytest

CYCLES = 100_000
# What the interpreter itself may change meanwhile, whatever the number of frames.
NOISE = 20
CONTENT = bytes(32)


def write_and_acquire(pair, cycles):
    for _ in range(cycles):
        pair.writer.write(CONTENT)
        pair.reader.acquire(0).release()


def write_buffer_and_drop(pair, cycles):
    content = bytearray(CONTENT)
    for _ in range(cycles):
        pair.writer.write(content)
        pair.reader.acquire()


def claim_and_iterate(pair, cycles):
    frames = iter(pair.reader)
    for _ in range(cycles):
        with pair.writer.claim(32) as claim, memoryview(claim) as view:
            view[0] = 1
        with memoryview(next(frames)) as view:
            assert view[0] == 1


def batches(pair, cycles):
    contents = (CONTENT,) * 100
    for _ in range(cycles // 100):
        pair.writer.write_many(contents)
        for frame in pair.reader.acquire_many(100):
            with frame:
                pass


def gather(pair, cycles):
    parts = (CONTENT, bytearray(CONTENT), CONTENT)
    for _ in range(cycles):
        pair.writer.write_parts(parts)
        with pair.reader.acquire():
            pass


def arrays(pair, cycles):
    content = numpy.zeros((300, 2), "f4")  # numbers above 256 are objects of their own
    for _ in range(cycles // 10):
        pair.writer.write_array(content)
        with pair.reader.acquire() as frame:
            assert frame.array().shape == (300, 2)
        with pair.writer.claim_array((300, 2), "f4") as claim:
            claim.array()[:] = 0
        with pair.reader.acquire():
            pass


def lists(pair, cycles):
    for _ in range(cycles // 10):
        for content in ([1, 2], [0.5, 1], [True], ["a", "b"], [1, 2**63]):
            pair.writer.write_array(content)
            with pair.reader.acquire() as frame:
                assert frame.array().tolist() == content


def empty_tries(pair, cycles):
    for _ in range(cycles):
        pair.reader.acquire(0)


PATTERNS = [write_and_acquire, write_buffer_and_drop, claim_and_iterate, batches, gather, arrays, lists, empty_tries]


@pytest.mark.parametrize("cycle", PATTERNS, ids=lambda cycle: cycle.__name__)
def test_leaves_as_many_blocks_as_there_were(pair, cycle):
    cycle(pair, 1000)
    gc.collect()
    gc.disable()
    try:
        before = sys.getallocatedblocks()
        cycle(pair, CYCLES)
        grown = sys.getallocatedblocks() - before
    finally:
        gc.enable()
    assert grown < NOISE
