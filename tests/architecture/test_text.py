# SPDX-License-Identifier: MIT
"""What a reader may rely on in every file: its licence, its length, its vocabulary, and no unfinished business.
Each case lists all offenders."""
import re

from repository import PUBLIC, ROOT, files, offenders

SOURCE_NAME = re.compile(r"(.*\.(c|h|cpp|hpp|py|pyx|pxd|pyi|pxi|cmake|map|sh|cs)|CMakeLists\.txt|dev|run)")
SOURCES = [path for path in files() if SOURCE_NAME.fullmatch(path.name)]
TEXTS = [path for path in files() if path in SOURCES or path.suffix in {".md", ".in", ".toml", ".ini", ".json"}]
# `platform` and the tools call interfaces of others, whose names are not ours to choose.
LAYERS = ("wire", "ring", "endpoint", "channel", "c_api")
WITH_VOCABULARY = {PUBLIC} | {ROOT / "libzerobuffer/src" / layer for layer in LAYERS}


def found(pattern):
    return lambda path: re.findall(pattern, path.read_text(), flags=re.MULTILINE)


def test_finds_the_sources():
    assert {PUBLIC / "zerobuffer.h", ROOT / "dev", ROOT / "CMakeLists.txt"} <= set(SOURCES)


def test_sources_open_with_their_licence():
    def unlicensed(path):
        lines = [line for line in path.read_text().splitlines()[:2] if not line.startswith("#!")]
        return [] if "SPDX-License-Identifier: MIT" in "".join(lines[:1]) else lines[:1] or ["empty"]

    assert offenders(SOURCES, unlicensed) == []


def test_sources_are_short():
    def too_long(path):
        limit = 600 if (ROOT / "tests") in path.parents else 400
        count = len(path.read_text().splitlines())
        return [count] if count > limit else []

    assert offenders(SOURCES, too_long) == []


def test_nothing_is_left_for_later():
    # Spelled apart, or this line would find itself.
    marks = "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"])
    assert offenders(TEXTS, found(rf"\b(?:{marks})\b")) == []


def test_no_folder_of_somebodys_machine_is_named():
    assert offenders(TEXTS, found(r"(?<![\w.$}])/(?:home|root|work|Users)/\w+")) == []


def test_lines_end_clean():
    assert offenders(TEXTS, found(r"[ \t]+$")) == []
    assert offenders(TEXTS, lambda path: [] if re.search(r"[^\n]\n\Z", path.read_text()) else ["last line"]) == []


def test_engine_speaks_the_vocabulary():
    banned = re.compile(r"\b(?:(?:get|do)_\w+|\w*(?:Manager|Helper|Utils?)|pos|idx|buf|tmp)\b")

    def other_words(path):
        return banned.findall(re.sub(r"//[^\n]*|/\*.*?\*/|\"[^\"\n]*\"", "", path.read_text(), flags=re.DOTALL))

    assert offenders([path for path in SOURCES if WITH_VOCABULARY & set(path.parents)], other_words) == []
