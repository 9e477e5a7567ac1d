# SPDX-License-Identifier: MIT
"""frames.hpp in Python: the same frames from the same seed and number."""
import numpy

STEP = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


def mixed(state):
    state = (state + STEP) & MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
    return state ^ (state >> 31)


class Pattern:
    def __init__(self, seed):
        self.seed = int(seed)

    def size(self, number, largest):
        return 1 + mixed(mixed(self.seed) ^ number) % largest

    def bytes(self, size, number):
        first = numpy.uint64(mixed(mixed(self.seed + 1) ^ number))
        steps = numpy.arange((size + 7) // 8, dtype=numpy.uint64) * numpy.uint64(STEP)
        return (steps + first).tobytes()[:size]
