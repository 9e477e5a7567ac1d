# SPDX-License-Identifier: MIT
"""The project's own files: what git knows or would add, or, without git, all that is no build product."""
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"])
ENGINE = ROOT / "libzerobuffer/src"
PUBLIC = ROOT / "libzerobuffer/include/zerobuffer"


def _known_to_git():
    # The checkout may belong to another user than the one who tests.
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT)]
    command = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listing.split("\0") if name]


def _found():
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [name for name in subfolders if name == ".ci" or not re.match(r"\.|build$|__pycache__$", name)]
        yield from (pathlib.Path(folder) / name for name in names)


def files():
    paths = _known_to_git() if (ROOT / ".git").exists() and shutil.which("git") else _found()
    return sorted(path for path in paths if path.is_file())


def offenders(paths, rule):
    """One line for each thing that `rule` finds in one of the files."""
    return [f"{path.relative_to(ROOT)}: {thing}" for path in paths for thing in rule(path)]
