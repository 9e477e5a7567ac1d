# SPDX-License-Identifier: MIT
"""account.hpp in Python: the same words at the same places, and the same numbers."""
import mmap

EPOCH_SHIFT = 40
WORDS = ("layout", "capacity", "largest", "seed", "epoch", "ready", "drain", "stops")
SIDE_WORDS = (
    "incarnation", "leave", "hold", "harmed", "killed_at", "pace", "wait_mode", "random", "attached", "attached_at",
    "first_number", "done", "doing", "taken", "base", "skipped", "reports", "detected", "first_frame", "faults",
)  # fmt: skip
SIDE_SIZE = 24


def epoch_of(number):
    return number >> EPOCH_SHIFT


def begin_of(epoch):
    return epoch << EPOCH_SHIFT


def within(epoch, number):
    """`number`, or the beginning of the epoch if it is of an earlier one."""
    return number if epoch_of(number) == epoch else begin_of(epoch)


def _words(words, begin, names):
    """A class whose attributes are words of the memory. A store of an aligned word is one store."""
    def word(index):
        def load(self):
            return words[index]

        def store(self, value):
            words[index] = value

        return property(load, store)

    return type("Words", (), {name: word(begin + index) for index, name in enumerate(names)})()


class Account:
    def __init__(self, path):
        with open(path, "r+b") as file:
            self.words = memoryview(mmap.mmap(file.fileno(), 0)).cast("Q")
        self.all = _words(self.words, 0, WORDS)
        self.writer = _words(self.words, len(WORDS), SIDE_WORDS)
        self.reader = _words(self.words, len(WORDS) + SIDE_SIZE, SIDE_WORDS)

    def is_attached(self, side):
        here = side is self.reader or epoch_of(side.first_number) == self.all.epoch
        return here and side.attached == side.incarnation
