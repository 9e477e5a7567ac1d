# SPDX-License-Identifier: MIT
"""endpoint.cpp in Python: the same commands, the same answers, the same frames."""
import pathlib
import sys

import zerobuffer

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from frames import Pattern  # noqa: E402


class Wrong(Exception):
    """A frame that is not what was sent."""


def ending(step):
    """The status of what `step` raises, as the C++ program names it."""
    try:
        step()
        return "ok"
    except Wrong:
        return "wrong"
    except zerobuffer.ZeroBufferError as error:
        print(error, file=sys.stderr)
        return error.status


class Endpoint:
    def __init__(self):
        self.reader = None
        self.writer = None
        self.held = None

    def create(self, layout, capacity, wait, name):
        def attach():
            self.reader = zerobuffer.Reader(name, layout=layout, capacity=int(capacity), wait=wait)

        return ending(attach)

    def open_reader(self, wait, name):
        def attach():
            self.reader = zerobuffer.Reader.open(name, wait=wait)

        end = ending(attach)
        return f"ok {self.reader.stats().sequence}" if end == "ok" else end

    def open_writer(self, wait, name):
        def attach():
            self.writer = zerobuffer.Writer(name, wait=wait)

        end = ending(attach)
        return f"ok {self.writer.stats().sequence}" if end == "ok" else end

    def send(self, seed, first, count, largest):
        pattern = Pattern(seed)
        sent = last = 0

        def run():
            nonlocal sent, last
            while sent < int(count):
                number = int(first) + sent
                size = pattern.size(number, int(largest))
                with self.writer.claim(size) as claim:
                    memoryview(claim)[:] = pattern.bytes(size, number)
                    last = claim.commit()
                sent += 1

        end = ending(run)
        return f"sent {sent} {last} {end}"

    def take(self, seed, count, largest):
        pattern = Pattern(seed)
        taken = first = last = 0

        def run():
            nonlocal taken, first, last
            while taken < int(count):
                with self.reader.acquire() as frame:
                    number = frame.sequence
                    taken += 1
                    if taken > 1 and number != last + 1:
                        raise Wrong
                    first = first or number
                    last = number
                    if memoryview(frame) != pattern.bytes(pattern.size(number, int(largest)), number):
                        raise Wrong

        end = ending(run)
        return f"took {taken} {first} {last} {end}"

    def hold(self):
        def acquire():
            self.held = self.reader.acquire()

        end = ending(acquire)
        return f"held {self.held.sequence}" if end == "ok" else end

    def echo(self, count):
        echoed = 0

        def run():
            nonlocal echoed
            while echoed < int(count):
                with self.reader.acquire() as frame:
                    self.writer.write(frame)
                echoed += 1

        end = ending(run)
        return f"echoed {echoed} {end}"

    def call(self, seed, count, largest):
        pattern = Pattern(seed)
        called = 0

        def run():
            nonlocal called
            while called < int(count):
                content = pattern.bytes(pattern.size(called, int(largest)), called)
                self.writer.write(content)
                called += 1
                with self.reader.acquire() as frame:
                    if memoryview(frame) != content:
                        raise Wrong

        end = ending(run)
        return f"called {called} {end}"

    def close(self):
        if self.held is not None:
            self.held.release()
        for endpoint in (self.writer, self.reader):
            if endpoint is not None:
                endpoint.close()
        self.held = self.writer = self.reader = None
        return "ok"


def main():
    endpoint = Endpoint()
    commands = {"reader": endpoint.open_reader, "writer": endpoint.open_writer}
    for line in sys.stdin:
        command, *words = line.split()
        print(commands.get(command, getattr(endpoint, command, None))(*words), flush=True)


if __name__ == "__main__":
    main()
