#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures motion and brightness of a video that another process decodes into shared memory. No picture is copied.

    video_consumer.py --name cam --report report.html      and in another terminal
    video_producer --name cam --video clip.mp4
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

import charts
from consume import consume
from pictures import ContactSheet, joined, jpeg
from stream import Array

_SAMPLED_COLUMNS = 320
_SHEET = 24


class Clip:
    """A study of packed 24-bit pictures."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._width = int(description["width"])
        self._height = int(description["height"])
        self._stride = int(description["stride"])
        # Red, green, blue as Pillow wants them.
        self._channels = slice(None, None, -1) if description["pixel_format"] == "bgr24" else slice(None)
        self._step = max(1, self._width // _SAMPLED_COLUMNS)
        self._sheet: ContactSheet[bytes] = ContactSheet(_SHEET, int(description["frames"]))
        self._previous: Array | None = None
        self._slits: list[Array] = []
        self._motion: list[float] = []
        self._brightness: list[float] = []
        self._seconds = 0.0

    def view(self, payload: Array) -> Array:
        rows = payload.reshape(self._height, self._stride)
        return rows[:, :3 * self._width].reshape(self._height, self._width, 3)

    def observe(self, array: Array, media_seconds: float) -> None:
        # Every fourth pixel of every fourth row of a 1280 x 720 picture says as much about motion as all of them.
        sample = array[::self._step, ::self._step].astype(np.int16)
        before = sample if self._previous is None else self._previous
        self._motion.append(float(np.abs(sample - before).mean()))
        self._brightness.append(float(sample.mean()) / 2.55)
        self._previous = sample
        self._slits.append(sample[:, sample.shape[1] // 2, self._channels].astype(np.uint8))
        self._seconds = media_seconds
        if self._sheet.wants_next():
            self._sheet.keep(f"{media_seconds:.1f} s", self._thumbnail(array))

    def _thumbnail(self, array: Array) -> bytes:
        # Means of pixels: single ones look rough.
        fine = max(1, self._step // 2)
        return jpeg(np.ascontiguousarray(array[::fine, ::fine, self._channels]), self._step // fine)

    def panels(self) -> list[str]:
        strip = jpeg(joined(self._slits, axis=1))
        return [
            charts.gallery("Contact sheet", "Evenly spaced frames, as NumPy saw them.", self._sheet.kept),
            charts.curves(
                "Motion and brightness",
                "Motion: mean absolute difference to the frame before, of 255. Brightness: mean, in percent. "
                "Below: the middle column of every frame, side by side.",
                {"motion": self._motion, "brightness": self._brightness}, self._seconds, "s", strip),
        ]


if __name__ == "__main__":
    sys.exit(consume("Measures a video that comes through shared memory.", Clip))
