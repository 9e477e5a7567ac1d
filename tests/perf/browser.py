# SPDX-License-Identifier: MIT
"""A page in a headless Chromium, at a width of its own: what its layout comes to, and what the console says."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --virtual-time-budget=20000 --enable-logging=stderr --v=0"
).split()
_SECONDS = 120

# Runs in a page around the one that is measured, which has no script itself.
_SCRIPT = """
const frame = document.getElementById("frame");
const page = frame.contentDocument, view = frame.contentWindow;
for (const details of page.querySelectorAll("details")) details.open = true;
const found = {width: view.innerWidth, scrollWidth: page.documentElement.scrollWidth, clipped: [], overlapping: [],
  smallest: 1000, pictures: 0, background: view.getComputedStyle(page.body).backgroundColor,
  cases: [...page.querySelectorAll("[data-case]")].map(row => row.dataset.case), text: page.body.innerText};
for (const svg of page.querySelectorAll("svg")) {
  const box = svg.getBoundingClientRect();
  if (!box.width) continue;
  found.pictures += 1;
  const scale = box.width / svg.viewBox.baseVal.width;
  const texts = [...svg.querySelectorAll("text")].map(text => [text, text.getBoundingClientRect()]);
  for (const [text, own] of texts) {
    found.smallest = Math.min(found.smallest, scale * parseFloat(text.getAttribute("font-size")));
    if (own.left < box.left - 1 || own.right > box.right + 1 || own.bottom > box.bottom + 1 || own.top < box.top - 1)
      found.clipped.push(svg.getAttribute("aria-label") + ": " + text.textContent);
  }
  for (let i = 0; i < texts.length; ++i) for (let j = i + 1; j < texts.length; ++j) {
    const a = texts[i][1], b = texts[j][1];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 1 && high > 4)
      found.overlapping.push([svg.getAttribute("aria-label"), texts[i][0].textContent, texts[j][0].textContent]);
  }
}
document.getElementById("found").textContent = JSON.stringify(found);
"""


def layout(page: Path, width: int, dark: bool = False) -> dict[str, Any]:
    """With `console`: the lines that the browser logged there."""
    assert CHROMIUM
    with tempfile.TemporaryDirectory() as folder:
        around = Path(folder) / "around.html"
        text = html.escape(page.read_text(encoding="utf-8"), quote=True)
        around.write_text(
            f'<!DOCTYPE html><meta charset="utf-8"><iframe id="frame" style="border:0;width:{width}px;height:900px" '
            f'srcdoc="{text}"></iframe><pre id="found"></pre><script>onload = () => {{{_SCRIPT}}};</script>',
            encoding="utf-8",
        )
        scheme = [f"--blink-settings=preferredColorScheme={0 if dark else 1}"]
        command = [
            CHROMIUM,
            *FLAGS,
            *scheme,
            f"--user-data-dir={folder}/profile",
            "--window-size=1400,1000",
            "--dump-dom",
        ]
        done = subprocess.run(
            [*command, around.as_uri()], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    match = re.search(r'<pre id="found">(.+?)</pre>', done.stdout, re.DOTALL)
    assert match, f"the page did not load: {done.stdout[-300:]} {done.stderr[-2000:]}"
    found: dict[str, Any] = json.loads(html.unescape(match[1]))
    found["console"] = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return found
