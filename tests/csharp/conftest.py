# SPDX-License-Identifier: MIT
"""dotnet, what it built, and shared memory that every test leaves as it was."""
import os
import pathlib
import re
import subprocess
import uuid

import pytest

SOURCE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"])
BUILT = pathlib.Path(os.environ["ZEROBUFFER_BUILD_DIR"]) / "csharp"
DOTNET = [str(SOURCE / "bindings/csharp-interop/dotnet.sh"), str(BUILT)]
DEADLINE = 120
ASSEMBLY = BUILT / "bin/ZeroBuffer/release_net10.0/ZeroBuffer.Interop.dll"


def program(name):
    """A program of examples/csharp, or of the tests."""
    folder = {"hello": "Hello", "video_consumer": "VideoConsumer"}[name]
    return [*DOTNET, str(BUILT / "bin" / folder / "release" / f"{name}.dll")]


def run(command, **options):
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, text=True, timeout=DEADLINE, check=False,
                          stdin=subprocess.DEVNULL, **options)


@pytest.fixture
def name():
    """Of a buffer that no other test uses, and that is gone in the end."""
    unique = f"test-csharp-tools-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    yield unique
    assert not pathlib.Path("/dev/shm", unique).exists()


@pytest.fixture(scope="session")
def sdk():
    listed = run([*DOTNET, "--list-sdks"]).stdout.splitlines()[-1]
    version, folder = re.fullmatch(r"(\S+) \[(.*)\]", listed).groups()
    return pathlib.Path(folder) / version


@pytest.fixture(scope="session")
def references():
    listed = run([*DOTNET, "--list-runtimes"]).stdout
    version, folder = re.findall(r"^Microsoft\.NETCore\.App (10\.\S+) \[(.*)\]", listed, flags=re.MULTILINE)[-1]
    names = ("System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Memory",
             "System.Runtime.Extensions", "System.Threading", "System.Threading.Channels")
    return [pathlib.Path(folder) / version / f"{name}.dll" for name in names]


@pytest.fixture
def errors_of(sdk, references, tmp_path):
    """The errors of a class with these members, and what the compiler says."""
    def compiled(members, usings="using System; using ZeroBuffer;"):
        source = tmp_path / "Snippet.cs"
        source.write_text(usings + " class Snippet { " + members + " }\n")
        done = run([*DOTNET, "exec", sdk / "Roslyn/bincore/csc.dll", "-nologo", "-noconfig", "-nostdlib",
                    "-langversion:13.0", "-target:library", "-nowarn:CS0169", f"-out:{tmp_path / 'snippet.dll'}",
                    *[f"-r:{path}" for path in (*references, ASSEMBLY)], source])
        return set(re.findall(r"error (CS\d+)", done.stdout)), done.stdout
    return compiled
