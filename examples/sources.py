# SPDX-License-Identifier: MIT
"""Finds the real data of the demo in Debian's packages, at run time and by asking the packages, and says which producer
sends it and which consumer takes it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

_HERE = Path(__file__).resolve().parent
_EEG_CHANNELS = 4  # eeg.dat is 800 samples of 4 channels, float64, without a header


class MissingSource(Exception):
    """Data or a program that the demo needs is not there; the message says how to get it."""

    exit_status = 1


class Source(NamedTuple):
    """One stream: the commands of its two processes, without the options that both need (the name of the buffer)."""

    label: str
    producer: list[str]
    consumer: list[str]


def video_source(build: Path, video: Path | None, rate: float, loop: int) -> Source:
    producer = _program(build, "video_producer", "install libavformat-dev, libavcodec-dev, libswscale-dev and "
                                                 "libavutil-dev, then configure again; --small needs no FFmpeg")
    if video is not None and not video.is_file():
        raise MissingSource(f"there is no file {video}")
    clip = video or _imageio_file("cockatoo.mp4")
    command = [producer, "--video", str(clip), "--rate", str(rate), "--loop", str(loop)]
    return Source("video", command, _script("video_consumer.py"))


def small_sources(build: Path, folder: Path, rate: float, loop: int) -> list[Source]:
    """Slices of a CT volume and samples of an EEG. `folder` takes the volume, unpacked from its archive."""
    producer = _program(build, "tensor_producer", "build the project first: cmake --build " + str(build))
    with np.load(_imageio_file("stent.npz")) as archive:
        volume = archive[archive.files[0]]
    raw_volume = folder / "stent.raw"
    volume.astype("<i2").tofile(raw_volume)
    samples = _matplotlib_file("eeg.dat")

    def source(label: str, path: Path, name: str, dtype: str, shape: tuple[int, ...], frames: int) -> Source:
        command = [producer, "--input", str(path), "--source", name, "--dtype", dtype, "--frames", str(frames),
                   "--shape", ",".join(map(str, shape)), "--rate", str(rate), "--loop", str(loop)]
        return Source(label, command, _script("tensor_consumer.py"))

    count = samples.stat().st_size // (8 * _EEG_CHANNELS)
    return [source("ct", raw_volume, "stent.npz", "<i2", volume.shape[1:], len(volume)),
            source("eeg", samples, samples.name, "<f8", (_EEG_CHANNELS,), count)]


def _program(build: Path, name: str, remedy: str) -> str:
    path = build / "examples" / name
    if not path.is_file():
        raise MissingSource(f"{path} was not built: {remedy}")
    return str(path)


def _script(name: str) -> list[str]:
    return [sys.executable, str(_HERE / name)]


def _imageio_file(name: str) -> Path:
    module = importlib.util.find_spec("imageio")
    for folder in (module.submodule_search_locations or []) if module else []:
        for path in Path(folder).rglob(name):
            return path
    raise MissingSource(f"{name} comes with Debian's package python3-imageio: install it")


def _matplotlib_file(name: str) -> Path:
    package = "python-matplotlib-data"
    try:
        listing = subprocess.run(["dpkg", "-L", package], capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        listing = ""
    for line in listing.splitlines():
        if line.endswith(f"/{name}") and Path(line).is_file():
            return Path(line)
    raise MissingSource(f"{name} comes with Debian's package {package}: install it")
