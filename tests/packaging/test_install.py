# SPDX-License-Identifier: MIT
"""What `cmake --install` gives is complete, may be moved, and serves CMake and pkg-config users in C and C++."""
import os
import pathlib

import pytest

HERE = pathlib.Path(__file__).parent


def one(prefix, pattern):
    found = list(prefix.glob(pattern))
    assert len(found) == 1, f"{pattern}: {found}"
    return found[0]


def build(run, project, folder, *definitions):
    run("cmake", "-G", "Ninja", "-S", HERE / project, "-B", folder, "-DCMAKE_BUILD_TYPE=Debug", *definitions)
    run("cmake", "--build", folder)


@pytest.mark.parametrize(
    "pattern",
    [
        "bin/zerobuffer",
        "**/libzerobuffer.a",
        "**/libzerobuffer.so",
        "**/libzerobuffer.so.2",
        "**/libzerobuffer.so.2.*.*",
        "**/cmake/zerobuffer/zerobuffer-config.cmake",
        "**/cmake/zerobuffer/zerobuffer-config-version.cmake",
        "**/pkgconfig/zerobuffer.pc",
    ],
)
def test_installs(prefix, pattern):
    one(prefix, pattern)


def test_installs_every_public_header(prefix, source_dir):
    public = source_dir / "libzerobuffer/include"
    expected = {path.relative_to(public) for path in public.rglob("*.h*")}
    installed = {path.relative_to(prefix / "include") for path in (prefix / "include").rglob("*.h*")}
    assert installed == expected


def test_library_names_itself_by_its_major_version(prefix, run):
    dynamic = run("readelf", "-d", one(prefix, "**/libzerobuffer.so"))
    assert "Library soname: [libzerobuffer.so.2]" in dynamic


def test_moved_command_finds_its_library(prefix, run):
    version = run("pkg-config", "--modversion", one(prefix, "**/zerobuffer.pc")).strip()
    assert run(prefix / "bin/zerobuffer", "--version") == f"zerobuffer {version}\n"


@pytest.mark.parametrize("language, library", [("C", "zerobuffer"), ("CXX", "zerobuffer"), ("CXX", "static")])
def test_find_package_serves(prefix, run, tmp_path, language, library):
    wanted = [f"-DLANGUAGE={language}", f"-DLIBRARY=zerobuffer::{library}"]
    build(run, "installed", tmp_path, f"-DCMAKE_PREFIX_PATH={prefix}", *wanted)
    run(tmp_path / "round_trip")


@pytest.mark.parametrize("compiler, standard, suffix", [("CC", "-std=c11", ".c"), ("CXX", "-std=c++20", ".cpp")])
def test_pkg_config_serves(prefix, run, tmp_path, compiler, standard, suffix):
    program = (HERE / "round_trip").with_suffix(suffix)
    flags = run("pkg-config", "--cflags", "--libs", one(prefix, "**/zerobuffer.pc")).split()
    rpath = f"-Wl,-rpath,{one(prefix, '**/libzerobuffer.so').parent}"
    command = [os.environ[compiler], standard, "-D_POSIX_C_SOURCE=200809L", program, *flags, rpath]
    run(*command, "-o", tmp_path / "round_trip")
    run(tmp_path / "round_trip")


def test_add_subdirectory_serves_and_installs_nothing(run, tmp_path, source_dir):
    build(run, "subdirectory", tmp_path / "build", f"-DSOURCES={source_dir}")
    run(tmp_path / "build/round_trip_c")
    run(tmp_path / "build/round_trip_cpp")
    run("cmake", "--install", tmp_path / "build", "--prefix", tmp_path / "installed")
    assert not (tmp_path / "installed").exists()
