#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Python endpoint of perf/CONTRACT.md. Its stamps are perf_counter_ns, stored into an array made beforehand; the
histogram is computed after the loop. A stamp costs some 60 ns of each round trip."""
from __future__ import annotations

import array
import json
import multiprocessing
import os
import sys
import time
from typing import Any, Sequence

import result
import touching
import transports
from result import Meter, print_event
from setup import PATIENCE, ROLES, BadArguments, Setup, parse


def stamps(count: int) -> array.array[int]:
    return array.array("q", bytes(8 * count))


def play_round_trips(transport: transports.Transport, setup: Setup, role: str) -> dict[str, Any]:
    meter = Meter()
    work = touching.loops_of(transport, setup)
    times, warm_up, frames = stamps(setup.frames + 1), setup.warm_up, setup.frames
    measured = memoryview(times)[1:]
    if role == "echo":
        work.echo(1, warm_up)
        begin = meter.take()
        work.echo(warm_up + 1, frames)
        return result.fields(role, frames, meter, begin, meter.take())
    work.ping(1, warm_up, stamps(warm_up))
    begin = meter.take()
    times[0] = time.perf_counter_ns()
    work.ping(warm_up + 1, frames, measured)
    fields = result.fields(role, frames, meter, begin, meter.take())
    trips = [after - before for before, after in zip(times, times[1:])]
    fields["histogram"] = result.histogram(trips)
    fields["late_wakeups"] = result.late(trips, min(trips) + result.WAIT_SLICE_NS)
    return fields


def play_stream(transport: transports.Transport, setup: Setup, role: str) -> dict[str, Any]:
    meter = Meter()
    work = touching.loops_of(transport, setup)
    run = work.send if role == "source" else work.receive
    run(1, setup.warm_up)
    begin = meter.take()
    run(setup.warm_up + 1, setup.frames)
    return result.fields(role, setup.frames, meter, begin, meter.take())


def play_paced(transport: transports.Transport, setup: Setup, role: str, rate: float) -> dict[str, Any]:
    meter = Meter()
    ends = touching.frames_of(transport, setup)
    warm_up, frames = setup.warm_up, setup.frames
    if role == "source":
        touching.shorten_timer_slack()
        start = time.monotonic_ns()
        touching.send_paced(ends, 1, warm_up, start, rate)
        begin = meter.take()
        touching.send_paced(ends, warm_up + 1, frames, start, rate)
        return result.fields(role, frames, meter, begin, meter.take())
    sent, due = stamps(frames), stamps(frames)
    touching.receive_paced(ends, 1, warm_up, stamps(warm_up), stamps(warm_up))
    begin = meter.take()
    touching.receive_paced(ends, warm_up + 1, frames, sent, due)
    fields = result.fields(role, frames, meter, begin, meter.take())
    fields["histogram"] = result.histogram(sent)
    fields["corrected"] = result.histogram(due)
    fields["late_wakeups"] = result.late(sent, result.WAIT_SLICE_NS)
    return fields


def play(transport: transports.Transport, setup: Setup, role: str) -> dict[str, Any]:
    transport.connect(role)
    if role in ("ping", "echo"):
        return play_round_trips(transport, setup, role)
    if setup.rate is None:
        return play_stream(transport, setup, role)
    return play_paced(transport, setup, role, setup.rate)


def pin(cpu: int | None) -> None:
    if cpu is not None:
        os.sched_setaffinity(0, {cpu})


def answer_of(receiver: Any, seconds: float) -> Any:
    """What the other end found out. Errors: RuntimeError if it failed, EOFError if it died; TimeoutError."""
    if not receiver.poll(seconds):
        raise TimeoutError("the other end gave no result")
    good, answer = receiver.recv()
    if not good:
        raise RuntimeError(f"the other end: {answer}")
    return answer


def run_both(setup: Setup, transport: transports.Transport) -> dict[str, Any]:
    """This process is the end that has the figures; the other one is forked."""
    here, there = ("ping", "echo") if setup.role == "pair-rtt" else ("sink", "source")
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def other() -> None:
        pin(setup.peer_cpu)
        try:
            sender.send((True, play(transport, setup, there)))
        except Exception as error:
            sender.send((False, str(error) or repr(error)))

    process = context.Process(target=other, daemon=True)
    process.start()
    sender.close()
    pin(setup.cpu)
    try:
        own = play(transport, setup, here)
    except Exception:
        # The other end's failure is the cause of this one's, if it tells one.
        answer_of(receiver, 1.0)
        raise
    answer = answer_of(receiver, PATIENCE)
    process.join()
    return {"role": setup.role, "sides": [own, answer]}


def run(setup: Setup) -> dict[str, Any]:
    kinds = transports.available()
    kind = kinds.get(setup.transport)
    if kind is None:
        raise BadArguments(f"there is no transport {setup.transport} here: see --describe")
    if kind.inherited != setup.is_pair:
        raise BadArguments(f"{setup.transport} is inherited: use pair-rtt or pair-stream" if kind.inherited
                           else f"{setup.transport} connects by name: use ping, echo, source or sink")
    if not setup.is_pair:
        pin(setup.cpu)
    transport = kind(setup)
    try:
        print_event("ready")
        return run_both(setup, transport) if setup.is_pair else play(transport, setup, setup.role)
    finally:
        transport.close()


def describe() -> None:
    kinds = transports.available()
    print(json.dumps({
        "language": "python",
        "version": ".".join(map(str, sys.version_info[:3])),
        "transports": list(kinds),
        "roles": ROLES,
        "inherited": [name for name, kind in kinds.items() if kind.inherited],
        "polling": [],
    }))


def main(arguments: Sequence[str]) -> int:
    try:
        setup = parse(arguments)
        if setup is None:
            describe()
        else:
            print_event("result", **run(setup))
        return 0
    except Exception as error:
        print_event("error", message=str(error) or repr(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
