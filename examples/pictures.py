# SPDX-License-Identifier: MIT
"""Small pictures for the report. Pillow comes with python3-imageio, so JPEG costs no further package."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
import PIL.Image  # type: ignore[import]

from stream import Array

_MOST_LINES = 1200

PIL.Image.preinit()  # else the first picture waits for its encoder to load, and the frames behind it wait too


def jpeg(pixels: Array, shrink: int = 1) -> bytes:
    """Encodes grey (rows, columns) or RGB (rows, columns, 3) bytes, `shrink` times smaller."""
    encoded = io.BytesIO()
    PIL.Image.fromarray(pixels).reduce(shrink).save(encoded, "JPEG", quality=85)
    return encoded.getvalue()


def joined(lines: Sequence[Array], axis: int) -> Array:
    """One picture of many lines, and of evenly spaced ones when there are more than a picture can show."""
    return np.stack(lines[::-(-len(lines) // _MOST_LINES)], axis=axis)


Picture = TypeVar("Picture")


class ContactSheet(Generic[Picture]):
    """Keeps at most `limit` evenly spaced pictures of a stream, whether or not its length is known beforehand."""

    def __init__(self, limit: int, frames: int) -> None:
        self._limit = limit
        self._stride = max(1, -(-frames // limit))
        self._seen = 0
        self.kept: list[tuple[str, Picture]] = []

    def wants_next(self) -> bool:
        """Whether the next frame of the stream is one to keep."""
        wanted = self._seen % self._stride == 0
        if wanted and len(self.kept) == self._limit:
            self.kept = self.kept[::2]
            self._stride *= 2
            wanted = self._seen % self._stride == 0
        self._seen += 1
        return wanted

    def keep(self, caption: str, picture: Picture) -> None:
        self.kept.append((caption, picture))
