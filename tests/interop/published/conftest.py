# SPDX-License-Identifier: MIT
"""The published package as a live peer, where it can be restored."""
import os
import pathlib
import re
import subprocess
import uuid

import pytest

HERE = pathlib.Path(__file__).parent
SOURCE = pathlib.Path(os.environ["ZEROBUFFER_SOURCE_DIR"])
BUILT = pathlib.Path(os.environ["ZEROBUFFER_BUILD_DIR"]) / "csharp"
DEADLINE = 120


def dotnet(*words):
    command = [SOURCE / "bindings/csharp-interop/dotnet.sh", BUILT, *words]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=DEADLINE,
                          check=False, stdin=subprocess.DEVNULL)


def first_error(output):
    found = re.search(r"error (NU\d+: .*?)(?: \[.*)?$", output, flags=re.MULTILINE)
    return found[1] if found else output.strip()[-300:]


@pytest.fixture(scope="session")
def program():
    if reason := os.environ["CSHARP_ABSENT"]:
        pytest.skip(f"C#: {reason}")
    project = [HERE / "OldPeer.csproj", "-nodeReuse:false", "--disable-build-servers", f"-p:ArtifactsPath={BUILT}"]
    if source := os.environ.get("ZEROBUFFER_NUGET_SOURCE"):
        project.append(f"-p:RestoreSources={source}")
    restored = dotnet("restore", *project)
    if restored.returncode != 0:
        pytest.skip(f"the published package cannot be restored: {first_error(restored.stdout + restored.stderr)}")
    built = dotnet("build", *project, "--no-restore", "-c", "Release")
    assert built.returncode == 0, built.stdout
    return BUILT / "bin/OldPeer/release/OldPeer.dll"


@pytest.fixture
def name():
    unique = f"test-published-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    yield unique
    assert not [left for left in os.listdir("/dev/shm") if unique in left]


class Peer:
    def __init__(self, program):
        environment = {**os.environ, "DOTNET_EnableDiagnostics": "0"}
        command = [str(SOURCE / "bindings/csharp-interop/dotnet.sh"), str(BUILT), str(program)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self):
        return self.process.stdout.readline().strip()

    def ask(self, line):
        self.tell(line)
        return self.answer()


@pytest.fixture
def peer(program):
    made = Peer(program)
    yield made
    made.process.stdin.close()
    try:
        assert made.process.wait(DEADLINE) == 0
    finally:
        made.process.kill()
        made.process.wait()
        made.process.stdout.close()
