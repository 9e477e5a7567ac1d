# SPDX-License-Identifier: MIT
"""What a frame takes from the heap on both ends together, Python's objects included: number and bytes. A counting
malloc is preloaded, and the interpreter is told to use malloc for everything. Counts, not times: a busy machine changes
little."""

import argparse
import ctypes
import itertools
import os
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading

import measure
from measure import FRAME, context, fresh_name
from zerobuffer import Reader, Writer

SOURCE = pathlib.Path(__file__).parents[2] / "tests/support/counted_memory.cpp"


def start_over_counting():
    with tempfile.TemporaryDirectory() as folder:
        library = f"{folder}/counted_memory.so"
        subprocess.run(["c++", "-std=c++20", "-O2", "-shared", "-fPIC", SOURCE, "-o", library], check=True)
        environment = {**os.environ, "LD_PRELOAD": library, "PYTHONMALLOC": "malloc"}
        sys.exit(subprocess.run([sys.executable, *sys.argv], env=environment).returncode)


def counted():
    count, size = ctypes.c_uint64(), ctypes.c_uint64()
    ctypes.CDLL(None).zerobuffer_counted_memory(ctypes.byref(count), ctypes.byref(size))
    return count.value, size.value


class InPlace:
    def __init__(self, size):
        self.size = size
        self.reader = Reader(fresh_name(), capacity=64 << 10 if size < 4096 else 64 << 20)
        self.writer = Writer(self.reader.name)

    def put(self):
        self.writer.claim(self.size).commit()

    def get(self):
        self.reader.acquire().release()

    def close(self):
        self.writer.close()
        self.reader.close()


class Copied(InPlace):
    def __init__(self, size):
        super().__init__(size)
        self.payload = bytes(size)
        self.target = memoryview(bytearray(size))

    def put(self):
        self.writer.write(self.payload)

    def get(self):
        with self.reader.acquire() as frame:
            self.target[:] = frame


class Batches(InPlace):
    def __init__(self, size):
        super().__init__(size)
        self.payloads = (bytes(size),) * 4
        self.batches = self.reader.batches(4)

    def put(self):
        self.writer.write_many(self.payloads)

    def get(self):
        next(self.batches)


class Pipe:
    def __init__(self, size):
        self.payload = bytes(size)
        self.receiver, self.sender = context.Pipe(duplex=False)

    def put(self):
        self.sender.send(self.payload)

    def get(self):
        self.receiver.recv()

    def close(self):
        self.sender.close()
        self.receiver.close()


class Queue:
    def __init__(self, size):
        self.payload = bytes(size)
        self.queue = context.Queue()
        self.put = lambda: self.queue.put(self.payload)
        self.get = self.queue.get

    def close(self):
        self.queue.close()
        self.queue.join_thread()


class ThreadQueue:
    """Within one process: what the queue of threads takes, for comparison."""

    def __init__(self, size):
        payload = bytes(size)
        self.queue = queue.SimpleQueue()
        self.put = lambda: self.queue.put(payload)
        self.get = self.queue.get

    def close(self):
        pass


def per_frame(kind, size, count):
    """Allocations and bytes of one frame: what a long run takes more than a short one. Both ends are in this process,
    the sending one in a thread of its own, and a full pipe or ring holds it up."""
    transport = kind(size)
    frames = 4 if kind is Batches else 1

    def send(number):
        for _ in itertools.repeat(None, number):
            transport.put()

    def run(number):
        before = counted()
        sender = threading.Thread(target=send, args=(number,))
        sender.start()
        for _ in itertools.repeat(None, number):
            transport.get()
        sender.join()
        return [after - begun for after, begun in zip(counted(), before)]

    run(50)
    short, long = run(50), run(50 + count)
    transport.close()
    return [(more - less) / count / frames for more, less in zip(long, short)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    options = parser.parse_args()
    if not hasattr(ctypes.CDLL(None), "zerobuffer_counted_memory"):
        start_over_counting()
    kinds = {
        "ZeroBuffer, in place": InPlace,
        "ZeroBuffer, copied in and out": Copied,
        "ZeroBuffer, write_many and batches(4)": Batches,
        "multiprocessing.Pipe": Pipe,
        "multiprocessing.Queue": Queue,
        "queue.SimpleQueue (threads, a reference)": ThreadQueue,
    }
    for size in (64, FRAME):
        rows = []
        for name, kind in kinds.items():
            count, taken = per_frame(kind, size, options.count if size < 4096 else options.count // 200)
            rows.append((name, f"{count:.2f}", f"{taken:,.0f}"))
        measure.print_table(f"Per frame of {size:,} bytes", ["", "allocations", "bytes"], rows)


if __name__ == "__main__":
    main()
