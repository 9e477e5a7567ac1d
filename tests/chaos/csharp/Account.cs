// SPDX-License-Identifier: MIT
// account.hpp in C#: the same words at the same places, and the same numbers.
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Threading;

namespace ZeroBuffer.Programs;

/// <summary>One word of the account. A store of an aligned word is one store.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Word
{
    private ulong _value;

    internal ulong Value
    {
        readonly get => Volatile.Read(in _value);
        set => Volatile.Write(ref _value, value);
    }
}

[StructLayout(LayoutKind.Sequential, Size = 24 * 8)]
internal struct SideAccount
{
    internal Word Incarnation;
    internal Word Leave;
    internal Word Hold;
    internal Word Harmed;
    internal Word KilledAt;
    internal Word Pace;
    internal Word WaitMode;
    internal Word Random;
    internal Word Attached;
    internal Word AttachedAt;
    internal Word FirstNumber;
    internal Word Done;
    internal Word Doing;
    internal Word Taken;
    internal Word Base;
    internal Word Skipped;
    internal Word Reports;
    internal Word Detected;
    internal Word FirstFrame;
    internal Word Faults;
}

[StructLayout(LayoutKind.Sequential)]
internal struct Account
{
    internal Word Layout;
    internal Word Capacity;
    internal Word Largest;
    internal Word Seed;
    internal Word Epoch;
    internal Word Ready;
    internal Word Drain;
    internal Word Stops;
    internal SideAccount Writer;
    internal SideAccount Reader;

    private const int EpochShift = 40;

    internal static ulong EpochOf(ulong number) => number >> EpochShift;

    internal static ulong BeginOf(ulong epoch) => epoch << EpochShift;

    /// <summary>The number, or the beginning of the epoch if it is of an earlier one.</summary>
    internal static ulong Within(ulong epoch, ulong number) => EpochOf(number) == epoch ? number : BeginOf(epoch);

    /// <summary>Mapped for as long as the process lives.</summary>
    internal static unsafe Account* Map(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(
            file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        byte* memory = null;
        mapping.CreateViewAccessor().SafeMemoryMappedViewHandle.AcquirePointer(ref memory);
        return (Account*)memory;
    }
}
