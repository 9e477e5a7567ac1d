# SPDX-License-Identifier: MIT
"""The hot path makes nothing that stays: 100,000 frames leave as many memory blocks as there were."""
import gc
import os
import sys
import tracemalloc

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


def await_what_is_ready(pair, cycles):
    async def main():
        for _ in range(cycles):
            await pair.writer.write_async(CONTENT)
            (await pair.reader.acquire_async()).release()

    finished(main())


def finished(coroutine):
    """Runs what never has to wait."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


def iterate_in_batches(pair, cycles):
    contents = (CONTENT,) * 100
    batches = pair.reader.batches(100)
    for _ in range(cycles // 100):
        pair.writer.write_many(contents)
        assert len(next(batches)) == 100


def watched_tries(pair, cycles):
    pair.reader.fileno()
    for _ in range(cycles):
        pair.reader.acquire(0)


PATTERNS = [
    write_and_acquire,
    write_buffer_and_drop,
    claim_and_iterate,
    batches,
    gather,
    arrays,
    lists,
    empty_tries,
    await_what_is_ready,
    iterate_in_batches,
    watched_tries,
]


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


@pytest.mark.parametrize("cycle", PATTERNS, ids=lambda cycle: cycle.__name__)
def test_leaves_as_many_traced_bytes_as_there_were(pair, cycle):
    """tracemalloc slows the interpreter down ten times, so there are fewer of them."""
    cycle(pair, 1000)
    tracemalloc.start()
    try:
        cycle(pair, 1000)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        cycle(pair, CYCLES // 10)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    # A byte per frame would be ten thousand.
    assert grown < 4096


NATIVE = """
import ctypes
sys.path.insert(0, arguments[0])
import test_allocation
class Pair:
    reader = zerobuffer.Reader(arguments[1], capacity=1 << 16)
    writer = zerobuffer.Writer(arguments[1])
counted = ctypes.CDLL(None).zerobuffer_counted_memory
count, size = ctypes.c_uint64(), ctypes.c_uint64()
def allocations():
    counted(ctypes.byref(count), ctypes.byref(size))
    return count.value
for cycle in test_allocation.PATTERNS:
    cycle(Pair, 1000)
    before = allocations()
    cycle(Pair, test_allocation.CYCLES)
    say(f"{cycle.__name__} {allocations() - before}")
"""


def test_takes_nothing_from_the_heap(name, process):
    """The heap below the interpreter's own: small Python objects do not come from there, and everything else would."""
    if "ZEROBUFFER_COUNTED_MEMORY" not in os.environ:
        pytest.skip("a sanitizer has the place of the counting malloc")
    environment = {
        **os.environ,
        "LD_PRELOAD": os.environ["ZEROBUFFER_COUNTED_MEMORY"],
        "PYTHONDEVMODE": "",
        "PYTHONMALLOC": "pymalloc",
    }
    said, _ = process(NATIVE, os.path.dirname(__file__), name, env=environment).finish()
    taken = dict(line.split() for line in said)
    assert list(taken) == [cycle.__name__ for cycle in PATTERNS]
    for cycle, count in taken.items():
        # A list of a hundred frames is a block of the heap, and grows.
        allowed = CYCLES // 100 * 6 if "batches" in cycle else NOISE
        assert int(count) < allowed, taken
