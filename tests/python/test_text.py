# SPDX-License-Identifier: MIT
"""Text and JSON in frames: as they are when they are that already, clear errors when they are not."""
import json

import pytest

import zerobuffer

BACKENDS = ["orjson", "msgspec", "json"]
PORTABLE = [None, True, 0, -1, 2**63 - 1, 1.5, "", "\u20ac \U0001f600", [], {}, {"a": [1, {"b": None}], "\u20ac": 2}]


def received(pair):
    with pair.reader.acquire(0) as frame:
        return bytes(frame)


@pytest.mark.parametrize("text", ["a", "plain", "caf\u00e9", "\u20ac", "\U0001f600 \0 end", "x" * 20_000])
def test_text_comes_back(pair, text):
    pair.writer.write_text(text)
    with pair.reader.acquire(0) as frame:
        assert frame.size == len(text.encode())
        assert frame.text() == text
        assert frame.text() == text


def test_empty_text(name):
    with zerobuffer.Reader(name) as reader, zerobuffer.Writer(name) as writer:
        writer.write_text("")
        assert reader.acquire(0).text() == ""


def test_text_of_a_frame_written_as_bytes(pair):
    pair.writer.write("gr\u00fc\u00df".encode())
    assert pair.reader.acquire(0).text() == "gr\u00fc\u00df"


@pytest.mark.parametrize("content, where", [(b"ab\xffc", 2), (b"\xc3", 0), (b"ok\xed\xa0\x80", 2), (b"\x80", 0)])
def test_bytes_that_are_no_text(pair, content, where):
    pair.writer.write(content)
    with pair.reader.acquire(0) as frame:
        with pytest.raises(zerobuffer.Incompatible, match=f"frame 1 .* not text in UTF-8: .* byte {where}") as caught:
            frame.text()
        assert isinstance(caught.value.__cause__, UnicodeDecodeError)
        assert bytes(frame) == content


def test_text_without_utf8(pair):
    with pytest.raises(zerobuffer.Misuse, match=r"because of '\\udc80' at 2; nothing was written"):
        pair.writer.write_text("ab\udc80")
    pair.writer.write_text("next")
    assert pair.reader.acquire(0).text() == "next"


@pytest.mark.parametrize("thing", [b"bytes", 1, None])
def test_text_has_to_be_text(pair, thing):
    with pytest.raises(TypeError, match="text must be a str, not"):
        pair.writer.write_text(thing)


def test_released_frame(pair):
    pair.writer.write_text("1")
    frame = pair.reader.acquire(0)
    frame.release()
    for look in (frame.text, frame.json):
        with pytest.raises(zerobuffer.Misuse, match="was released"):
            look()


@pytest.mark.parametrize("content", PORTABLE, ids=json.dumps)
def test_json_comes_back(pair, content):
    pair.writer.write_json(content if not isinstance(content, str) else json.dumps(content))
    with pair.reader.acquire(0) as frame:
        assert frame.json() == content
        assert json.loads(bytes(frame)) == content


@pytest.mark.parametrize("given", [b'{"a" : 1}', bytearray(b" [1]"), memoryview(b"2"), '{"\u20ac": 1}', b"no JSON"])
def test_json_given_as_bytes_or_text_goes_as_it_is(pair, given):
    pair.writer.write_json(given)
    assert received(pair) == (given.encode() if isinstance(given, str) else bytes(given))


@pytest.mark.parametrize("content", [
    b"{", b"[1,]", b"not", b"NaN", b"[Infinity]", b"-Infinity", b"1 2", b"\xff", b'"\xc3"', b"ZBOBJECT", b'{"a": 1',
])  # fmt: skip
def test_bytes_that_are_no_json(pair, content):
    pair.writer.write(content)
    with pair.reader.acquire(0) as frame:
        with pytest.raises(zerobuffer.Incompatible, match="frame 1 .* not (JSON|text in UTF-8): ") as caught:
            frame.json()
        assert caught.value.__cause__ is not None
    pair.writer.write_json([1])
    assert pair.reader.acquire(0).json() == [1]


@pytest.mark.parametrize("thing", [object(), {"a": [1, object()]}], ids=["object", "inside"])
def test_object_without_json(pair, thing):
    with pytest.raises(zerobuffer.Misuse, match="makes no JSON of this .* nothing was written") as caught:
        pair.writer.write_json(thing)
    assert isinstance(caught.value.__cause__, TypeError)
    del caught
    assert pair.reader.acquire(0) is None
    pair.writer.write_json([1])
    assert pair.reader.acquire(0).json() == [1]


def test_json_waits_no_longer_than_told(full_pair):
    assert full_pair.writer.write_json(list(range(500)), timeout=0) is None
    assert full_pair.writer.write_text("x" * 1000, timeout=0) is None


WITH_BACKEND = """
import json
name, backend, *missing = arguments
for module in missing:
    sys.modules[module] = None
if zerobuffer.json_backend() != backend:
    say(zerobuffer.json_backend())
    sys.exit()
content = {"a": [1, 2.5, None, True], "\u20ac": "\U0001f600", "large": list(range(1000))}
with zerobuffer.Reader(name) as reader, zerobuffer.Writer(name) as writer:
    writer.write_json(content)
    with reader.acquire() as frame:
        assert frame.json() == content and json.loads(bytes(frame)) == content
        assert b" " not in bytes(frame) and "\u20ac".encode() in bytes(frame)
    for wrong in (b"[1", b"NaN", b"\\xff"):
        writer.write(wrong)
        try:
            reader.acquire().json()
        except zerobuffer.Incompatible:
            continue
        raise AssertionError(wrong)
    try:
        writer.write_json([object()])
    except zerobuffer.Misuse as error:
        assert backend in str(error), error
# What is installed later does not change the choice.
for module in ("orjson", "msgspec"):
    sys.modules[module] = None
say(zerobuffer.json_backend())
"""


@pytest.mark.parametrize("backend", BACKENDS)
def test_backend_is_the_fastest_that_is_installed(process, name, backend):
    """With those before it out of the way, as if they were not installed."""
    if backend != "json":
        pytest.importorskip(backend, reason=f"no {backend}")
    out, err = process(WITH_BACKEND, name, backend, *BACKENDS[: BACKENDS.index(backend)]).finish()
    assert (out, err) == ([backend], "")


def test_json_without_an_end(pair):
    pair.writer.write(b"[" * 50_000)
    with pair.reader.acquire(0) as frame, pytest.raises(zerobuffer.Incompatible, match="is not JSON"):
        frame.json()


def test_nan_is_no_json(process, name):
    """Python's own module would write it, though nobody else reads it."""
    out, err = process("""
sys.modules["orjson"] = sys.modules["msgspec"] = None
with zerobuffer.Reader(arguments[0]) as reader, zerobuffer.Writer(arguments[0]) as writer:
    for number in (float("nan"), float("inf")):
        try:
            writer.write_json({"number": number})
        except zerobuffer.Misuse as error:
            say(type(error.__cause__).__name__)
""", name).finish()
    assert (out, err) == (["ValueError", "ValueError"], "")
