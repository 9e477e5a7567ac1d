# SPDX-License-Identifier: MIT
"""The two archives of a Python package: the wheel, and the source distribution. What is in them, and what they say."""

import base64
import gzip
import hashlib
import io
import pathlib
import re
import tarfile
import zipfile

# The same place in the repository and in an unpacked source distribution.
ROOT = pathlib.Path(__file__).resolve().parents[3]
VERSION = re.search(r"project\(zerobuffer VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
NAME = f"zerobuffer-{VERSION}"
DIST_INFO = f"{NAME}.dist-info"

METADATA = f"""\
Metadata-Version: 2.1
Name: zerobuffer
Version: {VERSION}
Summary: Frames between processes through shared memory, without a copy
License: MIT
Requires-Python: >=3.9
Classifier: License :: OSI Approved :: MIT License
Classifier: Operating System :: POSIX :: Linux
Classifier: Programming Language :: C++
Classifier: Programming Language :: Cython
Classifier: Programming Language :: Python :: 3
Classifier: Topic :: System :: Distributed Computing
Classifier: Typing :: Typed
Description-Content-Type: text/markdown

Frames of any size travel from one process to another through a named shared-memory ring: without a copy, without a
daemon, and without a system call while both sides are awake. See `docs/api/python.md` in the source distribution.
"""

# What builds the package, and what tells about it. Everything else stays in the repository.
SDIST_FILES = ("CMakeLists.txt", "LICENSE", "docs/api/python.md")
SDIST_FOLDERS = ("cmake", "libzerobuffer", "bindings/python")
NOT_SOURCES = {"__pycache__", "build", "dist"}


def digest(content):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def write_wheel(folder, tag, files):
    """Writes name -> bytes and what a wheel says about itself. Returns the name of the archive."""
    about = {
        "METADATA": METADATA.encode(),
        "WHEEL": f"Wheel-Version: 1.0\nGenerator: zerobuffer {VERSION}\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(),
        "LICENSE": (ROOT / "LICENSE").read_bytes(),
    }
    files = {**files, **{f"{DIST_INFO}/{name}": content for name, content in about.items()}}
    record = [f"{name},{digest(content)},{len(content)}" for name, content in files.items()]
    record_name = f"{DIST_INFO}/RECORD"
    files[record_name] = "\n".join([*record, f"{record_name},,", ""]).encode()
    archive_name = f"{NAME}-{tag}.whl"
    with zipfile.ZipFile(pathlib.Path(folder, archive_name), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.external_attr = (0o100755 if name.endswith(".so") else 0o100644) << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return archive_name


def sources():
    """Everything that a source distribution holds, as name below its folder -> bytes."""
    for name in SDIST_FILES:
        yield name, (ROOT / name).read_bytes()
    for folder in SDIST_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT)
            if path.is_file() and not NOT_SOURCES.intersection(name.parts) and not path.name.endswith(".egg-info"):
                yield name.as_posix(), path.read_bytes()


def write_sdist(folder):
    """Writes the part of the repository that builds the package. Returns the name of the archive."""
    # Frontends look for the project at the top, where the backend is further down.
    project = (ROOT / "bindings/python/pyproject.toml").read_text(encoding="utf-8")
    project = project.replace('backend-path = ["backend"]', 'backend-path = ["bindings/python/backend"]')
    top = {"PKG-INFO": METADATA.encode(), "pyproject.toml": project.encode()}
    archive_name = f"{NAME}.tar.gz"
    # No time of day in the archive: the same sources give the same bytes.
    with gzip.GzipFile(pathlib.Path(folder, archive_name), "wb", mtime=0) as packed, tarfile.open(
        fileobj=packed, mode="w", format=tarfile.PAX_FORMAT
    ) as archive:
        for name, content in {**dict(sources()), **top}.items():
            member = tarfile.TarInfo(f"{NAME}/{name}")
            member.size = len(content)
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(content))
    return archive_name
