# SPDX-License-Identifier: MIT
"""Spans that cannot dangle: the compiler refuses what would let one leave its frame. Each snippet is compiled by the
SDK's compiler, against the assembly of the binding, and has to fail with the error that is expected, and no other."""
import pytest

GOOD = "using Frame frame = reader.Acquire(); var sum = frame.Bytes[0] + frame.Bytes.Length;"
WRONG = {
    "bytes of a frame returned": (
        "static ReadOnlySpan<byte> M(Reader r) { using Frame frame = r.Acquire(); return frame.Bytes; }",
        "CS8168"),
    "bytes kept beyond the block of the frame": (
        "static int M(Reader reader) { ReadOnlySpan<byte> kept = default;"
        " using (Frame frame = reader.Acquire()) { kept = frame.Bytes; } return kept.Length; }", "CS8168"),
    "items of a frame returned": (
        "static ReadOnlySpan<float> M(Reader r) { using Frame frame = r.Acquire(); return frame.As<float>(); }",
        "CS8168"),
    "slice of a frame returned": (
        "static ReadOnlySpan<byte> M(Reader r) { using Frame frame = r.Acquire(); return frame.Slice(0, 1); }",
        "CS8168"),
    "array of a frame returned": (
        "static ArrayView M(Reader r) { using Frame frame = r.Acquire(); return frame.Array(); }", "CS8168"),
    "bytes of a loop kept": (
        "static int M(Reader reader) { ReadOnlySpan<byte> kept = default;"
        " foreach (Frame frame in reader) { kept = frame.Bytes; } return kept.Length; }", "CS8168"),
    "frame of a batch kept": (
        "static Frame M(Reader r) { using FrameBatch batch = r.AcquireMany(2); return batch[0]; }", "CS8168"),
    "bytes of a claim kept": (
        "static int M(Writer writer) { Span<byte> kept = default;"
        " using (Claim claim = writer.Claim(4)) { kept = claim.Bytes; claim.Commit(); } return kept.Length; }",
        "CS8168"),
    "frame in a field": ("Frame field;", "CS8345"),
    "frame in a list": ("static void M(System.Collections.Generic.List<Frame> frames) { }", "CS9244"),
    "frame boxed": ("static object M(Reader reader) { Frame frame = reader.Acquire(); return frame; }", "CS0029"),
    "frame across await": (
        "static async System.Threading.Tasks.Task M(Reader reader) { using Frame frame = reader.Acquire();"
        " await System.Threading.Tasks.Task.Yield(); _ = frame.Size; }", "CS4007"),
    "frame in a lambda": (
        "static Func<nuint> M(Reader r) { Frame frame = r.Acquire(); return () => frame.Size; }", "CS8175"),
    "store into a frame": (
        "static void M(Reader reader) { using Frame frame = reader.Acquire(); frame.Bytes[0] = 1; }", "CS8331"),
    "frame made by hand": ("static void M(Reader reader) { var frame = new Frame(reader); }", "CS1729"),
}


def test_right_use_compiles(errors_of):
    errors, output = errors_of("static int M(Reader reader) { " + GOOD + " return sum; }")
    assert errors == set(), output


@pytest.mark.parametrize("case", WRONG)
def test_does_not_compile(case, errors_of):
    members, expected = WRONG[case]
    errors, output = errors_of(members)
    assert errors == {expected}, output
