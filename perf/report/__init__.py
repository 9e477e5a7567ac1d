# SPDX-License-Identifier: MIT
"""What a result file of the harness says, as a page and as pictures: `./dev bench report`."""
