# SPDX-License-Identifier: MIT
"""The mistakes of mutants.toml, as data."""
import pathlib
import tomllib
from typing import NamedTuple

HERE = pathlib.Path(__file__).parent
ENGINE = "libzerobuffer/src"


class Mutant(NamedTuple):
    name: str
    file: str
    before: str
    after: str
    suites: list[str]

    def applied_to(self, text: str) -> str:
        """The text of the file with the mistake in it."""
        found = text.count(self.before)
        if found != 1:
            raise ValueError(f"{self.name}: what it replaces occurs {found} times in {self.file}")
        return text.replace(self.before, self.after)


def all_mutants() -> list[Mutant]:
    with open(HERE / "mutants.toml", "rb") as file:
        return [Mutant(**entry) for entry in tomllib.load(file)["mutant"]]
