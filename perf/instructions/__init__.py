# SPDX-License-Identifier: MIT
"""How many instructions each operation takes, counted by callgrind. `./dev bench instructions`."""
