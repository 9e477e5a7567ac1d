// SPDX-License-Identifier: MIT
// What .NET has no call for.
using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ZeroBuffer.Perf;

internal static unsafe partial class Libc
{
    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;
    private const int Interrupted = 4;
    private const int SetTimerSlack = 29;
    private const int MostCpus = 1024;

    [StructLayout(LayoutKind.Sequential)]
    internal struct Time
    {
        internal long Seconds;
        internal long Fraction;
    }

    /// <summary>struct rusage.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ResourceUsage
    {
        internal Time User;
        internal Time System;
        internal long MaxResident;
        internal long Unused1;
        internal long Unused2;
        internal long Unused3;
        internal long MinorFaults;
        internal long MajorFaults;
        internal long Swaps;
        internal long InBlocks;
        internal long OutBlocks;
        internal long MessagesSent;
        internal long MessagesReceived;
        internal long Signals;
        internal long VoluntarySwitches;
        internal long InvoluntarySwitches;
    }

    /// <summary>Nanoseconds of CLOCK_MONOTONIC.</summary>
    internal static long Now => Stopwatch.GetTimestamp();

    /// <summary>Of this process with all its threads.</summary>
    internal static ResourceUsage Usage()
    {
        ResourceUsage usage;
        Require(getrusage(0, &usage), nameof(getrusage));
        return usage;
    }

    /// <summary>Binds this thread, and those that it starts, to one CPU.</summary>
    internal static void Pin(int cpu)
    {
        if (cpu is < 0 or >= MostCpus)
        {
            throw new ArgumentException($"--cpu {cpu}: there is no such CPU");
        }
        ulong* cpus = stackalloc ulong[MostCpus / 64];
        new Span<ulong>(cpus, MostCpus / 64).Clear();
        cpus[cpu / 64] = 1UL << (cpu % 64);
        Require(sched_setaffinity(0, MostCpus / 8, cpus), nameof(sched_setaffinity));
    }

    internal static void SleepUntil(long due)
    {
        Time time = new() { Seconds = due / 1_000_000_000, Fraction = due % 1_000_000_000 };
        while (clock_nanosleep(ClockMonotonic, AbsoluteTime, &time, null) == Interrupted)
        {
        }
    }

    internal static void ShortenTimerSlack() => Require(prctl(SetTimerSlack, 1, 0, 0, 0), nameof(prctl));

    private static void Require(int result, string call)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastSystemError(), call + ": " + Marshal.GetLastPInvokeErrorMessage());
        }
    }

    [LibraryImport("libc")]
    private static partial int getrusage(int who, ResourceUsage* usage);

    [LibraryImport("libc")]
    private static partial int sched_setaffinity(int thread, nuint size, ulong* cpus);

    [LibraryImport("libc")]
    private static partial int clock_nanosleep(int clock, int flags, Time* until, Time* rest);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint first, nuint second, nuint third, nuint fourth);
}
