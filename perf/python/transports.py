# SPDX-License-Identifier: MIT
"""Round trips between two processes: what Python has for it, and this package. One run, the candidates in turn; the
ratios count, the times belong to the machine."""

import argparse
import json
import mmap
import multiprocessing.shared_memory
import pathlib
import subprocess
import tempfile
import time

import measure
from measure import FRAME, context, duration, fresh_name, median
from zerobuffer import Reader, Writer

BENCH = pathlib.Path(__file__).parents[2] / "build/release/perf/zerobuffer_bench"


class ZeroBuffer:
    """In place: the payload is left alone. `wait` is how both ends wait."""

    wait = "adaptive"

    def __init__(self, size):
        self.size = size
        self.name = fresh_name()
        # Up to a mebibyte: 256 frames, as a ring of small frames wants them; above: five.
        self.shape = dict(capacity=1 << 20 if size <= 4096 else 16 << 20, wait=self.wait)

    def connect_client(self):
        self.answers = Reader(self.name + "-answers", **self.shape)
        self.requests = Writer(self.name + "-requests", timeout=10, wait=self.wait)

    def connect_server(self):
        self.requests = Reader(self.name + "-requests", **self.shape)
        self.answers = Writer(self.name + "-answers", timeout=10, wait=self.wait)

    def trips(self, count):
        claim, acquire, size = self.requests.claim, self.answers.acquire, self.size
        for _ in range(count):
            claim(size).commit()
            acquire().release()

    def serve(self, count):
        claim, acquire = self.answers.claim, self.requests.acquire
        for _ in range(count):
            frame = acquire()
            claim(frame.size).commit()
            frame.release()


class ZeroBufferSpin(ZeroBuffer):
    wait = "spin"


class ZeroBufferCopy(ZeroBuffer):
    """Copied in and out at both ends: four copies per round trip."""

    wait = "spin"

    def trips(self, count):
        write, acquire = self.requests.write, self.answers.acquire
        payload = memoryview(bytearray(self.size))
        for _ in range(count):
            write(payload)
            with acquire() as frame:
                payload[:] = frame

    def serve(self, count):
        write, acquire = self.answers.write, self.requests.acquire
        payload = memoryview(bytearray(self.size))
        for _ in range(count):
            with acquire() as frame:
                payload[:] = frame
            write(payload)


class ZeroBufferCopyAdaptive(ZeroBufferCopy):
    wait = "adaptive"


class Flags:
    """The same four copies through plain shared memory, with nothing around them but a flag that is polled: what the
    copies cost. The slots are as many as the ring has."""

    def __init__(self, size):
        self.slots = max(1, (16 << 20) // (size + 64)) if size > 4096 else 256
        self.stride = (size + 63) // 64 * 64
        self.size = size
        self.memory = [mmap.mmap(-1, 4096 + self.slots * self.stride) for _ in range(2)]
        for memory in self.memory:
            memory[:] = bytes(len(memory))

    def connect_client(self):
        self.views = [memoryview(memory) for memory in self.memory]
        self.done = 0

    connect_server = connect_client

    def trips(self, count):
        requests, answers = self.views
        payload = memoryview(bytearray(self.size))
        for _ in range(count):
            self.done += 1
            self.put(requests, payload)
            self.get(answers, payload)

    def serve(self, count):
        requests, answers = self.views
        payload = memoryview(bytearray(self.size))
        for _ in range(count):
            self.done += 1
            self.get(requests, payload)
            self.put(answers, payload)

    def slot(self, view):
        begin = 4096 + self.done % self.slots * self.stride
        end = begin + self.size
        return view[begin:end]

    def put(self, view, payload):
        self.slot(view)[:] = payload
        view[0] = self.done % 256

    def get(self, view, payload):
        number = self.done % 256
        while view[0] != number:
            pass
        payload[:] = self.slot(view)


class Pipe:
    def __init__(self, size):
        self.payload = bytes(size)
        self.ends = context.Pipe()

    def connect_client(self):
        self.end = self.ends[0]

    def connect_server(self):
        self.end = self.ends[1]

    def trips(self, count):
        for _ in range(count):
            self.end.send(self.payload)
            self.end.recv()

    def serve(self, count):
        for _ in range(count):
            self.end.send(self.end.recv())


class Queue:
    def __init__(self, size):
        self.payload = bytes(size)
        self.requests, self.answers = context.Queue(), context.Queue()

    def connect_client(self):
        pass

    connect_server = connect_client

    def trips(self, count):
        for _ in range(count):
            self.requests.put(self.payload)
            self.answers.get()

    def serve(self, count):
        for _ in range(count):
            self.answers.put(self.requests.get())


class ByHand:
    """SharedMemory and two semaphores, copied in and out: what people write who know of the copies."""

    def __init__(self, size):
        self.size = size
        self.memory = multiprocessing.shared_memory.SharedMemory(create=True, size=size)
        self.asked, self.answered = context.Semaphore(0), context.Semaphore(0)

    def connect_client(self):
        self.view = self.memory.buf[: self.size]

    connect_server = connect_client

    def trips(self, count):
        payload = memoryview(bytearray(self.size))
        for _ in range(count):
            self.view[:] = payload
            self.asked.release()
            self.answered.acquire()
            payload[:] = self.view

    def serve(self, count):
        payload = memoryview(bytearray(self.size))
        for _ in range(count):
            self.asked.acquire()
            payload[:] = self.view
            self.view[:] = payload
            self.answered.release()

    def let_go(self):
        self.view.release()
        self.memory.close()
        self.memory.unlink()


class ZeroMQ:
    def __init__(self, size):
        self.payload = bytes(size)
        self.folder = tempfile.TemporaryDirectory()
        self.address = f"ipc://{self.folder.name}/socket"

    def connect_client(self):
        import zmq

        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.PAIR)
        self.socket.bind(self.address)

    def connect_server(self):
        import zmq

        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.PAIR)
        self.socket.connect(self.address)

    def trips(self, count):
        for _ in range(count):
            self.socket.send(self.payload, copy=False)
            self.socket.recv(copy=False)

    def serve(self, count):
        for _ in range(count):
            self.socket.send(self.socket.recv(copy=False), copy=False)

    def let_go(self):
        self.socket.close()
        # Not before the last answer has left.
        self.context.term()


