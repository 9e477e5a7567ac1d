# SPDX-License-Identifier: MIT
"""Whole processes, timed by hyperfine: starting, connecting, some frames, ending. `./dev bench scenarios`."""
