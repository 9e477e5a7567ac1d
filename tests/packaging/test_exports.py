# SPDX-License-Identifier: MIT
"""The shared library exports the C functions and the C++ interface, each under its version, and nothing else."""
import re

import pytest

C_NODE = "ZEROBUFFER_2"
CXX_NODE = "ZEROBUFFER_CXX_2"


@pytest.fixture(scope="module")
def exports(run, library):
    """Pairs of demangled name and version, without the version nodes themselves."""
    lines = run("nm", "--dynamic", "--defined-only", "--demangle", library).splitlines()
    symbols = [line.split(maxsplit=2)[1:] for line in lines]
    return {tuple(name.rsplit("@@", 1)) for kind, name in symbols if kind != "A"}


@pytest.fixture(scope="module")
def headers(source_dir):
    return {path.name: path.read_text() for path in (source_dir / "libzerobuffer/include/zerobuffer").iterdir()}


def declared_functions(text):
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)
    return set(re.findall(r"ZEROBUFFER_API [^;{(]*?(\w+)\(", text))


def test_c_functions_are_exactly_those_of_the_header(exports, headers):
    assert {name for name, version in exports if version == C_NODE} == declared_functions(headers["zerobuffer.h"])


def test_everything_else_belongs_to_the_cpp_interface(exports):
    rest = {(name, version) for name, version in exports if version != C_NODE}
    ours = re.compile(r"(typeinfo for |typeinfo name for |vtable for )?zerobuffer::")
    assert [pair for pair in sorted(rest) if pair[1] != CXX_NODE or not ours.match(pair[0])] == []


def test_engine_internals_stay_hidden(exports):
    internal = re.compile(r"zerobuffer::(detail::\w*Engine|platform|wire|ring|endpoint|c_api)\b")
    assert [name for name, version in exports if internal.match(name)] == []


def test_every_cpp_declaration_is_exported(exports, headers):
    text = "".join(content for name, content in headers.items() if name.endswith(".hpp"))
    classes = set(re.findall(r"^class (?:\[\[nodiscard\]\] )?ZEROBUFFER_API (\w+)", text, flags=re.MULTILINE))
    assert classes == {"Claim", "Error", "Frame", "Reader", "Writer"}
    exported = {name for name, version in exports if version == CXX_NODE}
    missing = {name for name in classes if not any(symbol.startswith(f"zerobuffer::{name}::") for symbol in exported)}
    for function in declared_functions(text):
        pattern = re.compile(rf"zerobuffer::(detail::)?{function}\b")
        if not any(pattern.match(symbol) for symbol in exported):
            missing.add(function)
    assert missing == set()


def test_exception_type_is_exported_so_that_it_can_be_caught(exports):
    assert ("typeinfo for zerobuffer::Error", CXX_NODE) in exports
    assert ("vtable for zerobuffer::Error", CXX_NODE) in exports


def test_needs_only_the_language_runtime(run, library):
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", library))
    runtime = re.compile(r"(libstdc\+\+|libgcc_s|libc|libm|ld-linux[\w-]*)\.so")
    assert [name for name in needed if not runtime.match(name)] == []