def serve(transport, count):
    measure.pin(1)
    transport.connect_server()
    transport.serve(count)
    if isinstance(transport, ZeroMQ):
        transport.let_go()


def round_trip(kind, size, count):
    """Nanoseconds per round trip, by two fresh processes: the median over hundred parts of the run, as a part in which
    one of the two was not running is about the machine."""
    transport = kind(size)
    part = max(count // 100, 1)
    parts = count // part
    server = context.Process(target=serve, args=(transport, (parts + 10) * part))
    server.start()
    measure.pin(0)
    transport.connect_client()
    transport.trips(10 * part)
    times = []
    for _ in range(parts):
        begin = time.perf_counter_ns()
        transport.trips(part)
        times.append((time.perf_counter_ns() - begin) / part)
    server.join()
    if hasattr(transport, "let_go"):
        transport.let_go()
    for endpoint in (getattr(transport, "requests", None), getattr(transport, "answers", None)):
        if hasattr(endpoint, "close"):
            endpoint.close()
    return median(times)


def in_cpp(size):
    """The same in C++, in place and spinning, by the benchmark program; None if that was not built."""
    measure.unpin()
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as file:
        command = [BENCH, "--filter", f"v2/rtt/{size}/none$", "--repeat", "1", "--json", file.name]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        rows = [json.loads(line) for line in file]
    return next(row["median"][0] for row in rows if row["type"] == "row")


def small():
    plan = {
        "ZeroBuffer, in place, spin": (ZeroBufferSpin, 5000),
        "ZeroBuffer, in place, adaptive": (ZeroBuffer, 5000),
        "ZeroBuffer, copied in and out, spin": (ZeroBufferCopy, 5000),
        "SharedMemory and semaphores by hand": (ByHand, 1000),
        "multiprocessing.Pipe": (Pipe, 1000),
        "multiprocessing.Queue": (Queue, 1000),
    }
    return plan, "ZeroBuffer, in place, spin"


def large():
    plan = {
        "ZeroBuffer, in place, spin": (ZeroBufferSpin, 1000),
        "ZeroBuffer, in place, adaptive": (ZeroBuffer, 1000),
        "ZeroBuffer, copied in and out, spin": (ZeroBufferCopy, 60),
        "ZeroBuffer, copied in and out, adaptive": (ZeroBufferCopyAdaptive, 60),
        "the same four copies, polled flags": (Flags, 60),
        "SharedMemory and semaphores by hand": (ByHand, 60),
        "multiprocessing.Pipe": (Pipe, 20),
        "multiprocessing.Queue": (Queue, 20),
    }
    return plan, "the same four copies, polled flags"


def table(size, plan, yardstick, options):
    try:
        import zmq  # noqa: F401

        plan["pyzmq, PAIR over ipc, no copy in Python"] = (ZeroMQ, 1000 if size <= 4096 else 20)
    except ImportError:
        pass
    cases = {
        name: lambda kind=kind, count=count: round_trip(kind, size, count) for name, (kind, count) in plan.items()
    }
    with_cpp = options.cpp and size <= 4096 and BENCH.exists()
    if with_cpp:
        cases["C++, in place, spin"] = lambda: in_cpp(size)
    figures = measure.interleaved(cases, options.rounds)
    base = median(figures[yardstick])
    rows = [
        (name, duration(median(times)), duration(min(times)), f"{median(times) / base:.3g} x")
        for name, times in sorted(figures.items(), key=lambda item: median(item[1]))
    ]
    title = f"Round trip of {size:,} bytes; medians of {options.rounds} runs in turn; ratio to: {yardstick}"
    measure.print_table(title, ["", "median", "least", "ratio"], rows)
    if with_cpp:
        added = median(figures["ZeroBuffer, in place, spin"]) - median(figures["C++, in place, spin"])
        print(f"\nPython adds {added:.0f} ns to C++.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--no-cpp", dest="cpp", action="store_false", help="leave the C++ program out")
    options = parser.parse_args()
    table(64, *small(), options)
    table(FRAME, *large(), options)


if __name__ == "__main__":
    main()
