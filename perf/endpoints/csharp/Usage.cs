// SPDX-License-Identifier: MIT
// What the process has used up to now. The reading of getrusage also marks the measured part for strace.
using System;
using System.Runtime.InteropServices;

namespace ZeroBuffer.Perf;

internal readonly unsafe struct Usage
{
    /// <summary>The counting malloc, if it is preloaded.</summary>
    private static readonly delegate* unmanaged<ulong*, ulong*, void> Counted =
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "zerobuffer_counted_memory", out nint found)
            ? (delegate* unmanaged<ulong*, ulong*, void>)found
            : null;

    private Usage(ulong allocations, ulong bytes, long managed, Libc.ResourceUsage used, long time)
    {
        Allocations = allocations;
        AllocatedBytes = bytes;
        ManagedBytes = managed;
        Used = used;
        Time = time;
    }

    internal static bool CountsMemory => Counted != null;

    /// <summary>Of malloc, by all threads; 0 when nobody counts.</summary>
    internal ulong Allocations { get; }

    /// <summary>As <see cref="Allocations"/>.</summary>
    internal ulong AllocatedBytes { get; }

    /// <summary>Of the collected heap, by this thread.</summary>
    internal long ManagedBytes { get; }

    internal Libc.ResourceUsage Used { get; }

    internal long Time { get; }

    internal long CpuNanoseconds => Nanoseconds(Used.User) + Nanoseconds(Used.System);

    internal static Usage Take()
    {
        ulong allocations = 0;
        ulong bytes = 0;
        if (CountsMemory)
        {
            Counted(&allocations, &bytes);
        }
        long managed = GC.GetAllocatedBytesForCurrentThread();
        return new Usage(allocations, bytes, managed, Libc.Usage(), Libc.Now);
    }

    private static long Nanoseconds(Libc.Time time) => time.Seconds * 1_000_000_000 + time.Fraction * 1_000;
}
