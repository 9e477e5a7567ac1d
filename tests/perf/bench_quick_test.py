# SPDX-License-Identifier: MIT
"""Runs the benchmark in little and checks that every case yields figures and nothing stays behind. Never how fast."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.environ["ZEROBUFFER_BENCH"]
CANNOT_RUN_HERE = 3


def names_of_cases():
    listed = subprocess.run([PROGRAM, "--list"], check=False, capture_output=True, text=True)
    if listed.returncode == CANNOT_RUN_HERE:
        raise unittest.SkipTest(listed.stderr.strip())
    return listed.stdout.split()


def leftovers():
    return [name for name in os.listdir("/dev/shm") if "zerobuffer-bench-" in name]


class QuickRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.names = names_of_cases()
        cls.leftovers_before = leftovers()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bench.json")
            command = [PROGRAM, "--quick", "--repeat", "1", "--retries", "0", "--json", path]
            cls.run_of_program = subprocess.run(command, check=False, capture_output=True, text=True)
            cls.lines = []
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    cls.lines = [json.loads(line) for line in file]

    def rows(self):
        return {line["name"]: line for line in self.lines if line["type"] == "row"}

    def test_ends_well(self):
        self.assertEqual(self.run_of_program.returncode, 0, self.run_of_program.stdout + self.run_of_program.stderr)
        self.assertEqual([line for line in self.lines if line["type"] == "failure"], [])

    def test_measures_every_case(self):
        self.assertEqual(list(self.rows()), self.names)
        for name, row in self.rows().items():
            with self.subTest(name):
                self.assertEqual(len(row["median"]), 1)
                self.assertGreater(row["median"][0], 0)

    def test_judges_every_limit_between_cases_it_measured(self):
        limits = [line for line in self.lines if line["type"] == "limit"]
        self.assertTrue(limits)
        for limit in limits:
            expected = limit["subject"] in self.names and limit["yardstick"] in self.names
            self.assertEqual(limit["met"] is not None, expected, limit)

    def test_says_which_machine_and_build(self):
        machine = next(iter(self.lines), {"type": "nothing at all"})
        self.assertEqual(machine["type"], "machine")
        for fact in ("cpu", "kernel", "governor", "compiler", "commit"):
            self.assertTrue(machine[fact], fact)

    def test_prints_every_case_for_people(self):
        for name in self.names:
            self.assertIn(f"{name} ", self.run_of_program.stdout)

    def test_leaves_no_buffer_behind(self):
        self.assertEqual(sorted(set(leftovers()) - set(self.leftovers_before)), [])


if __name__ == "__main__":
    sys.exit(unittest.main())
