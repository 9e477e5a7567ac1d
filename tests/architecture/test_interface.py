# SPDX-License-Identifier: MIT
"""zerobuffer.h is written down again in three places. All of them say the same."""
import pytest

from declarations import CHeader, CythonDeclarations, cpp_enum, exported_by_version_script
from repository import PUBLIC, ROOT

HEADER = CHeader((PUBLIC / "zerobuffer.h").read_text())
CYTHON = CythonDeclarations((ROOT / "bindings/python/src/zerobuffer/_abi.pxd").read_text())
CPP_ENUMS = {
    "zb_status": ("status.hpp", "Status", "ZB_"),
    "zb_layout": ("options.hpp", "Layout", "ZB_LAYOUT_"),
    "zb_wait_mode": ("options.hpp", "WaitMode", "ZB_WAIT_"),
    "zb_prefault": ("options.hpp", "Prefault", "ZB_PREFAULT_"),
    "zb_copy": ("options.hpp", "Copy", "ZB_COPY_"),
    "zb_item_kind": ("array.hpp", "ItemKind", "ZB_ITEM_KIND_"),
    "zb_array_order": ("array.hpp", "ArrayOrder", "ZB_ARRAY_ORDER_"),
    "zb_peer_state": ("snapshot.hpp", "PeerState", "ZB_PEER_STATE_"),
}


def test_header_is_understood():
    assert HEADER.functions["zb_reader_acquire"] == ("zb_status", ["zb_reader *", "int64_t", "zb_frame *"])
    assert HEADER.structs["zb_claim"][0] == ("void *", "data")
    assert HEADER.enums["zb_status"][0] == ("ZB_OK", 0)
    assert HEADER.opaque == {"zb_reader", "zb_writer"}


def test_version_script_exports_each_function_once():
    exported = exported_by_version_script((ROOT / "libzerobuffer/zerobuffer.map").read_text())
    assert sorted(exported) == sorted(HEADER.functions)


def test_cython_declares_the_same_functions():
    assert CYTHON.functions == HEADER.functions


def test_cython_declares_the_same_types():
    assert CYTHON.opaque == HEADER.opaque
    assert CYTHON.structs.keys() == HEADER.structs.keys()
    assert CYTHON.enums.keys() == HEADER.enums.keys()


@pytest.mark.parametrize("name", HEADER.structs)
def test_cython_declares_the_same_fields_in_order(name):
    assert CYTHON.structs[name] == HEADER.structs[name]


@pytest.mark.parametrize("name", HEADER.enums)
def test_cython_declares_the_same_enumerators(name):
    values = dict(HEADER.enums[name])
    assert [enumerator for enumerator, _ in CYTHON.enums[name]] == list(values)
    # Cython takes the value from the header where the declaration leaves it out.
    assert [pair for pair in CYTHON.enums[name] if pair[1] not in {None, values[pair[0]]}] == []


def test_every_c_enum_has_its_cpp_twin():
    assert CPP_ENUMS.keys() == HEADER.enums.keys()


@pytest.mark.parametrize("name", HEADER.enums)
def test_cpp_enum_has_the_same_numbers(name):
    header, cpp_name, prefix = CPP_ENUMS[name]
    numbers = {value for _, value in HEADER.enums[name]}
    twin = cpp_enum((PUBLIC / header).read_text(), cpp_name)
    assert {value for _, value in twin} == numbers
    # ZB_*_AUTO and `automatic`: the one word that C++ spells out, `auto` being a keyword.
    spelled = {(prefix + enumerator.upper().replace("AUTOMATIC", "AUTO"), value) for enumerator, value in twin}
    assert spelled == set(HEADER.enums[name])
