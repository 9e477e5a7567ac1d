#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures an array that another process reads into shared memory: slices of a volume, or samples of several channels.

    tensor_consumer.py --name ct --report report.html      and in another terminal
    tensor_producer --name ct --dtype '<i2' --shape 128,128 --input volume.raw
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

import charts
from consume import consume
from pictures import ContactSheet, joined, jpeg
from receive import Study
from stream import Array

_SHEET = 32


def _grey(values: Array, brightest: float) -> Array:
    """Square root scale: a volume has few bright voxels, and soft tissue should still show."""
    return (255 * np.sqrt(np.clip(values / brightest, 0, 1))).astype(np.uint8)


class Volume:
    """A study of two-dimensional items: the slices of a volume."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._dtype = np.dtype(description["dtype"])
        self._shape = tuple(description["shape"])
        self._sheet: ContactSheet[Array] = ContactSheet(_SHEET, int(description["frames"]))
        self._previous: Array | None = None
        self._from_front: list[Array] = []
        self._from_side: list[Array] = []
        self._from_above: Array = np.zeros(self._shape, np.float32)
        self._change: list[float] = []
        self._mean: list[float] = []

    def view(self, payload: Array) -> Array:
        return payload.view(self._dtype).reshape(self._shape)

    def observe(self, array: Array, media_seconds: float) -> None:
        values = array.astype(np.float32)
        before = values if self._previous is None else self._previous
        self._change.append(float(np.abs(values - before).mean()))
        self._mean.append(float(values.mean()))
        self._previous = values
        self._from_front.append(values.max(axis=0))
        self._from_side.append(values.max(axis=1))
        np.maximum(self._from_above, values, out=self._from_above)
        if self._sheet.wants_next():
            self._sheet.keep(f"slice {len(self._mean)}", values)

    def panels(self) -> list[str]:
        brightest = max(float(self._from_above.max()), 1e-9)
        front, side = joined(self._from_front, axis=0), joined(self._from_side, axis=0)
        views = [("from the front", front), ("from the side", side), ("from above", self._from_above)]
        slices = [(caption, jpeg(_grey(values, brightest))) for caption, values in self._sheet.kept]
        return [
            charts.gallery(
                "Projections", "The brightest voxel along each line of sight. One row of the first two is one frame.",
                [(caption, jpeg(_grey(values, brightest))) for caption, values in views], "large"),
            charts.gallery("Slices", "Evenly spaced frames, as NumPy saw them.", slices, "dense"),
            charts.curves(
                "From slice to slice", "Change: mean absolute difference to the slice before. Mean: of all voxels.",
                {"change": self._change, "mean": self._mean}, float(len(self._mean)), "slices"),
        ]


class Samples:
    """A study of one-dimensional items: one sample of several channels per frame."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._dtype = np.dtype(description["dtype"])
        self._samples: list[list[float]] = []

    def view(self, payload: Array) -> Array:
        return payload.view(self._dtype)

    def observe(self, array: Array, media_seconds: float) -> None:
        self._samples.append(array.tolist())

    def panels(self) -> list[str]:
        channels = {f"channel {number}": values for number, values in enumerate(zip(*self._samples), start=1)}
        return [charts.curves("Channels", "One frame is one sample of all channels.", channels,
                              float(len(self._samples)), "samples", from_zero=False)]


def study_of(description: dict[str, Any]) -> Study:
    rank = len(description["shape"])
    if rank not in (1, 2):
        raise ValueError(f"items of {rank} dimensions: 1 and 2 can be shown")
    if rank == 2:
        return Volume(description)
    return Samples(description)


if __name__ == "__main__":
    sys.exit(consume("Measures an array that comes through shared memory.", study_of))
