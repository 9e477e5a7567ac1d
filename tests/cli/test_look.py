# SPDX-License-Identifier: MIT
"""`ls` and `info`: what they say about live, broken and missing buffers."""
import os
import stat
import struct
import uuid

import pytest

CONTENT_KEYS = {"layout", "capacity", "max_frame", "used", "unread", "metadata", "writer", "reader"}


def listed(world, name):
    matching = [buffer for buffer in world.answer("ls")["buffers"] if buffer["name"] == name]
    return matching[0] if matching else None


@pytest.mark.parametrize("layout", ["v1", "v2"])
def test_info_describes_a_live_buffer(world, name, layout):
    with world.buffer(name, layout=layout, capacity=1 << 20, frames=3, metadata='{"fps": 25}') as holder:
        answer = world.answer("info", name)
    assert answer["schema"] == 1
    buffer = answer["buffer"]
    assert buffer["name"] == name
    assert (buffer["status"], buffer["problem"]) == ("ok", "")
    assert (buffer["layout"], buffer["capacity"], buffer["mode"]) == (layout, 1 << 20, "0600")
    assert buffer["unread"] == 2
    assert 0 < buffer["used"] < buffer["capacity"]
    assert buffer["metadata"] == {"text": '{"fps": 25}', "hex": b'{"fps": 25}'.hex()}
    for side in ("writer", "reader"):
        assert (buffer[side]["state"], buffer[side]["pid"]) == ("attached", holder.pid)


def test_info_as_text_names_every_part(world, name):
    with world.buffer(name, frames=1, metadata="colour"):
        result = world.zerobuffer("info", name)
    assert (result.code, result.err) == (0, "")
    fields = {line[:16].strip(): line[16:] for line in result.out.splitlines()}
    assert fields["name"] == name
    assert fields["layout"] == "v2"
    assert fields["capacity"] == "1048576 (1 MiB)"
    assert fields["unread frames"] == "0"
    assert fields["metadata"] == "6 bytes: colour"
    assert {"writer", "reader"} <= fields.keys()


def test_info_shows_metadata_without_its_control_characters(world, name):
    with world.buffer(name, metadata="a\x1b[2Jb"):
        assert "7 bytes" not in world.zerobuffer("info", name).out
        assert r"a\x1b[2Jb" in world.zerobuffer("info", name).out
        assert world.answer("info", name)["buffer"]["metadata"]["text"] == "a\x1b[2Jb"


def test_info_keeps_metadata_that_is_no_text(world, name):
    with world.buffer(name, metadata=os.fsdecode(b"\xff\xfe")):
        metadata = world.answer("info", name)["buffer"]["metadata"]
    assert metadata == {"text": None, "hex": "fffe"}


def test_info_tells_the_dead_from_the_living(world, name):
    try:
        world.leave_behind(name)
        buffer = world.answer("info", name)["buffer"]
        assert (buffer["writer"]["state"], buffer["reader"]["state"]) == ("died", "died")
    finally:
        os.unlink(f"/dev/shm/{name}")


def test_looking_leaves_the_buffer_as_it_is(world, name):
    with world.buffer(name, frames=2):
        before = open(f"/dev/shm/{name}", "rb").read()
        world.answer("info", name)
        world.answer("ls")
        assert open(f"/dev/shm/{name}", "rb").read() == before


def test_ls_lists_live_buffers_of_both_layouts_by_name(world):
    common = f"cli-{uuid.uuid4().hex}"
    with world.buffer(common + "-b", layout="v1"), world.buffer(common + "-a", layout="v2"):
        answer = world.answer("ls")
    assert answer["schema"] == 1
    ours = [(buffer["name"], buffer["layout"]) for buffer in answer["buffers"] if buffer["name"].startswith(common)]
    assert ours == [(common + "-a", "v2"), (common + "-b", "v1")]


def test_ls_as_text_has_one_row_for_a_buffer(world, name):
    with world.buffer(name, frames=3) as holder:
        lines = world.zerobuffer("ls").out.splitlines()
    assert lines[0].split() == ["NAME", "LAYOUT", "SIZE", "USED", "UNREAD", "WRITER", "READER", "STATUS"]
    rows = [line.split() for line in lines if line.startswith(name)]
    pid = str(holder.pid)
    assert rows == [[name, "v2", "1", "MiB", rows[0][4], "2", "pid", pid, "pid", pid, "ok"]]


def test_ls_does_not_list_what_is_gone(world, name):
    with world.buffer(name):
        assert listed(world, name) is not None
    assert listed(world, name) is None


def test_ls_shows_a_broken_buffer_with_its_problem(world, segment):
    name = segment(struct.pack("<I4B", 8192, 2, 0, 0, 0).ljust(4096, b"\0"))
    buffer = listed(world, name)
    assert buffer["status"] == "corrupt"
    assert buffer["problem"] != ""
    assert buffer["file_size"] == 4096
    assert not CONTENT_KEYS & buffer.keys()


def test_info_of_a_corrupt_buffer_exits_7(world, segment):
    result = world.zerobuffer("info", segment(struct.pack("<I4B", 8192, 2, 0, 0, 0).ljust(4096, b"\0")))
    assert (result.code, result.out) == (7, "")


def test_info_of_a_buffer_of_another_version_exits_7(world, segment):
    result = world.zerobuffer("info", segment(struct.pack("<I4B", 8192, 9, 0, 0, 0).ljust(1 << 20, b"\0")))
    assert (result.code, result.out) == (7, "")


def test_info_of_a_missing_buffer_exits_3_and_names_it(world, name):
    result = world.zerobuffer("info", name)
    assert (result.code, result.out) == (3, "")
    assert name in result.err


@pytest.mark.parametrize("bad_name", ["", "a/b", "..", pytest.param("x" * 300, id="long")])
def test_info_of_an_impossible_name_exits_2(world, bad_name):
    assert world.zerobuffer("info", bad_name).code == 2


def test_info_of_a_forbidden_buffer_exits_4(world, segment):
    if os.geteuid() == 0:
        # Root reads everything unless it gives that power up.
        world.enter = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    result = world.zerobuffer("info", segment(bytes(4096), mode=0))
    assert (result.code, result.out) == (4, "")


def test_new_buffer_belongs_to_its_user_alone(world, name):
    with world.buffer(name):
        assert stat.S_IMODE(os.stat(f"/dev/shm/{name}").st_mode) == 0o600
