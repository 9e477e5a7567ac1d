# SPDX-License-Identifier: MIT
"""Runs the xunit tests and writes their cases as the file that tests/summary reads: run_xunit.py DOTNET FOLDER FILE.

Exit code 0: every case passed or was skipped, and there was one."""
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as xml

from trx import junit_of


def main(dotnet, folder, result):
    built = pathlib.Path(folder)
    trx = built / "results" / "tests.trx"
    # Those of an earlier run must never stand in for those of this one.
    trx.unlink(missing_ok=True)
    pathlib.Path(result).unlink(missing_ok=True)
    assembly = built / "bin/ZeroBuffer.Tests/release/ZeroBuffer.Tests.dll"
    done = subprocess.run([dotnet, folder, "test", assembly, f"--logger:trx;LogFileName={trx.name}",
                           f"--results-directory:{trx.parent}"], stdin=subprocess.DEVNULL, check=False)
    if not trx.exists():
        return done.returncode or 1
    cases = junit_of(xml.parse(trx).getroot())
    pathlib.Path(result).parent.mkdir(parents=True, exist_ok=True)
    xml.ElementTree(cases).write(result, encoding="utf-8", xml_declaration=True)
    # A crash in the middle leaves the cases before it, and a status other than 0.
    return done.returncode or (0 if len(cases) else 1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
