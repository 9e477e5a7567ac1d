# SPDX-License-Identifier: MIT
"""A closed endpoint travels to a spawned process as name and options, and is attached there. An open one refuses."""
import copy
import functools
import multiprocessing
import pickle

import pytest

import relay
import zerobuffer
from conftest import DEADLINE, eventually


@pytest.fixture(params=["spawn", "forkserver"])
def context(request):
    return multiprocessing.get_context(request.param)


def run(context, target, *arguments):
    process = context.Process(target=target, args=arguments)
    process.start()
    return process


def finish(process):
    process.join(DEADLINE)
    assert process.exitcode == 0


def something_came(reader):
    """Until the child attaches, the reader sees a writer that has closed."""
    try:
        return reader.wait(0)
    except zerobuffer.PeerClosed:
        return False


def test_writer_travels(context, name, layout):
    with zerobuffer.Reader(name, layout=layout) as reader:
        writer = zerobuffer.Writer(name, wait="block")
        writer.close()
        child = run(context, relay.write, writer, [b"one", b"two"])
        eventually(lambda: something_came(reader))
        assert [bytes(reader.acquire(DEADLINE)) for _ in range(2)] == [b"one", b"two"]
        finish(child)


def test_reader_travels(context, name):
    """A buffer that its reader has left is gone with it, unless a writer holds it; so the writer comes first here."""
    ours, theirs = context.Pipe()
    with zerobuffer.Writer.create(name, capacity=1 << 16) as writer:
        reader = zerobuffer.Reader(name, capacity=1 << 16, writable=True)
        reader.close()
        writer.write(b"one")
        child = run(context, relay.read, reader, 1, theirs)
        assert ours.poll(DEADLINE)
        assert ours.recv() == ([b"one"], True, True)
        finish(child)


def test_open_endpoint_refuses_in_the_parent(context, name):
    """Before a process is started, not in it."""
    with zerobuffer.Reader(name) as reader, zerobuffer.Writer(name) as writer:
        for endpoint in (reader, writer):
            with pytest.raises(TypeError, match=rf"{name}.*close\(\) it first.*pass the name"):
                context.Process(target=relay.write, args=(endpoint, [])).start()
        writer.write(b"still works")
        assert bytes(reader.acquire(0)) == b"still works"


@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_unopened_description_works_with_every_start_method(start, name):
    with zerobuffer.Reader(name) as reader:
        child = run(multiprocessing.get_context(start), relay.attach_and_write,
                    functools.partial(zerobuffer.Writer, name, timeout=5), b"content")  # fmt: skip
        assert bytes(reader.acquire(DEADLINE)) == b"content"
        finish(child)


def test_forked_child_gets_the_object_itself_and_cannot_use_it(name):
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    with zerobuffer.Reader(name) as reader:
        child = run(context, relay.stats_of, reader, theirs)
        assert ours.poll(DEADLINE)
        assert ours.recv() == "Misuse"
        finish(child)


MAKERS = {
    "Reader": lambda name: zerobuffer.Reader(name, capacity=1 << 17, alignment=128, wait="spin"),
    "Reader.open": lambda name: zerobuffer.Reader.open(name, timeout=1, writable=True),
    "Writer": lambda name: zerobuffer.Writer(name, timeout=1, copy="cached"),
    "Writer.create": lambda name: zerobuffer.Writer.create(name, capacity=1 << 17, alignment=128, guarded=True),
}


@pytest.mark.parametrize("how", MAKERS)
def test_loading_attaches_as_before(how, name):
    shape = dict(capacity=1 << 17, alignment=128)
    with (zerobuffer.Writer.create if how.startswith("Reader") else zerobuffer.Reader)(name, **shape) as other:
        first = MAKERS[how](name)
        first.close()
        with pickle.loads(pickle.dumps(first)) as again:
            assert type(again) is type(first) and again is not first
            assert (again.name, again.capacity, again.alignment) == (name, 1 << 17, 128)
            assert getattr(again, "writable", None) == getattr(first, "writable", None)
            assert other.stats().peer == "attached"


def test_replace_is_not_repeated(name):
    first = zerobuffer.Reader(name, replace=True)
    with zerobuffer.Writer(name) as writer:
        first.close()
        writer.write(b"unread")
        with pickle.loads(pickle.dumps(first)) as again:
            assert bytes(again.acquire(0)) == b"unread"


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_endpoint_that_never_attached_refuses(duplicate):
    with pytest.raises(TypeError, match="never attached"):
        duplicate(zerobuffer.Writer.__new__(zerobuffer.Writer))


def test_loading_fails_as_attaching_does(name):
    with zerobuffer.Reader(name):
        writer = zerobuffer.Writer(name)
        writer.close()
        pickled = pickle.dumps(writer)
        with zerobuffer.Writer(name), pytest.raises(zerobuffer.Busy):
            pickle.loads(pickled)
    with pytest.raises(zerobuffer.NotFound):
        pickle.loads(pickled)
