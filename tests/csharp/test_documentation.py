# SPDX-License-Identifier: MIT
"""What the documentation shows compiles."""
import re

from conftest import SOURCE

SPACES = ("System", "System.Threading", "System.Threading.Channels", "System.Threading.Tasks", "ZeroBuffer")
USINGS = " ".join(f"using {space};" for space in SPACES)
HELPERS = "static void Consume(ReadOnlySpan<byte> bytes) { } static void CaptureInto(Span<byte> bytes) { }"


def test_code_of_the_reference_compiles(errors_of):
    text = (SOURCE / "docs/api/csharp.md").read_text()
    blocks = re.findall(r"^```csharp\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    errors, output = errors_of(HELPERS + "\n" + "\n".join(blocks), USINGS)
    assert errors == set(), output
