# SPDX-License-Identifier: MIT
"""A forked child may look at the frames that it inherited. It cannot disturb its parent, whatever it calls or drops."""
import pytest

FORK = """
import threading
name, layout = arguments

def in_child(function):
    # What the child says comes before anything that the parent says next.
    child = os.fork()
    if child == 0:
        code = 1
        try:
            function()
            code = 0
        except BaseException as error:
            say(repr(error))
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0

def misused(call):
    try:
        call()
    except zerobuffer.Misuse as error:
        assert name in str(error), error
        return
    raise AssertionError("not refused")

reader = zerobuffer.Reader(name, layout=layout)
writer = zerobuffer.Writer(name)
writer.write_many([b"first", b"second"])
first, second = reader.acquire_many(2)
"""


@pytest.fixture
def forking(name, layout, process):
    def run(code):
        return process(FORK + code, name, layout).finish()

    return run


def test_child_reads_inherited_frames(forking):
    out, err = forking("""
view = memoryview(second)
in_child(lambda: say((bytes(first) + view.tobytes()).decode()))
""")
    assert (out, err) == (["firstsecond"], "")


def test_every_call_of_the_child_is_refused(forking):
    out, err = forking("""
def child():
    misused(lambda: reader.acquire(timeout=0))
    misused(reader.acquire)
    misused(lambda: reader.acquire_many(1, timeout=1))
    misused(reader.wait)
    misused(reader.wait_for_peer)
    misused(reader.metadata)
    misused(reader.stats)
    misused(reader.cancel)
    misused(lambda: writer.write(b"x"))
    misused(lambda: writer.write(bytes(100_000)))
    misused(lambda: writer.write_many([b"x"]))
    misused(lambda: writer.claim(1))
    misused(lambda: writer.publish_metadata(b"x"))
    misused(writer.stats)
in_child(child)
say(writer.stats().sequence)
""")
    assert (out, err) == (["2"], "")


def test_child_that_drops_everything_disturbs_nobody(forking):
    out, err = forking("""
def child():
    global reader, writer, first, second
    first.release()
    second.release()
    reader.close()
    writer.close()
    del reader, writer, first, second
in_child(child)
say(reader.stats().held)
say(bytes(second).decode())
writer.write(b"third")
say(bytes(reader.acquire()).decode())
say(writer.stats().peer)
""")
    assert (out, err) == (["2", "second", "third", "attached"], "")


def test_child_that_exits_in_order_disturbs_nobody(forking):
    """Its interpreter runs its exit handlers and drops every object."""
    out, err = forking("""
child = os.fork()
if child == 0:
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
say(reader.stats().held)
writer.write(b"third")
say(bytes(reader.acquire()).decode())
""")
    assert (out, err) == (["2", "third"], "")


def test_child_with_an_open_claim_disturbs_nobody(forking):
    out, err = forking("""
claim = writer.claim(5)
def child():
    misused(claim.commit)
    claim.abort()
in_child(child)
with claim:
    memoryview(claim)[:] = b"third"
say(bytes(reader.acquire()).decode())
""")
    assert (out, err) == (["third"], "")


def test_fork_while_another_thread_waits(forking):
    """The waiting thread does not exist in the child: nothing there may wait for it to leave."""
    out, err = forking("""
started = reader.stats().sleeps
waiting = threading.Thread(target=lambda: say(bytes(reader.acquire()).decode()))
waiting.start()
while reader.stats().sleeps == started:
    pass
def child():
    misused(lambda: reader.acquire(timeout=0))
    misused(reader.acquire)
    misused(reader.stats)
    first.release()
    reader.close()
in_child(child)
writer.write(b"third")
waiting.join()
""")
    assert (out, err) == (["third"], "")


def test_fork_while_another_thread_waits_for_metadata(forking):
    out, err = forking("""
waiting = threading.Thread(target=lambda: say(reader.metadata(timeout=None).decode()))
waiting.start()
try:
    while True:
        reader.stats()
except zerobuffer.Misuse:
    pass
def child():
    misused(reader.stats)
    misused(lambda: reader.acquire(timeout=0))
    first.release()
    reader.close()
in_child(child)
writer.publish_metadata(b"here")
waiting.join()
""")
    assert (out, err) == (["here"], "")


def test_child_makes_its_own(forking):
    out, err = forking("""
def child():
    with zerobuffer.Reader(name + "-child", layout=layout) as own, zerobuffer.Writer(name + "-child") as other:
        other.write(b"own")
        say(bytes(own.acquire()).decode())
in_child(child)
""")
    assert (out, err) == (["own"], "")


def test_multiprocessing_child_attaches_by_name(forking):
    out, err = forking("""
import multiprocessing
def child(name):
    with zerobuffer.Writer(name) as own:
        own.write(b"third")
writer.close()
running = multiprocessing.get_context("fork").Process(target=child, args=(name,))
running.start()
running.join()
say(bytes(reader.acquire()).decode())
say(running.exitcode)
""")
    assert (out, err) == (["third", "0"], "")


@pytest.mark.parametrize("asked", ["a task", "a selector"])
def test_fork_while_the_thread_for_event_loops_waits(forking, asked):
    """That thread does not exist in the child: nothing there may wait for it, nor take its eventfds' signals."""
    out, err = forking("""
import asyncio, select
first.release(); second.release()

def child():
    misused(lambda: reader.acquire(timeout=0))
    misused(reader.acquire)
    misused(reader.fileno)
    misused(reader.cancel)
    misused(lambda: asyncio.new_event_loop().run_until_complete(reader.acquire_async()))
    reader.close()
    globals().pop("reader")

async def by_task():
    task = asyncio.ensure_future(reader.acquire_async())
    await asyncio.sleep(0)
    while reader.stats().sleeps == 0:
        pass
    in_child(child)
    writer.write(b"third")
    say(bytes(await task).decode())

def by_selector():
    reader.fileno()
    assert reader.acquire(0) is None
    while reader.stats().sleeps == 0:
        pass
    in_child(child)
    writer.write(b"third")
    assert select.select([reader], [], [], 60)[0]
    say(bytes(reader.acquire(0)).decode())
""" + {"a task": "asyncio.run(by_task())", "a selector": "by_selector()"}[asked])
    assert (out, err) == (["third"], "")
