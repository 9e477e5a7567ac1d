# SPDX-License-Identifier: MIT
"""However an interpreter ends in order, its peer sees the end of the stream and no death, and nothing crashes."""
import multiprocessing

import pytest

import relay
import zerobuffer
from conftest import DEADLINE

ENDINGS = {
    "globals": "",
    "exception": "raise SystemExit(0)",
    "cycle": "cycle = [writer]; cycle.append(cycle)",
    "kept by a module": "sys.kept = writer",
    "open claim": "claim = writer.claim(10)",
    "view of a claim": "view = memoryview(writer.claim(10))",
    "daemon thread": """
import threading
threading.Thread(target=lambda: writer.wait_for_peer() and threading.Event().wait(), daemon=True).start()
""",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_writer_closes_at_exit(name, layout, process, ending):
    code = 'writer = zerobuffer.Writer(arguments[0])\nwriter.write(b"last")\n' + ENDINGS[ending]
    with zerobuffer.Reader(name, layout=layout) as reader:
        assert process(code, name).finish() == ([], "")
        assert [bytes(frame) for frame in reader] == [b"last"]
        assert reader.stats().peer == "closed"


READER_ENDINGS = {
    "globals": "frame = reader.acquire()",
    "view": "frame = reader.acquire(); view = memoryview(frame)",
    "view kept by a module": "import numpy; sys.kept = numpy.asarray(reader.acquire()); del reader",
    "iterator": "frames = iter(reader); next(frames)",
    "in a loop": "for frame in reader: sys.exit(0)",
    "in a selector": "reader.acquire().release(); reader.fileno(); reader.acquire(0)",
    "in a task": """
import asyncio, warnings
warnings.simplefilter("ignore")  # of the loop, which is not closed
reader.acquire().release()
async def main():
    sys.kept = asyncio.ensure_future(reader.acquire_async())
    await asyncio.sleep(0)
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
sys.kept._log_destroy_pending = False
""",
}


@pytest.mark.parametrize("ending", READER_ENDINGS)
def test_reader_closes_at_exit(name, process, ending):
    with zerobuffer.Writer.create(name) as writer:
        writer.write(b"first")
        code = "reader = zerobuffer.Reader.open(arguments[0])\n" + READER_ENDINGS[ending]
        assert process(code, name).finish() == ([], "")
        # With a frame held to the very end the process dies before its last lease is back.
        assert writer.stats().peer in ({"closed", "died"} if "kept" in ending else {"closed"})
    zerobuffer.Reader(name, replace=True).close()


def test_thread_that_waits_at_exit_is_told(name, layout, process):
    """A daemon thread in a wait does not hold the exit up."""
    child = process(
        """
        import threading
        reader = zerobuffer.Reader(arguments[0], layout=arguments[1])
        threading.excepthook = lambda hook: None
        threading.Thread(target=reader.acquire, daemon=True).start()
        while reader.stats().sleeps == 0:
            pass
        """,
        name, layout,
    )  # fmt: skip
    assert child.finish() == ([], "")


def test_exit_without_order_is_a_death(name, layout, process):
    code = """
writer = zerobuffer.Writer(arguments[0])
writer.write(b"last")
hear()
os._exit(0)
"""
    with zerobuffer.Reader(name, layout=layout) as reader:
        child = process(code, name)
        assert reader.wait_for_peer(timeout=60)
        child.tell("now")
        child.finish()
        frames = iter(reader)
        assert bytes(next(frames)) == b"last"
        with pytest.raises(zerobuffer.PeerDied):
            next(frames)


@pytest.mark.parametrize("start", multiprocessing.get_all_start_methods())
def test_process_of_multiprocessing_closes_at_its_end(name, layout, start):
    """A forked one runs no ``atexit``."""
    with zerobuffer.Reader(name, layout=layout) as reader:
        child = multiprocessing.get_context(start).Process(target=relay.write_and_keep, args=(name,))
        child.start()
        assert [bytes(frame) for frame in reader] == [b"first", b"last"]
        child.join(DEADLINE)
        assert (child.exitcode, reader.stats().peer) == (0, "closed")


@pytest.mark.parametrize("start", ["spawn", "forkserver"])
def test_endpoint_among_the_arguments_of_a_process_closes_at_its_end(name, start):
    with zerobuffer.Reader(name) as reader:
        with zerobuffer.Writer(name) as writer:
            pass
        child = multiprocessing.get_context(start).Process(target=relay.keep, args=(writer,))
        child.start()
        assert reader.wait_for_peer(DEADLINE)
        assert [bytes(frame) for frame in reader] == [b"first", b"last"]
        child.join(DEADLINE)
        assert (child.exitcode, reader.stats().peer) == (0, "closed")
