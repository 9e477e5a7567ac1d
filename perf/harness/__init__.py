# SPDX-License-Identifier: MIT
"""Plans the matrix of languages, layouts, sizes and ways to wait, runs it, keeps it, compares it. perf/README.md."""
