# SPDX-License-Identifier: MIT
"""Other Python processes: code, lines both ways, and an end in every case.

The code runs with `say(word)`, `hear()`, `sys`, `os`, `zerobuffer` and its arguments as `arguments`.
"""
import contextlib
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import threading

DEADLINE = 60

PRELUDE = """
import os, sys
import zerobuffer
arguments = sys.argv[1:]
def say(word):
    print(word, flush=True)
def hear():
    return sys.stdin.readline().strip()
"""


class Child:
    def __init__(self, code, arguments, flags=(), enter=(), **options):
        # A file, so that it never waits for us to read its complaints.
        self.complaints = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [*enter, sys.executable, *flags, "-c", PRELUDE + textwrap.dedent(code), *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.complaints, text=True, **options,
        )  # fmt: skip
        # Whoever reads from it then gets the end of the file, and fails.
        self.watchdog = threading.Timer(DEADLINE, self.process.kill)
        self.watchdog.start()

    @property
    def pid(self):
        return self.process.pid

    def complained(self):
        self.complaints.seek(0)
        return self.complaints.read()

    def expect(self, line):
        said = self.process.stdout.readline()
        assert said == line + "\n", said or self.complained()

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def finish(self):
        """Lets it come to its end; returns what else it said, by line, and what it complained about."""
        self.process.stdin.close()
        said = self.process.stdout.read().splitlines()
        complaints = (self.process.wait(), self.complained())
        assert complaints[0] == 0, (complaints, said)
        return said, complaints[1]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def sleeps(self):
        """Whether its main thread sleeps in the kernel."""
        stat = pathlib.Path(f"/proc/{self.pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] == "S"

    def end(self):
        self.watchdog.cancel()
        self.kill()
        for stream in (self.process.stdin, self.process.stdout, self.complaints):
            # What it no longer reads is no loss.
            with contextlib.suppress(BrokenPipeError):
                stream.close()


class Children(contextlib.ExitStack):
    def start(self, code, *arguments, **options):
        child = Child(code, arguments, **options)
        self.callback(child.end)
        return child
