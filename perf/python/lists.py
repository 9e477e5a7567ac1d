# SPDX-License-Identifier: MIT
"""Lists through the ring: encode, transfer, decode. `write_array` against a serializer whose bytes take the same ring.

    ./dev python perf/python/lists.py [--rounds 9] [--quick] [--json FILE]

One process holds both ends, so a figure is processor time of both sides and holds no wake-up. Each is the median of the
rounds, in which all ways take turns; the list comes back as a list and is compared. `whole` is the list as it is
(1,000,000 numbers, 100,000 strings); `by length` says from which length on a loop of C beats NumPy's conversion.
"""

import argparse
import array
import gc
import importlib
import json
import os
import pickle
import random
import statistics
import sys
import time

import numpy

from zerobuffer import Reader, Writer

NUMBERS, STRINGS = 1_000_000, 100_000
LENGTHS = (1, 4, 16, 64, 256, 1024, 16384, 262144)


def contents(share):
    chance = random.Random(1)
    numbers, strings = NUMBERS // share, STRINGS // share
    return {
        "ints": [chance.randrange(-(2**40), 2**40) for _ in range(numbers)],
        "small ints": [chance.randrange(256) for _ in range(numbers)],
        "floats": [chance.random() for _ in range(numbers)],
        "bools": [chance.random() < 0.5 for _ in range(numbers)],
        "strings": ["".join(chance.choices("abcdefghijklmnop", k=chance.randrange(4, 25))) for _ in range(strings)],
        "strings, not ASCII": [f"\u00fcber {number} \u20ac" for number in range(strings)],
    }


def serializers():
    """Name to encode and decode; what is not installed is left out."""
    found = {
        "pickle": (lambda items: pickle.dumps(items, 5), pickle.loads),
        "json": (lambda items: json.dumps(items).encode(), json.loads),
    }
    for name in ("orjson", "msgspec", "msgpack"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        if name == "orjson":
            found[name] = module.dumps, module.loads
        elif name == "msgspec":
            found[name] = module.json.encode, module.json.decode
        else:
            found[name] = module.packb, module.unpackb
    return found


def through_array(reader, writer, items):
    writer.write_array(items)
    with reader.acquire() as frame:
        return frame.array().tolist()


def through_serializer(encode, decode):
    def trip(reader, writer, items):
        writer.write(encode(items))
        with reader.acquire() as frame, memoryview(frame) as view:
            return decode(view if decode is not json.loads else bytes(view))
    return trip


def numpy_first(reader, writer, items):
    """What write_array would do without its loops."""
    writer.write_array(numpy.array(items))
    with reader.acquire() as frame:
        return frame.array().tolist()


def seconds(trip, reader, writer, items, repeat=1):
    begin = time.perf_counter()
    for _ in range(repeat):
        trip(reader, writer, items)
    return (time.perf_counter() - begin) / repeat


def compare(ways, reader, writer, items, rounds, repeat=1):
    """Median seconds of each way; they take turns, so that a slow moment of the machine is shared."""
    for name, trip in ways.items():
        if trip(reader, writer, items) != items:
            sys.exit(f"lists.py: {name} gave another list back")
    taken = {name: [] for name in ways}
    for _ in range(rounds):
        for name, trip in ways.items():
            taken[name].append(seconds(trip, reader, writer, items, repeat))
    return {name: statistics.median(values) for name, values in taken.items()}


def whole(lists, reader, writer, rounds):
    ways = {"zerobuffer": through_array}
    ways.update({name: through_serializer(*calls) for name, calls in serializers().items()})
    table = {kind: compare(ways, reader, writer, items, rounds) for kind, items in lists.items()}
    print(f"\nwhole: milliseconds, and times slower than zerobuffer\n{'':22}" + "".join(f"{name:>18}" for name in ways))
    for kind, row in table.items():
        cells = [f"{row[name] * 1e3:9.2f} ({row[name] / row['zerobuffer']:5.1f})" for name in ways]
        print(f"{kind:22}" + "".join(f"{cell:>18}" for cell in cells))
    return table


def by_length(lists, reader, writer, rounds):
    ways = {"loop": through_array, "NumPy": numpy_first}
    table = {}
    print(f"\nby length: microseconds, loop / NumPy\n{'':22}" + "".join(f"{length:>20}" for length in LENGTHS))
    for kind, items in lists.items():
        if kind.startswith("strings"):
            continue
        row = {}
        for length in LENGTHS:
            row[length] = compare(ways, reader, writer, items[:length], rounds, max(1, 4096 // length))
        print(f"{kind:22}" + "".join(f"{row[n]['loop'] * 1e6:>10.1f} /{row[n]['NumPy'] * 1e6:>8.1f}" for n in LENGTHS))
        table[kind] = row
    return table


def arrays(lists, reader, writer, rounds):
    """What the ends cost by themselves: encoding and transfer only, of what is an array already."""
    items = array.array("d", lists["floats"])
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        writer.write_array(items)
        with reader.acquire() as frame:
            frame.array()
        taken.append(time.perf_counter() - begin)
    print(f"\n{len(items):,} doubles as array.array, seen as a NumPy array: {statistics.median(taken) * 1e3:.2f} ms")
    return statistics.median(taken)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--quick", action="store_true", help="a hundredth of the items: whether it works, not how fast")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too, in seconds")
    options = parser.parse_args()
    name = f"lists-{os.getpid()}"
    lists = contents(100 if options.quick else 1)
    with Reader(name, capacity=64 << 20) as reader, Writer(name) as writer:
        gc.disable()
        figures = {
            "whole": whole(lists, reader, writer, options.rounds),
            "by length": by_length(lists, reader, writer, options.rounds),
            "array": arrays(lists, reader, writer, options.rounds),
        }
    if options.json:
        with open(options.json, "w") as file:
            json.dump(figures, file, indent=1)


if __name__ == "__main__":
    main()
