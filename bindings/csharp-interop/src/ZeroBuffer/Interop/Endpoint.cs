// SPDX-License-Identifier: MIT
// zerobuffer.h: what both sides of a buffer answer.
using System.Runtime.InteropServices;

namespace ZeroBuffer.Interop;

[StructLayout(LayoutKind.Sequential)]
internal struct zb_properties
{
    internal ulong capacity;
    internal ulong max_frame;
    internal ulong metadata_size;
    internal uint layout;
    internal uint alignment;
}

[StructLayout(LayoutKind.Sequential)]
internal struct zb_stats
{
    internal ulong frames;
    internal ulong bytes;
    internal ulong sequence;
    internal ulong used;
    internal ulong held;
    internal ulong skipped;
    internal ulong waits;
    internal ulong sleeps;
    internal ulong wakes;
    internal ulong timeouts;
    internal uint resumed;
    internal uint peer;
}
