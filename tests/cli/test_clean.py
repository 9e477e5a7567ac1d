# SPDX-License-Identifier: MIT
"""`clean` removes what no live process holds, and only that. All of it in a shared-memory folder of its own."""
import pytest


def names(world):
    return [buffer["name"] for buffer in world.answer("ls")["buffers"]]


def test_empty_machine_has_nothing_to_list_or_clean(private_world):
    assert private_world.answer("ls") == {"schema": 1, "buffers": []}
    assert private_world.zerobuffer("ls").err == "zerobuffer: no buffers\n"
    assert private_world.answer("clean") == {"schema": 1, "dry_run": False, "names": []}


@pytest.mark.parametrize("layout", ["v1", "v2"])
def test_clean_removes_the_dead_and_keeps_the_living(private_world, layout):
    private_world.leave_behind("dead", layout=layout)
    with private_world.buffer("alive", layout=layout):
        assert private_world.answer("clean")["names"] == ["dead"]
        assert names(private_world) == ["alive"]


def test_dry_run_names_the_dead_and_removes_nothing(private_world):
    private_world.leave_behind("dead")
    assert private_world.answer("clean", "--dry-run") == {"schema": 1, "dry_run": True, "names": ["dead"]}
    assert names(private_world) == ["dead"]


def test_clean_as_text_prints_names_and_counts_them_apart(private_world):
    private_world.leave_behind("b")
    private_world.leave_behind("a")
    assert private_world.zerobuffer("clean", "--dry-run") == (0, "a\nb\n", "zerobuffer: would remove 2\n")
    assert private_world.zerobuffer("clean") == (0, "a\nb\n", "zerobuffer: removed 2\n")
