# SPDX-License-Identifier: MIT
"""What is no good is refused with the class that fits and a message that names object, cause and remedy, before
anything is touched."""
import math

import pytest

import zerobuffer

LONGEST_NAME = 200


def create_reader(name, **options):
    return zerobuffer.Reader(name, **options)


def create_writer(name, **options):
    return zerobuffer.Writer.create(name, **options)


ENDPOINTS = [create_reader, zerobuffer.Reader.open, zerobuffer.Writer, create_writer]
BY_NAME = [*ENDPOINTS, zerobuffer.inspect]
CREATORS = [create_reader, create_writer]


@pytest.mark.parametrize("use", BY_NAME, ids=lambda use: use.__qualname__)
@pytest.mark.parametrize("bad", ["", ".", "..", "/", "a/b", "../b", "sem.x", "nul\0byte", "\udc80\ud800", "x" * 246])
def test_name_that_no_buffer_has(use, bad):
    with pytest.raises(zerobuffer.BadName, match="buffer .*; use"):
        use(bad)


@pytest.mark.parametrize("create", CREATORS)
@pytest.mark.parametrize("bad", [".hidden", "käse", "with space", "tab\t", "new\nline", "x" * (LONGEST_NAME + 1)])
def test_name_that_no_new_buffer_gets(create, bad):
    with pytest.raises(zerobuffer.BadName, match="buffer .*; use"):
        create(bad)


@pytest.mark.parametrize("use", BY_NAME, ids=lambda use: use.__qualname__)
@pytest.mark.parametrize("bad", [b"bytes", None, 5])
def test_name_is_a_str(use, bad):
    with pytest.raises(TypeError, match="must be a str"):
        use(bad)


def test_longest_name(name, layout):
    long = name + "x" * (LONGEST_NAME - len(name))
    with zerobuffer.Reader(long, layout=layout) as reader, zerobuffer.Writer(long):
        assert reader.name == long


@pytest.mark.parametrize("create", CREATORS)
@pytest.mark.parametrize(
    "options, what",
    [
        ({"capacity": 0}, "capacity"),
        ({"capacity": -1}, "capacity -1 is negative"),
        ({"metadata_size": -1}, "metadata_size -1 is negative"),
        ({"layout": "v3"}, "layout 'v3' is not possible; use one of 'v1', 'v2'"),
        ({"layout": 2}, "layout 2 is not possible"),
        ({"layout": None}, "layout None is not possible"),
        ({"alignment": 0}, "alignment"),
        ({"alignment": 48}, "alignment 48"),
        ({"alignment": 8}, "alignment 8"),
        ({"alignment": 8192}, "alignment 8192"),
        ({"alignment": 1 << 40}, "alignment"),
        ({"permissions": -1}, "permissions -1 is negative"),
        ({"permissions": 0o10000}, "permissions"),
        ({"permissions": 1 << 40}, "permissions"),
        ({"wait": "sleep"}, "wait 'sleep' is not possible; use one of 'adaptive', 'spin', 'block'"),
        ({"prefault": "yes"}, "prefault 'yes' is not possible; use one of None, True, False"),
    ],
    ids=str,
)
def test_option_that_is_not_possible(name, create, options, what):
    with pytest.raises(zerobuffer.Misuse, match=what):
        create(name, **options)


@pytest.mark.parametrize("option", ["capacity", "metadata_size"])
@pytest.mark.parametrize("size", [1 << 70, 1 << 64, (1 << 64) - 1, 1 << 63])
def test_size_that_no_machine_has(name, layout, option, size):
    with pytest.raises((zerobuffer.TooLarge, zerobuffer.Misuse), match=f"{option} {size}"):
        zerobuffer.Reader(name, layout=layout, **{option: size})


@pytest.mark.parametrize("option", ["capacity", "metadata_size", "alignment", "permissions"])
@pytest.mark.parametrize("value", [1.5, "16", None, b"16"])
def test_number_of_a_wrong_type(name, option, value):
    with pytest.raises(TypeError, match=f"{option} must be an int"):
        zerobuffer.Reader(name, **{option: value})


def test_writer_option_that_is_not_possible(name):
    with pytest.raises(zerobuffer.Misuse, match="copy 'fast' is not possible; use one of 'auto', 'cached'"):
        zerobuffer.Writer(name, copy="fast")


def test_only_the_reader_makes_a_v1_buffer(name):
    with pytest.raises(zerobuffer.Misuse, match="v1|reader"):
        zerobuffer.Writer.create(name, layout="v1")


def test_only_the_writer_attaches_to_a_v1_buffer(name):
    with zerobuffer.Reader(name, layout="v1"):
        with pytest.raises((zerobuffer.Incompatible, zerobuffer.Misuse), match=name):
            zerobuffer.Reader.open(name)


def test_buffer_that_is_not_there(name):
    for use in (zerobuffer.Writer, zerobuffer.Reader.open, zerobuffer.inspect):
        with pytest.raises(zerobuffer.NotFound, match=name) as caught:
            use(name)
        assert isinstance(caught.value, FileNotFoundError)
    with pytest.raises(zerobuffer.NotFound, match=name):
        zerobuffer.Writer(name, timeout=0.01)


