# SPDX-License-Identifier: MIT
"""The sides of a chaos run in Python, and the crew that makes them: see crew.hpp for its commands, and writer.cpp and
reader.cpp for what they do. This process has loaded everything; each worker is a fork of it."""
import ctypes
import os
import pathlib
import signal
import sys
import time
import traceback

import zerobuffer
from account import Account, begin_of, epoch_of, within

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from frames import Pattern, mixed  # noqa: E402

PATIENCE = 1
WAITS = ("adaptive", "spin", "block")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Duty:
    def __init__(self, role, name, account, own, peer):
        self.role, self.name, self.account, self.own, self.peer = role, name, account, own, peer
        self.all = account.all
        self.incarnation = own.incarnation
        self.epoch = self.all.epoch
        self.is_v1 = self.all.layout == 1
        self.pattern = Pattern(self.all.seed)
        self.wait = WAITS[own.wait_mode]
        self.sampled = 0

    def shape(self):
        return {"capacity": self.all.capacity, "wait": self.wait}

    def shall_leave(self):
        return self.own.leave == self.incarnation

    def fault(self, what, found, expected):
        def text(number):
            return f"{epoch_of(number)}:{number - begin_of(epoch_of(number))}"

        print(f"{self.role} {self.incarnation}: {what}: {text(found)}, expected {text(expected)}", file=sys.stderr)
        self.own.faults += 1

    def content(self, number):
        size = self.pattern.size(number, self.all.largest)
        return number.to_bytes(8, "little") + self.pattern.bytes(size, number)

    def say_attached(self, first_number):
        self.own.first_number = first_number
        self.own.attached_at = time.monotonic_ns()
        self.own.attached = self.incarnation

    def pause(self, number):
        while self.own.hold == self.incarnation:
            time.sleep(0.0002)
        if longest := self.own.pace:
            time.sleep(mixed(number) % longest / 1e9)

    def attach_patiently(self, make):
        early = (zerobuffer.Busy, zerobuffer.NotFound, zerobuffer.NotReady) if self.is_v1 else zerobuffer.Busy
        while not self.shall_leave():
            try:
                return make()
            except early:
                os.sched_yield()
        return None

    def look(self):
        """The other side before a call that may report its loss."""
        attached = self.account.is_attached(self.peer)
        incarnation = self.peer.incarnation
        return incarnation, time.monotonic_ns(), attached and self.peer.attached == incarnation

    def judge(self, before, error):
        incarnation, at, attached = before
        was_there = attached and self.all.epoch == self.epoch
        died = isinstance(error, zerobuffer.PeerDied)
        if died and was_there and self.peer.harmed < incarnation:
            self.fault("a living peer was reported dead", incarnation, 0)
        if not died and was_there and self.peer.leave < incarnation:
            self.fault("a peer that did not close was reported closed", incarnation, 0)
        if died and was_there and self.peer.incarnation == incarnation and at < self.peer.killed_at:
            if self.sampled != incarnation:
                self.sampled = incarnation
                self.own.detected = time.monotonic_ns() - self.peer.killed_at
        self.own.reports += 1


class Writer(Duty):
    def __init__(self, name, account):
        super().__init__("writer", name, account, account.writer, account.reader)

    def run(self):
        while self.attach():
            while self.writer is not None and not self.shall_leave():
                self.step()
            if self.writer is not None:
                self.writer.close()

    def attach(self):
        def make():
            return self.open_v1() if self.is_v1 else zerobuffer.Writer.create(self.name, **self.shape())

        self.writer = self.attach_patiently(make)
        if self.writer is None:
            return False
        self.resume()
        self.say_attached(self.last + 1)
        return True

    def open_v1(self):
        writer = zerobuffer.Writer(self.name, timeout=0.1, wait=self.wait)
        self.epoch = self.all.epoch
        if self.all.ready != self.epoch or writer.stats().peer != "attached":
            writer.close()
            raise zerobuffer.NotReady("this buffer is of an earlier reader")
        return writer

    def resume(self):
        least, most = within(self.epoch, self.own.done), within(self.epoch, self.own.doing)
        sequence = self.writer.stats().sequence
        self.base = within(self.epoch, self.own.base) if self.is_v1 else begin_of(self.epoch)
        if self.is_v1 and sequence == 0 and most > self.base:
            self.own.skipped += most - least
            self.own.done = self.own.base = self.base = most
        self.last = self.base + sequence
        if not min(least, most) <= self.last <= most:
            self.fault("the writer resumes after", self.last, least)
        self.own.doing = self.own.done = self.last

    def step(self):
        before = self.look()
        try:
            choice = mixed(self.last) % 64
            if self.write_several() if choice == 0 else self.write_one(choice == 1):
                self.pause(self.last)
        except zerobuffer.PeerLost as error:
            self.judge(before, error)
            self.settle(self.writer.stats().sequence)
            self.carry_on()

    def carry_on(self):
        if self.is_v1:
            self.writer.close()
            self.writer = None
            return
        while not self.shall_leave() and not self.writer.wait_for_peer(0.1):
            pass

    def write_one(self, hesitate):
        content = self.content(self.last + 1)
        if hesitate and (unused := self.writer.claim(len(content), PATIENCE)) is not None:
            unused.abort()
        self.own.doing = self.last + 1
        claim = self.writer.claim(len(content), PATIENCE)
        if claim is None:
            return False
        with memoryview(claim) as view:
            view[:] = content
        self.settle(claim.commit())
        return True

    def write_several(self):
        contents = [self.content(self.last + number) for number in range(1, 5)]
        self.own.doing = self.last + len(contents)
        expected = self.last + self.writer.write_many(contents, PATIENCE)
        self.settle(self.writer.stats().sequence)
        if self.last != expected:
            self.fault("frames written, by their count", self.last, expected)
        return True

    def settle(self, sequence):
        number = self.base + sequence
        if not self.last <= number <= self.own.doing:
            self.fault("the writer is at", number, self.last + 1)
        self.own.doing = self.own.done = self.last = number


