# SPDX-License-Identifier: MIT
"""Pictures that stand alone, as for a README: SVG with its own style, and PNG of it by a headless Chromium."""
from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from html import escape
from pathlib import Path
from typing import Optional

from . import figures
from .results import Run
from .svg import text_width

_MARGIN, _HEAD = 22.0, 62.0
_SECONDS = 60
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def chromium() -> Optional[str]:
    return shutil.which("chromium")


def alone(figure: figures.Figure, css: str) -> str:
    """Empty if there is nothing to draw."""
    width = figures.HALF if figure.half else figures.WIDE
    inner = figure.draw(width)
    if not inner:
        return ""
    found = re.search(r'viewBox="0 0 \S+ (\S+)"', inner)
    assert found
    lines = _wrapped(figure.note, width)
    head = _HEAD + 17 * (len(lines) - 1)
    full, height = width + 2 * _MARGIN, float(found[1]) + head + 2 * _MARGIN
    notes = "".join(
        f'<text x="{_MARGIN}" y="{_MARGIN + 38 + 17 * row}" font-size="12.5" class="soft">{escape(line)}</text>'
        for row, line in enumerate(lines)
    )
    inner = inner.replace("<svg ", f'<svg x="{_MARGIN}" y="{_MARGIN + head}" ', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full:g} {height:g}" width="{full:g}"'
        f' height="{height:g}"><!-- SPDX-License-Identifier: MIT --><style>{css}</style><rect width="{full:g}"'
        f' height="{height:g}" rx="10" style="fill:var(--card)"/><text x="{_MARGIN}" y="{_MARGIN + 14}" font-size="17"'
        f' font-weight="650">{escape(figure.title)}</text>{notes}{inner}</svg>\n'
    )


def _wrapped(text: str, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, 12.5) * 0.94 > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def write(run: Run, folder: Path, css: str) -> list[Path]:
    written: list[Path] = []
    found = [
        figures.ratios(run),
        figures.language_curves(run),
        figures.wait_curves(run),
        figures.peer_growth(run),
        *(figure for group in figures.peer_bars(run).values() for figure in group),
        *figures.heat_maps(run),
    ]
    for figure in found:
        text = alone(figure, css) if figure else ""
        if figure and text:
            path = folder / f"{figure.name}.svg"
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def rasterise(program: str, picture: Path) -> Path:
    """PNG at twice the size, in the light scheme. Raises RuntimeError with what Chromium said."""
    target = picture.with_suffix(".png")
    found = re.search(r'viewBox="0 0 (\S+) (\S+)"', picture.read_text(encoding="utf-8"))
    assert found
    size = ",".join(str(int(float(value) + 0.999)) for value in found.groups())
    with tempfile.TemporaryDirectory() as profile:
        command = [
            program,
            *_FLAGS,
            f"--user-data-dir={profile}",
            "--force-device-scale-factor=2",
            "--default-background-color=00000000",
            f"--window-size={size}",
            f"--screenshot={target}",
            picture.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f"{program} did not end within {_SECONDS} s on {picture}") from error
    if done.returncode or not target.exists():
        raise RuntimeError(f"{program} made no picture of {picture}: {done.stderr.strip()[-500:]}")
    return target
