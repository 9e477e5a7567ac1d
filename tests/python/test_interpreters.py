# SPDX-License-Identifier: MIT
"""What holds where there is more than one interpreter in a process, or more than one way into a method."""
import inspect

import pytest

import zerobuffer


def test_second_interpreter_of_a_process_is_refused_in_words(process):
    code = """
import _xxsubinterpreters as interpreters
second = interpreters.create()
try:
    interpreters.run_string(second, "import zerobuffer")
except interpreters.RunFailedError as error:
    say("ImportError" in str(error) and "one interpreter per process" in str(error))
interpreters.destroy(second)
reader = zerobuffer.Reader(arguments[0])
writer = zerobuffer.Writer(arguments[0])
writer.write(b"still here")
say(bytes(reader.acquire()).decode())
"""
    pytest.importorskip("_xxsubinterpreters")
    assert process(code, f"subinterpreter-{id(code)}").finish() == (["True", "still here"], "")


def test_import_starts_no_thread_and_does_not_import_asyncio(process):
    code = 'say("asyncio" in sys.modules); say(len(os.listdir("/proc/self/task")))'
    assert process(code).finish() == (["False", "1"], "")


METHODS = {
    "acquire": (lambda pair: pair.reader.acquire, [((), {}), ((0,), {}), ((), {"timeout": 0})]),
    "write": (lambda pair: pair.writer.write, [((b"x",), {}), ((b"x", 0), {}), ((b"x",), {"timeout": 0}),
                                               ((), {"buffer": b"x"}), ((), {"timeout": 0, "buffer": b"x"})]),
    "claim": (lambda pair: pair.writer.claim, [((1,), {}), ((1, 0), {}), ((1,), {"timeout": 0}), ((), {"size": 1})]),
    "commit": (lambda pair: pair.writer.claim(5).commit, [((), {}), ((1,), {}), ((), {"size": 1}), ((None,), {})]),
}  # fmt: skip
CALLS = [(name, *call) for name, (_, calls) in METHODS.items() for call in calls]


@pytest.mark.parametrize("name, positional, keywords", CALLS)
def test_every_way_to_call_what_is_called_for_every_frame(pair, name, positional, keywords):
    pair.writer.write(b"there")
    assert METHODS[name][0](pair)(*positional, **keywords) is not None


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("positional, keywords", [
    ((1, 2, 3), {}),
    ((), {"unknown": 1}),
    ((1,), {"unknown": 1}),
    ((b"", 0), {"timeout": 0}),
])  # fmt: skip
def test_every_wrong_way_is_a_type_error(pair, name, positional, keywords):
    method = METHODS[name][0](pair)
    with pytest.raises(TypeError, match=name):
        method(*positional, **keywords)


@pytest.mark.parametrize("owner, name", [
    (zerobuffer.Reader, "acquire"),
    (zerobuffer.Writer, "write"),
    (zerobuffer.Writer, "claim"),
    (zerobuffer.Claim, "commit"),
])  # fmt: skip
def test_methods_keep_their_words(pair, owner, name):
    assert getattr(owner, name).__doc__.startswith(f"{owner.__name__}.{name}(self, ")
    with pytest.raises(TypeError, match="descriptor|argument"):
        getattr(owner, name)(object())


def test_coroutine_functions_are_known_as_such():
    for function in (zerobuffer.Reader.acquire_async, zerobuffer.Writer.claim_async, zerobuffer.Writer.write_async):
        assert inspect.iscoroutinefunction(function)
