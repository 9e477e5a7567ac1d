# SPDX-License-Identifier: MIT
"""The package, as a project of somebody else gets it from a feed."""
import os
import re
import shutil
import zipfile

import pytest
from conftest import BUILT, DOTNET, SOURCE, run

PROJECT = """<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <PublishTrimmed>false</PublishTrimmed>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="ZeroBuffer.Interop" Version="{version}" /></ItemGroup>
</Project>
"""


@pytest.fixture(scope="session")
def package():
    packages = list((BUILT / "package/release").glob("ZeroBuffer.Interop.*.nupkg"))
    assert len(packages) == 1
    return packages[0]


def test_holds_the_assemblies_their_documentation_and_the_library(package):
    with zipfile.ZipFile(package) as content:
        names = set(content.namelist())
        library = content.read("runtimes/linux-x64/native/libzerobuffer.so")
    assert {"lib/net10.0/ZeroBuffer.Interop.dll", "lib/net10.0/ZeroBuffer.Interop.xml", "csharp.md"} <= names
    with open(os.environ["ZEROBUFFER_LIBRARY_FILE"], "rb") as built:
        assert library == built.read()


def test_project_of_somebody_else_runs_with_it(package, name, tmp_path):
    version = re.fullmatch(r"ZeroBuffer\.Interop\.(.*)\.nupkg", package.name)[1]
    (tmp_path / "consumer.csproj").write_text(PROJECT.format(version=version))
    shutil.copy(SOURCE / "examples/csharp/hello/Program.cs", tmp_path)
    # A cache of its own: an earlier package of the same version must not stand in for this one.
    environment = {**os.environ, "NUGET_PACKAGES": str(tmp_path / "packages")}
    environment.pop("ZEROBUFFER_LIBRARY", None)
    built = run([*DOTNET, "build", "--disable-build-servers", "-nodeReuse:false", tmp_path, "-o", tmp_path / "out",
                 "--source", package.parent], env=environment)
    assert built.returncode == 0, built.stdout
    writing = run([*DOTNET, tmp_path / "out/consumer.dll", "write", "no/name"], env=environment)
    assert (writing.returncode, "no/name" in writing.stderr) == (1, True)
    assert (tmp_path / "out/runtimes/linux-x64/native/libzerobuffer.so").exists()
