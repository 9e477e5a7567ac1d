# SPDX-License-Identifier: MIT
"""Runs one fuzz target for ZEROBUFFER_FUZZ_SECONDS and says how far it came. run.py PROGRAM CORPUS WORK

Inputs that find something new are kept in WORK; so is the one that fails, with the command that repeats it.
"""
import os
import pathlib
import re
import subprocess
import sys


NO_FOLDERS = "this process may not make a mount namespace"


def flags(work: pathlib.Path, seconds: int) -> list[str]:
    return [
        f"-max_total_time={seconds}",
        "-max_len=400",
        "-timeout=10",  # one input: far more than all of its waits together
        "-malloc_limit_mb=64",  # a peer cannot make us allocate what it says
        "-rss_limit_mb=1024",
        "-print_final_stats=1",
        f"-artifact_prefix={work}/failed-",
    ]


def main(program: str, corpus: str, work_folder: str) -> int:
    seconds = int(os.environ.get("ZEROBUFFER_FUZZ_SECONDS", "60"))
    work = pathlib.Path(work_folder)
    (work / "corpus").mkdir(parents=True, exist_ok=True)
    command = [program, *flags(work, seconds), str(work / "corpus"), corpus]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", errors="replace", check=False)
    if NO_FOLDERS in done.stdout:
        print(NO_FOLDERS)
        return 0
    executed = re.search(r"number_of_executed_units: (\d+)", done.stdout)
    if done.returncode != 0 or executed is None:
        print(done.stdout[-20000:])
        print(f"failed; repeat with: {program} {work}/failed-...")
        return 1
    last = re.findall(r"^#\d+\s+DONE.*$", done.stdout, flags=re.MULTILINE)
    print("\n".join([*last, *re.findall(r"^(?:stat::|longest ).*$", done.stdout, flags=re.MULTILINE)]))
    # A target that does next to nothing must not pass.
    return 0 if int(executed[1]) > 1000 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
