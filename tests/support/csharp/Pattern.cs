// SPDX-License-Identifier: MIT
// frames.hpp in C#: the same frames from the same seed and number.
using System;
using System.Runtime.InteropServices;

namespace ZeroBuffer.Programs;

internal readonly struct Pattern(ulong seed)
{
    private const ulong Step = 0x9e3779b97f4a7c15;

    internal static ulong Mixed(ulong state)
    {
        state += Step;
        state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
        state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
        return state ^ (state >> 31);
    }

    /// <summary>In 1..largest.</summary>
    internal int Size(ulong number, ulong largest) => (int)(1 + Mixed(Mixed(seed) ^ number) % largest);

    internal void Fill(Span<byte> bytes, ulong number)
    {
        ulong word = First(number);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..], word += Step)
        {
            MemoryMarshal.Write(bytes, in word);
        }
        Bytes(ref word)[..bytes.Length].CopyTo(bytes);
    }

    internal bool Matches(ReadOnlySpan<byte> bytes, ulong number)
    {
        ulong word = First(number);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..], word += Step)
        {
            if (MemoryMarshal.Read<ulong>(bytes) != word)
            {
                return false;
            }
        }
        return Bytes(ref word)[..bytes.Length].SequenceEqual(bytes);
    }

    private static ReadOnlySpan<byte> Bytes(ref ulong word) => MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(ref word));

    private ulong First(ulong number) => Mixed(Mixed(seed + 1) ^ number);
}
