# SPDX-License-Identifier: MIT
"""Includes point down only, and the operating system shows in `platform` alone. Each case lists all offenders."""
import re

from repository import ENGINE, ROOT, offenders

BELOW = {
    "platform": set(),
    "wire": set(),
    "ring": {"wire"},
    "endpoint": {"ring", "wire", "platform"},
    "channel": {"endpoint", "ring", "wire", "platform"},
    "c_api": {"channel", "endpoint", "ring", "wire", "platform"},
}
SOURCES = sorted(ENGINE.rglob("*.?pp"))
TOOLS = sorted((ROOT / "libzerobuffer/tools").glob("*.?pp"))
STANDARD_OR_PUBLIC = re.compile(r"[a-z_]+|zerobuffer/\w+\.(h|hpp)")
# Vector intrinsics belong to the processor; they need no system.
PROCESSOR = {"emmintrin.h", "immintrin.h", "xmmintrin.h", "x86intrin.h", "arm_neon.h"}


def includes(path, brackets):
    return re.findall(rf"^\s*#\s*include\s*[{brackets}]([^>\"]+)[>\"]", path.read_text(), flags=re.MULTILINE)


def layer_of(path):
    return path.relative_to(ENGINE).parts[0]


def outside(layer):
    return [path for path in SOURCES if layer_of(path) != layer]


def test_engine_has_sources_in_known_layers_only():
    assert {layer_of(path) for path in SOURCES} <= BELOW.keys()
    assert {"platform", "wire", "ring", "endpoint", "c_api"} <= {layer_of(path) for path in SOURCES}


def test_own_layer_and_lower_ones_are_all_that_is_included():
    def upward(path):
        reachable = BELOW[layer_of(path)] | {layer_of(path)}
        return [name for name in includes(path, '"') if name.split("/")[0] not in reachable]

    assert offenders(SOURCES, upward) == []


def test_includes_are_written_from_the_source_folder():
    def relative(path):
        return [name for name in includes(path, '"') if not (ENGINE / name).is_file()]

    assert offenders(SOURCES, relative) == []


def test_only_platform_sees_the_system_and_boost():
    def foreign(path):
        names = includes(path, "<")
        return [name for name in names if not STANDARD_OR_PUBLIC.fullmatch(name) and name not in PROCESSOR]

    assert offenders(outside("platform"), foreign) == []


def test_only_c_api_knows_the_c_header():
    def c_header(path):
        return [name for name in includes(path, "<") if name == "zerobuffer/zerobuffer.h"]

    assert offenders(outside("c_api"), c_header) == []


def test_only_wire_tells_layouts_apart_by_number():
    def by_number(path):
        return re.findall(r"\bversion\w*\s*[!=]=\s*\d", path.read_text())

    assert offenders(outside("wire"), by_number) == []


def test_tools_use_the_public_interface_only():
    beside = {path.name for path in TOOLS}

    def private(path):
        return [name for name in includes(path, '"') if name not in beside]

    assert TOOLS != []
    assert offenders(TOOLS, private) == []
