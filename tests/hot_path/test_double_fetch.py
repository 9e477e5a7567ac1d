# SPDX-License-Identifier: MIT
"""Each shared word is loaded once per decision, in the code that the compiler has made: a value that is checked and
loaded again may be another one. The same reading finds the second load in copies that have one."""
import json
import os
import pathlib
import shlex
import subprocess

import pytest

import machine_code

SOURCE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"]) / "libzerobuffer/src"
COMMANDS = pathlib.Path(os.environ["ZEROBUFFER_BUILD_DIR"]) / "compile_commands.json"

# By offset, as docs/format.md has them. In v2 a frame's size is at 0 and its sequence at 8.
EXPECTED = {
    "v2_take": {"payload+8", "payload+0"},
    "v2_ready": {"payload+8"},
    "v2_claim": {"control+256"},
    "v2_has_room": {"control+256"},
    "v2_refresh": {"control+256"},
    "v2_commit": set(),
    "v2_release": set(),
    # Write position, free bytes, the count of frames written, and the frame's header.
    "v1_take": {"control+48", "control+40", "control+64", "payload+0", "payload+8"},
    "v1_ready": {"control+48", "control+40", "control+64"},
    "v1_claim": {"control+40"},
    "v1_has_room": {"control+40"},
    "v1_refresh": {"control+40"},
    "v1_commit": set(),
    "v1_release": set(),
}

# File, what to replace by what, and the call that then loads a word twice.
DOUBLE_FETCHES = {
    "size_of_a_frame": ("ring/consumer_v2.hpp", "taken.size = size;",
                        "taken.size = wire::load_relaxed(header()->payload_size);", "v2_take", "payload+0"),
    "sequence_of_a_frame": ("ring/consumer_v2.hpp", "position_ + total, found};",
                            "position_ + total, wire::load_acquire(header()->sequence)};", "v2_take", "payload+8"),
    "position_of_the_reader": ("ring/producer_v2.hpp", "wire::store_relaxed(consumer_, seen);",
                               "wire::store_relaxed(consumer_, wire::load_acquire(control_->consumer.position));",
                               "v2_refresh", "control+256"),
    "header_of_a_v1_frame": ("ring/consumer_v1.hpp", "taken.size = header.size;",
                             "taken.size = load_header(payload_ + offset_).size;", "v1_take", "payload+0"),
    "position_of_a_v1_writer": ("ring/consumer_v1.hpp", "const std::uint64_t to = written == capacity_ ? 0 : written;",
                                "const std::uint64_t to = wire::load_acquire(control_->payload_write_pos);",
                                "v1_ready", "control+48"),
    "free_bytes_of_v1": ("ring/producer_v1.hpp", "free_ = seen;",
                         "free_ = wire::load_acquire(control_->payload_free_bytes);", "v1_claim", "control+40"),
}


def compile_calls(folder, *first_on_the_path):
    """The object of hot_calls.cpp, compiled as the build does it, with other folders of headers first."""
    entry = next(entry for entry in json.loads(COMMANDS.read_text()) if entry["file"].endswith("hot_calls.cpp"))
    command = shlex.split(entry["command"])
    made = folder / "hot_calls.o"
    command[command.index("-o") + 1] = str(made)
    for path in first_on_the_path:
        command.insert(command.index("-o"), f"-I{path}")
        command = [word for word in command if word != f"-I{SOURCE}"] + [f"-I{SOURCE}"]
    subprocess.run(command, cwd=entry["directory"], check=True)
    return machine_code.loads(made)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    return compile_calls(tmp_path_factory.mktemp("calls"))


@pytest.mark.parametrize("call", EXPECTED)
def test_call_loads_each_shared_word_once(compiled, call):
    assert compiled[call] == {word: 1 for word in EXPECTED[call]}


@pytest.mark.parametrize("which", DOUBLE_FETCHES)
def test_second_load_is_found(tmp_path, which):
    name, once, twice, call, word = DOUBLE_FETCHES[which]
    header = (SOURCE / name).read_text()
    assert header.count(once) == 1
    changed = tmp_path / "ring" / pathlib.Path(name).name
    changed.parent.mkdir()
    changed.write_text(header.replace(once, twice))
    assert compile_calls(tmp_path, tmp_path)[call][word] == 2
