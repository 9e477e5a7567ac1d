# SPDX-License-Identifier: MIT
"""The package installs with plain pip into a clean environment, without an index, from the source distribution."""
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile

import pytest

SOURCE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"])
PROJECT = SOURCE / "bindings/python"
USE = """
import zerobuffer
with zerobuffer.Reader("{name}") as reader, zerobuffer.Writer("{name}") as writer:
    writer.write(b"installed")
    print(bytes(reader.acquire()).decode(), zerobuffer.__version__, zerobuffer.__file__)
"""
# The binding as it is, not as fast as it can be; no index; nothing of the environment that runs the tests.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP", "LD_PRELOAD"))},
    "CMAKE_ARGS": "-DCMAKE_CXX_FLAGS_RELEASE=-O0",
    "CMAKE_BUILD_PARALLEL_LEVEL": os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", "2"),
    "PIP_NO_INDEX": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], env=ENVIRONMENT, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def hook(call, folder):
    """Calls the backend as a frontend does: in a fresh interpreter, in the folder of the project."""
    code = f"import sys; sys.path.insert(0, 'backend'); import zerobuffer_build; print(zerobuffer_build.{call})"
    return run(sys.executable, "-c", code, cwd=folder).strip()


@pytest.fixture(scope="module")
def source_distribution(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sdist")
    archive = folder / hook(f"build_sdist({str(folder)!r})", PROJECT)
    with tarfile.open(archive) as packed:
        packed.extractall(folder)
    yield folder / archive.name[: -len(".tar.gz")]
    shutil.rmtree(folder)


@pytest.fixture
def environment(tmp_path):
    """A clean virtual environment; its Python. Removed at the end: it is large."""
    folder = tmp_path / "venv"
    venv.create(folder, with_pip=True)
    yield folder / "bin/python"
    shutil.rmtree(folder)


def test_wheel_installs_from_the_source_distribution(source_distribution, environment, name):
    run(environment, "-m", "pip", "install", source_distribution)
    word, version, place = run(environment, "-c", USE.format(name=name), cwd="/").split()
    assert (word, version) == ("installed", source_distribution.name.rpartition("-")[2])
    assert pathlib.Path(place).is_relative_to(environment.parents[1])
    folder = pathlib.Path(place).parent
    assert {"__init__.py", "_core.pyi", "errors.py", "py.typed", "queues.py", "snapshot.py"} < set(os.listdir(folder))
    run(environment, "-m", "pip", "check")
    run(environment, "-m", "pip", "uninstall", "--yes", "zerobuffer")
    assert not folder.exists()


def test_editable_installation_follows_the_sources(source_distribution, environment, name):
    run(environment, "-m", "pip", "install", "--editable", source_distribution)
    assert run(environment, "-c", USE.format(name=name), cwd="/").startswith("installed ")
    module = source_distribution / "bindings/python/src/zerobuffer/snapshot.py"
    module.write_text(module.read_text() + "\nEDITED = True\n")
    assert run(environment, "-c", "import zerobuffer.snapshot; print(zerobuffer.snapshot.EDITED)", cwd="/") == "True\n"


def test_source_distribution_has_no_build_products(source_distribution):
    with tarfile.open(f"{source_distribution}.tar.gz") as packed:
        files = {member.name.partition("/")[2] for member in packed.getmembers()}
    assert {"PKG-INFO", "pyproject.toml", "CMakeLists.txt", "LICENSE", "libzerobuffer/include/zerobuffer/zerobuffer.h",
            "bindings/python/src/zerobuffer/_core.pyx"} <= files  # fmt: skip
    assert [name for name in files if name.endswith((".so", ".o", ".pyc")) or "__pycache__" in name] == []


def test_source_distribution_is_the_same_each_time(tmp_path):
    archives = []
    for attempt in ("first", "second"):
        (tmp_path / attempt).mkdir()
        archives.append(tmp_path / attempt / hook(f"build_sdist({str(tmp_path / attempt)!r})", PROJECT))
    assert archives[0].read_bytes() == archives[1].read_bytes()


def test_metadata_without_a_build(tmp_path):
    folder = tmp_path / hook(f"prepare_metadata_for_build_wheel({str(tmp_path)!r})", PROJECT)
    metadata = (folder / "METADATA").read_text()
    assert metadata.startswith("Metadata-Version: 2.1\nName: zerobuffer\nVersion: ")
    assert "Requires-Python: >=3.9" in metadata and "Requires-Dist" not in metadata


def test_nothing_is_asked_of_an_index_where_the_tools_are_installed():
    assert hook("get_requires_for_build_wheel()", PROJECT) == "[]"
    assert hook("get_requires_for_build_sdist()", PROJECT) == "[]"


def test_record_of_a_wheel_names_every_file(tmp_path):
    code = f"write_wheel({str(tmp_path)!r}, 'py3-none-any', dict([('zerobuffer/x.py', b'x')]))"
    archive = tmp_path / hook(f"{code}", PROJECT)
    with zipfile.ZipFile(archive) as wheel:
        assert wheel.testzip() is None
        record = next(name for name in wheel.namelist() if name.endswith("RECORD"))
        recorded = [line.split(",")[0] for line in wheel.read(record).decode().splitlines()]
        assert sorted(recorded) == sorted(wheel.namelist())
