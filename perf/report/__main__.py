# SPDX-License-Identifier: MIT
"""`./dev bench report FILE`: makes report.html of a result file, and its pictures as SVG and, on demand, PNG."""
from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Optional, Sequence

from . import page, pictures, results


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="./dev bench report", description=__doc__)
    options.add_argument("file", type=Path, help="results of `./dev bench`, JSON lines")
    options.add_argument(
        "--out", type=Path, help="folder for report.html and the pictures (default: FILE without its ending)"
    )
    options.add_argument("--run", help="which run of the file, by its name (default: the one that begins last)")
    options.add_argument("--png", action="store_true", help="PNG of every picture as well; needs chromium")
    return options


def main(arguments: Optional[Sequence[str]] = None) -> int:
    options = parser().parse_args(arguments)
    folder: Path = options.out or options.file.with_name(options.file.stem + "-report")
    try:
        run = results.load(options.file, options.run)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / "report.html"
        target.write_text(page.render(run), encoding="utf-8")
        written = pictures.write(run, folder, (page.FOLDER / "style.css").read_text(encoding="utf-8"))
        if options.png:
            program = pictures.chromium()
            if program is None:
                raise RuntimeError("--png needs chromium, which is not installed: ./dev setup report")
            written += [pictures.rasterise(program, picture) for picture in written]
    except (results.NoResults, OSError, RuntimeError) as error:
        print(f"report: {error}", file=sys.stderr)
        return 1
    for problem in run.problems:
        print(f"report: {problem}", file=sys.stderr)
    print(f"{target}: {len(run.cases)} cases, {len(run.failed)} without a figure; {len(written)} pictures beside it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
