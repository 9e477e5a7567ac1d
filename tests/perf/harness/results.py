# SPDX-License-Identifier: MIT
"""Results of runs that never were."""

MACHINE = {"run": "one", "commit": "abc", "cpu": "New Iron"}
CASE = {"kind": "case", "run": "one", "library": "zerobuffer", "layout": "v2", "writer": "cpp", "reader": "cpp",
        "shape": "rtt", "size": 64, "touch": "none", "wait": "spin", "pinned": True, "rate": None, "ring": None}


def a_run(figures, lines=(300.0, 300.0, 300.0)):
    """figures: by case, its sample of each repetition. lines: the yardstick's."""
    limit = {"kind": "limit", "run": "one", "name": "lines/2", "median_ns": lines[0], "samples": list(lines)}
    return [{"kind": "machine", **MACHINE}, limit,
            *({**CASE, "case": case, "samples": list(samples)} for case, samples in figures.items())]
