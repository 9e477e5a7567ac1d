# SPDX-License-Identifier: MIT
"""Objects, text and JSON leave as many memory blocks behind as there were, also when they fail."""
import contextlib
import gc
import sys
import threading

import numpy
import pytest

import zerobuffer

CYCLES = 5000
# What the interpreter and NumPy keep for themselves, whatever the number of frames; a leak is ten times that.
NOISE = CYCLES // 10
SMALL = {"id": 1, "values": [1.5, 2.5], "text": "abc"}


def small_objects(pair):
    pair.writer.write_object(SMALL)
    assert pair.reader.acquire(0).object() == SMALL


def arrays(pair):
    pair.writer.write_object([numpy.ones(5), numpy.ones(500), numpy.ones(50)[::3]])
    for copy in (False, True):
        if copy:
            pair.writer.write_object([numpy.ones(5), numpy.ones(500)])
        assert pair.reader.acquire(0).object(copy)[1].sum() == 500


def large_pickles(pair):
    pair.writer.write_object([list(range(500)), "x" * 5000])
    assert pair.reader.acquire(0).object()[0][-1] == 499


def failures(pair):
    with contextlib.suppress(zerobuffer.Misuse):
        pair.writer.write_object([numpy.ones(5), threading.Lock()])
    pair.writer.write(b"ZBOBJECT and nothing that fits to it")
    with contextlib.suppress(zerobuffer.Incompatible):
        pair.reader.acquire(0).object()


def text_and_json(pair):
    pair.writer.write_text("gr\u00fc\u00df")
    assert pair.reader.acquire(0).text() == "gr\u00fc\u00df"
    pair.writer.write_json(SMALL)
    assert pair.reader.acquire(0).json() == SMALL


@pytest.mark.parametrize("cycle", [small_objects, arrays, large_pickles, failures, text_and_json],
                         ids=lambda cycle: cycle.__name__)  # fmt: skip
def test_leaves_as_many_blocks_as_there_were(pair, cycle):
    grown = growth(lambda: cycle(pair))
    assert grown < NOISE


def test_queue_leaves_as_many_blocks_as_there_were():
    line = zerobuffer.Queue(3, capacity=1 << 16)

    def cycle():
        line.put(SMALL)
        assert line.get() == SMALL

    assert growth(cycle) < NOISE
    line.close()


def growth(cycle):
    for _ in range(200):
        cycle()
    gc.collect()
    gc.disable()
    try:
        before = sys.getallocatedblocks()
        for _ in range(CYCLES):
            cycle()
        return sys.getallocatedblocks() - before
    finally:
        gc.enable()