def test_second_reader_and_second_writer_are_refused(pair):
    with pytest.raises(zerobuffer.Busy, match=pair.name):
        zerobuffer.Reader(pair.name, layout=pair.layout, capacity=1 << 16)
    with pytest.raises(zerobuffer.Busy, match=pair.name):
        zerobuffer.Writer(pair.name)
    pair.writer.write(b"undisturbed")
    with pair.reader.acquire() as frame:
        assert bytes(frame) == b"undisturbed"


def test_replace_does_not_take_a_buffer_from_a_live_reader(pair):
    with pytest.raises(zerobuffer.Busy, match=pair.name):
        zerobuffer.Reader(pair.name, layout=pair.layout, capacity=1 << 16, replace=True)


def test_other_shape_is_incompatible(name):
    with zerobuffer.Writer.create(name, capacity=1 << 16):
        with pytest.raises(zerobuffer.Incompatible, match=name):
            zerobuffer.Reader(name, capacity=1 << 20)


def test_empty_frames_are_for_v2(pair):
    for attempt in (
        lambda: pair.writer.write(b""),
        lambda: pair.writer.write_parts([]),
        lambda: pair.writer.write_many([b""]),
        lambda: pair.writer.claim(0).commit(),
    ):
        if pair.layout == "v1":
            with pytest.raises(zerobuffer.Misuse, match=pair.name):
                attempt()
        else:
            attempt()
    assert pair.writer.stats().frames == (0 if pair.layout == "v1" else 4)


@pytest.mark.parametrize("call", ["claim", "wait"])
@pytest.mark.parametrize("size, error", [(-1, "Misuse"), (1 << 64, "TooLarge"), ((1 << 64) - 1, "TooLarge"),
                                         (1.5, None), ("5", None), (None, None)])  # fmt: skip
def test_size_of_a_frame(pair, call, size, error):
    with pytest.raises(getattr(zerobuffer, error) if error else TypeError):
        getattr(pair.writer, call)(size, timeout=0)


@pytest.mark.parametrize("limit, error", [(0, "Misuse"), (-1, "Misuse"), (1.5, None), (None, None)])
def test_limit_of_frames(pair, limit, error):
    with pytest.raises(getattr(zerobuffer, error) if error else TypeError):
        pair.reader.acquire_many(limit, timeout=0)


WAITS = {
    "acquire": lambda pair, timeout: pair.reader.acquire(timeout),
    "acquire_latest": lambda pair, timeout: pair.reader.acquire_latest(timeout),
    "acquire_many": lambda pair, timeout: pair.reader.acquire_many(1, timeout),
    "reader.wait": lambda pair, timeout: pair.reader.wait(timeout),
    "reader.wait_for_peer": lambda pair, timeout: pair.reader.wait_for_peer(timeout),
    "metadata": lambda pair, timeout: pair.reader.metadata(timeout),
    "write": lambda pair, timeout: pair.writer.write(b"x", timeout),
    "write_parts": lambda pair, timeout: pair.writer.write_parts([b"x"], timeout),
    "write_many": lambda pair, timeout: pair.writer.write_many([b"x"], timeout),
    "claim": lambda pair, timeout: pair.writer.claim(1, timeout),
    "writer.wait": lambda pair, timeout: pair.writer.wait(1, timeout),
    "writer.wait_for_peer": lambda pair, timeout: pair.writer.wait_for_peer(timeout),
    "Writer": lambda pair, timeout: zerobuffer.Writer(pair.name, timeout=timeout),
    "Reader.open": lambda pair, timeout: zerobuffer.Reader.open(pair.name, timeout=timeout),
}


@pytest.mark.parametrize("call", WAITS)
def test_timeout_that_is_not_possible(pair, call):
    """Refused also where nothing has to be waited for."""
    for timeout in (-1, -1e-9, -math.inf, math.nan, math.inf, 1e300, 9223372036.0, 10**10, 10**400, True, False):
        with pytest.raises(zerobuffer.Misuse, match="timeout .* is not possible; use seconds from 0"):
            WAITS[call](pair, timeout)
    for timeout in ("1", b"1", [], object()):
        with pytest.raises(TypeError, match="timeout must be seconds"):
            WAITS[call](pair, timeout)
    assert pair.writer.stats().frames == 0


@pytest.mark.parametrize("timeout", [0, 0.0, 1, 1e-12, 0.5, 9223372035, 9223372035.5, None])
def test_timeout_that_is_possible(pair, timeout):
    pair.writer.write(b"x", timeout)
    pair.reader.acquire(timeout).release()


def test_errors_are_values_too(name):
    with pytest.raises(ValueError) as caught:
        zerobuffer.Reader(name, alignment=48)
    assert isinstance(caught.value, zerobuffer.ZeroBufferError)
    assert (caught.value.status, caught.value.system_error) == ("misuse", 0)
