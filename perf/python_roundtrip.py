#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One end of a round trip in Python. zerobuffer_bench starts a client and a server, each pinned to its CPU, and reads
the client's time stamps (perf_counter_ns, one per round trip; the stamp itself costs some 50 ns of each)."""

import argparse
import array
import time

from zerobuffer import Reader, Writer

PATIENCE = 10.0


def client(requests, answers, size, rounds, stamps):
    """In place: claims, commits, acquires and releases; the payload is left alone."""
    now = time.perf_counter_ns
    for i in range(rounds):
        requests.claim(size).commit()
        answers.acquire().release()
        stamps[i] = now()


def copying_client(requests, answers, size, rounds, stamps):
    now = time.perf_counter_ns
    payload = bytes(size)
    for i in range(rounds):
        requests.write(payload)
        frame = answers.acquire()
        payload = bytes(frame)
        frame.release()
        stamps[i] = now()


def server(requests, answers, rounds):
    for _ in range(rounds):
        frame = requests.acquire()
        answers.claim(frame.size).commit()
        frame.release()


def copying_server(requests, answers, rounds):
    for _ in range(rounds):
        frame = requests.acquire()
        answers.write(bytes(frame))
        frame.release()


def run_client(options, shape):
    trips = client if options.touch == "none" else copying_client
    stamps = array.array("q", bytes(8 * (options.rounds + 1)))
    with Reader(f"{options.name}-response", **shape) as answers:
        with Writer(f"{options.name}-request", timeout=PATIENCE) as requests:
            trips(requests, answers, options.size, options.warm_up, array.array("q", bytes(8 * options.warm_up)))
            stamps[0] = time.perf_counter_ns()
            measured = memoryview(stamps)[1:]
            trips(requests, answers, options.size, options.rounds, measured)
    with open(options.stamps, "wb") as file:
        stamps.tofile(file)


def run_server(options, shape):
    echo = server if options.touch == "none" else copying_server
    with Reader(f"{options.name}-request", **shape) as requests:
        with Writer(f"{options.name}-response", timeout=PATIENCE) as answers:
            echo(requests, answers, options.warm_up + options.rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=("client", "server"))
    parser.add_argument("--name", required=True, help="the two buffers are NAME-request and NAME-response")
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--alignment", type=int, required=True)
    parser.add_argument("--capacity", type=int, required=True)
    parser.add_argument("--touch", choices=("none", "copy"), required=True)
    parser.add_argument("--warm-up", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--stamps", type=int, help="client: file descriptor for the time stamps, 64-bit each")
    options = parser.parse_args()
    if options.role == "client" and options.stamps is None:
        parser.error("the client needs --stamps")
    shape = dict(capacity=options.capacity, alignment=options.alignment, wait="spin")
    (run_client if options.role == "client" else run_server)(options, shape)


if __name__ == "__main__":
    main()
