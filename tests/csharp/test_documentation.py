# SPDX-License-Identifier: MIT
"""What the documentation shows compiles."""
import re

from conftest import SOURCE

USINGS = "using System; using System.Threading; using System.Threading.Channels; using System.Threading.Tasks; using ZeroBuffer;"
HELPERS = "static void Consume(ReadOnlySpan<byte> bytes) { } static void CaptureInto(Span<byte> bytes) { }"


def test_code_of_the_reference_compiles(errors_of):
    blocks = re.findall(r"^```csharp\n(.*?)^```", (SOURCE / "docs/api/csharp.md").read_text(), flags=re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    errors, output = errors_of(HELPERS + "\n" + "\n".join(blocks), USINGS)
    assert errors == set(), output
