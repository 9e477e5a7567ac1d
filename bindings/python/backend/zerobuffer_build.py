# SPDX-License-Identifier: MIT
"""PEP 517 and PEP 660 backend: CMake builds, this packs. Standard library only, so that a build needs no index.

CMAKE_ARGS in the environment is passed on; CMAKE_GENERATOR and CMAKE_BUILD_PARALLEL_LEVEL are CMake's own.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile

from zerobuffer_archive import DIST_INFO, METADATA, ROOT, write_sdist, write_wheel

# Cython 0.29 writes C++ that Python 3.12 and later do not compile.
OLDEST_CYTHON = (3, 0) if sys.version_info >= (3, 12) else (0, 29)
PYTHON_TAG = f"cp{sys.version_info.major}{sys.version_info.minor}"
PLATFORM_TAG = re.sub(r"[^a-zA-Z0-9]", "_", sysconfig.get_platform())
WHEEL_TAG = f"{PYTHON_TAG}-{PYTHON_TAG}-{PLATFORM_TAG}"


def installed_cython():
    """Version of the Cython that the system has, (0, 0) for none."""
    program = shutil.which("cython3") or shutil.which("cython")
    if program is None:
        return 0, 0
    # pip's isolation is for the modules of this interpreter, not for a program with its own.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    answer = subprocess.run([program, "--version"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    version = re.search(rb"Cython version (\d+)\.(\d+)", answer.stdout)
    return (int(version[1]), int(version[2])) if version else (0, 0)


def get_requires_for_build_wheel(config_settings=None):
    """What is not installed already: then, and only then, pip asks an index."""
    needed = []
    if shutil.which("cmake") is None:
        needed.append("cmake>=3.25")
    if installed_cython() < OLDEST_CYTHON:
        needed.append("cython>={}.{}".format(*OLDEST_CYTHON))
    return needed


def get_requires_for_build_sdist(config_settings=None):
    return []


get_requires_for_build_editable = get_requires_for_build_wheel


def cmake(*arguments):
    subprocess.run(["cmake", *map(str, arguments)], check=True, stdout=sys.stderr)


def build(folder):
    """Configures and builds the package, and no more, in `folder`."""
    generator = []
    if "CMAKE_GENERATOR" not in os.environ and shutil.which("ninja"):
        # CMake takes make for granted, which may be missing where Ninja is not.
        generator = ["-G", "Ninja"]
    off = [f"-DZEROBUFFER_{part}=OFF" for part in ("CSHARP", "TESTS", "TOOLS", "EXAMPLES", "PERF")]
    cmake(
        "-S", ROOT, "-B", folder, *generator, "-DCMAKE_BUILD_TYPE=Release", f"-DPython_EXECUTABLE={sys.executable}",
        *off, *shlex.split(os.environ.get("CMAKE_ARGS", "")),
    )
    cmake("--build", folder, "--config", "Release", "--target", "zerobuffer_python")


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = pathlib.Path(metadata_directory, DIST_INFO)
    folder.mkdir()
    (folder / "METADATA").write_text(METADATA, encoding="utf-8")
    return DIST_INFO


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with tempfile.TemporaryDirectory() as scratch:
        build(f"{scratch}/build")
        site = pathlib.Path(scratch, "build/site")
        # The links of the build tree become the files that they name.
        files = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
        return write_wheel(wheel_directory, WHEEL_TAG, files)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """The wheel names a build tree, whose site links to the sources. A change of the C++ or Cython part is built again
    by the next `pip install --editable`."""
    folder = ROOT / "build" / f"python-{PYTHON_TAG}"
    build(folder)
    return write_wheel(wheel_directory, WHEEL_TAG, {"zerobuffer.pth": f"{folder / 'site'}\n".encode()})


def build_sdist(sdist_directory, config_settings=None):
    return write_sdist(sdist_directory)
