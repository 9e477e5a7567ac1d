# SPDX-License-Identifier: MIT
"""The command line that the consumers of the demo share: make the buffer, receive the stream, write the results."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zerobuffer

import report
from receive import Gauge, Receiver, Study
from stream import parse_description

_WRITER_TIMEOUT = 30.0


def consume(purpose: str, study_of: Callable[[dict[str, Any]], Study]) -> int:
    """Receives one stream. Returns the exit status of the program."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--name", required=True, help="name of the buffer to make")
    parser.add_argument("--capacity", type=int, default=16 << 20, metavar="BYTES", help="size of its ring")
    parser.add_argument("--result", type=Path, metavar="FILE", help="write account and figures as JSON")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a report as HTML")
    options = parser.parse_args()
    try:
        run = _receive(options.name, options.capacity, study_of)
    except KeyboardInterrupt:
        return 130
    except (zerobuffer.ZeroBufferError, OSError, ValueError) as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        return 1
    if options.result:
        options.result.write_text(json.dumps(dataclasses.asdict(run)), encoding="utf-8")
    if options.report:
        report.write(options.report, [run])
        print(options.report)
    return 0


def _receive(name: str, capacity: int, study_of: Callable[[dict[str, Any]], Study]) -> report.Run:
    # The gauge first: it takes longer to set up than many a frame to come.
    with Gauge() as gauge, zerobuffer.Reader(name, capacity=capacity) as reader:
        metadata = reader.metadata(timeout=_WRITER_TIMEOUT)
        if metadata is None:
            raise ValueError(f"nobody wrote to {name} within {_WRITER_TIMEOUT:.0f} s")
        description = parse_description(metadata)
        study = study_of(description)
        gauge.expect(str(description["source"]), int(description["frames"]))
        receiver = Receiver(reader, description, study)
        receiver.run(gauge)
    if receiver.account.frames == 0:
        raise ValueError(f"the writer of {name} sent no frame")
    return report.Run(description, dataclasses.asdict(receiver.account), study.panels())
