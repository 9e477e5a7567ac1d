# SPDX-License-Identifier: MIT
"""What the C# binding declares of zerobuffer.h is what the header says."""
import re

import pytest
from csharp_declarations import CSharpDeclarations, csharp_type, enumerator
from declarations import CHeader
from repository import PUBLIC, ROOT

SOURCES = ROOT / "bindings/csharp-interop/src/ZeroBuffer"
TEXT = (PUBLIC / "zerobuffer.h").read_text()
HEADER = CHeader(TEXT)
CSHARP = CSharpDeclarations("\n".join(path.read_text() for path in sorted(SOURCES.rglob("*.cs"))))
ENUMS = {
    "zb_status": ("Status", "ZB_"),
    "zb_layout": ("Layout", "ZB_LAYOUT_"),
    "zb_wait_mode": ("WaitMode", "ZB_WAIT_"),
    "zb_prefault": ("Prefault", "ZB_PREFAULT_"),
    "zb_copy": ("CopyMode", "ZB_COPY_"),
    "zb_item_kind": ("ItemKind", "ZB_ITEM_KIND_"),
    "zb_array_order": ("ArrayOrder", "ZB_ARRAY_ORDER_"),
    "zb_peer_state": ("PeerState", "ZB_PEER_STATE_"),
}
# Calls that never wait: they return at once, or their timeout is 0.
NEVER_WAIT = {"zb_reader_acquire_now", "zb_reader_release", "zb_writer_claim_now", "zb_writer_commit",
              "zb_writer_write_now"}


def test_declares_the_same_functions():
    expected = {
        name: (csharp_type(result), [csharp_type(parameter) for parameter in parameters])
        for name, (result, parameters) in HEADER.functions.items()
    }
    assert CSHARP.functions == expected


def test_aliases_are_what_they_stand_for():
    assert CSHARP.aliases
    for entry, result, parameters in CSHARP.aliases.values():
        assert CSHARP.functions[entry] == (result, parameters)


def test_only_calls_that_never_wait_hold_up_the_collector():
    assert CSHARP.without_transition == NEVER_WAIT


# A timeout of 0 is written where the call is.
def test_calls_that_hold_up_the_collector_pass_no_timeout():
    text = "\n".join(path.read_text() for path in SOURCES.glob("*.cs"))
    calls = re.findall(r"Native\.(zb_\w+_now)\((.*?)\)[;:\n ]", text)
    assert {name for name, _ in calls} == {name for name in NEVER_WAIT if name.endswith("_now")}
    assert all(", 0, " in arguments for _, arguments in calls)


def test_declares_the_same_structs():
    assert CSHARP.structs.keys() == HEADER.structs.keys()


@pytest.mark.parametrize("name", HEADER.structs)
def test_declares_the_same_fields_in_order(name):
    assert CSHARP.structs[name] == [(csharp_type(kind), field) for kind, field in HEADER.structs[name]]


def test_every_c_enum_has_its_twin():
    assert ENUMS.keys() == HEADER.enums.keys()


@pytest.mark.parametrize("name", HEADER.enums)
def test_enum_has_the_same_numbers(name):
    twin, prefix = ENUMS[name]
    assert CSHARP.enums[twin] == [(enumerator(word.removeprefix(prefix)), value) for word, value in HEADER.enums[name]]


def test_constants_are_those_of_the_header():
    defined = dict(re.findall(r"#define (ZB_\w+) (?:INT64_C\()?(-?\d+)", TEXT))
    assert CSHARP.constants == defined


def test_sizes_are_checked_for_every_struct():
    assert CSHARP.sizes.keys() == HEADER.structs.keys()