class Reader(Duty):
    def __init__(self, name, account):
        super().__init__("reader", name, account, account.reader, account.writer)
        self.held = []
        self.resumed = self.noted = self.lost = False
        self.noted_writer = self.quiet = 0

    def run(self):
        if not self.attach():
            return
        # A writer that came and went without a frame, before this reader looked, is never reported.
        while not (self.shall_leave() and (self.all.drain == 0 or self.lost or self.quiet == 5)):
            self.step()
        while self.held:
            self.release(0)
        self.reader.close()

    def attach(self):
        self.before = within(self.epoch, self.own.taken)
        self.released = within(self.epoch, self.own.done)
        self.last = within(self.epoch, self.own.doing)
        self.skips_seen = self.peer.skipped
        self.stops = self.all.stops
        layout = "v1" if self.is_v1 else "v2"
        self.reader = self.attach_patiently(lambda: zerobuffer.Reader(self.name, layout=layout, **self.shape()))
        if self.reader is None:
            return False
        if self.is_v1:
            self.all.ready = self.epoch
        self.say_attached(0)
        return True

    def step(self):
        leaving = self.shall_leave()
        before = self.look()
        committed = self.peer.done
        try:
            self.take(before)
        except zerobuffer.PeerLost as error:
            self.judge(before, error)
            # What a writer skipped and never wrote behind counts as committed, too.
            skipped = self.peer.skipped - self.skips_seen if self.is_v1 else 0
            if epoch_of(committed) == self.epoch and committed > self.last + skipped:
                self.fault("lost at the end", self.last, committed)
            self.lost = leaving
            while not self.shall_leave() and not self.reader.wait_for_peer(0.1):
                pass

    def take(self, before):
        if mixed(self.last + 1) % 16 == 0:
            frames = self.reader.acquire_many(3, PATIENCE)
        else:
            frames = [self.reader.acquire(PATIENCE)]
        frames = [frame for frame in frames if frame is not None]
        self.quiet = self.quiet + 1 if not frames and self.shall_leave() else 0
        for frame in frames:
            self.accept(frame, before)

    def accept(self, frame, before):
        self.lost = False
        number = self.check(frame)
        self.own.taken = max(self.own.taken, number)
        self.note_first_frame(number, before)
        self.held.append((number, frame))
        random = mixed(number ^ self.own.random)
        while len(self.held) > random % 4:
            # Space returns in order: one that is held for long would keep the writer waiting, and so this reader.
            overdue = number - self.held[0][0] > 4
            self.release(0 if overdue else random // 4 % len(self.held))
        self.pause(number)

    def check(self, frame):
        with memoryview(frame) as view:
            number = int.from_bytes(view[:8], "little")
            if view != self.content(number):
                self.fault("corrupt frame", number, self.last + 1)
        if not self.is_v1 and number != begin_of(self.epoch) + frame.sequence:
            self.fault("a frame with another's sequence", number, begin_of(self.epoch) + frame.sequence)
        self.check_order(number, frame.sequence)
        self.last = number
        return number

    def check_order(self, number, sequence):
        least = self.last + 1 if self.resumed else self.released + 1
        self.resumed = True
        if number < least:
            self.fault("comes twice", number, least)
        if number > self.last + 1 and number > self.last + 1 + self.may_skip(sequence):
            self.fault("lost before", number, self.last + 1)

    def may_skip(self, sequence):
        if not self.is_v1 or sequence != 1:
            return 0
        skips, self.skips_seen = self.peer.skipped - self.skips_seen, self.peer.skipped
        return skips

    def note_first_frame(self, number, before):
        incarnation, _, attached = before
        undisturbed = (
            self.own.pace == self.peer.pace == 0 and self.all.stops == self.stops and attached
            and self.own.hold != self.incarnation and self.peer.hold != incarnation
        )  # fmt: skip
        came, now = self.peer.attached_at, time.monotonic_ns()
        if not self.noted and number > self.before:
            self.noted = True
            if undisturbed and came < self.own.attached_at:
                self.own.first_frame = now - self.own.attached_at
        if incarnation == self.noted_writer or not attached or number < self.peer.first_number:
            return
        self.noted_writer = incarnation
        if undisturbed and came > self.own.attached_at and self.peer.attached == self.peer.incarnation == incarnation:
            self.peer.first_frame = now - came

    def release(self, index):
        if index != 0:
            behind = self.held[0][0]
        else:
            behind = self.held[1][0] if len(self.held) > 1 else self.last + 1
        self.own.doing = behind - 1
        self.held.pop(index)[1].release()
        self.own.done = behind - 1


class Crew:
    def __init__(self, account, name):
        self.account, self.name = account, name
        self.pid = os.getpid()

    def start(self, role):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                status = self.work(role)
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        return pid

    def work(self, role):
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != self.pid:
            return 3
        descriptors = os.listdir("/proc/self/fd")
        (Writer if role == "writer" else Reader)(self.name, self.account).run()
        left = os.listdir("/proc/self/fd")
        if len(left) != len(descriptors):
            print(f"{role} left descriptors behind: {left}", file=sys.stderr)
            return 1
        return 0

    def reap(self, pid):
        _, status = os.waitpid(int(pid), 0)
        return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def main():
    account, name = sys.argv[1:]
    crew = Crew(Account(account), name)
    for line in sys.stdin:
        command, argument = line.split()
        print({"start": crew.start, "reap": crew.reap}[command](argument), flush=True)


if __name__ == "__main__":
    main()
