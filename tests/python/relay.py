# SPDX-License-Identifier: MIT
"""What other processes of multiprocessing run: it has to be importable there. `say` is one end of a pipe."""
import multiprocessing.util
import os
import threading

import zerobuffer


def put_all(queue, objects, say=None):
    for content in objects:
        queue.put(content)
    if say is not None:
        say.send("put")
        say.recv()


def put_from_global(queue, objects):
    """The queue outlives the function: only the end of the process closes it."""
    global kept
    kept = queue
    put_all(queue, objects)


def put_from_thread(queue, objects):
    """A thread puts them once the handlers of the process's end run."""
    left = threading.Event()
    multiprocessing.util.Finalize(None, left.set, exitpriority=1)
    queue.put(objects[0])
    threading.Thread(target=lambda: left.wait() and put_all(queue, objects[1:])).start()


def get_all(queue, count, say):
    for _ in range(count):
        say.send(queue.get())
    say.recv()


def outcome(queue, call, arguments, say):
    """What a call of the queue returns or raises here."""
    try:
        say.send(getattr(queue, call)(*arguments))
    except Exception as error:
        say.send((type(error).__name__, str(error)))


def die_holding(queue, call, arguments):
    getattr(queue, call)(*arguments)
    os._exit(3)


def write(writer, contents):
    with writer:
        for content in contents:
            writer.write(content)


def read(reader, count, say):
    with reader:
        say.send(([bytes(frame) for frame in reader.acquire_many(count)], reader.writable, reader.stats().resumed))


def attach_and_write(attach, content):
    with attach() as writer:
        writer.write(content)


def write_and_keep(name):
    """The writer outlives the function, and so does a thread that has not written all yet."""
    global kept
    kept = zerobuffer.Writer(name)
    kept.write(b"first")
    left = threading.Event()
    multiprocessing.util.Finalize(None, left.set, exitpriority=0)
    threading.Thread(target=lambda: left.wait() and kept.write(b"last")).start()


def keep(writer):
    global kept
    kept = writer
    kept.write_many([b"first", b"last"])


def stats_of(endpoint, say):
    try:
        endpoint.stats()
    except zerobuffer.ZeroBufferError as error:
        say.send(type(error).__name__)
