// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;

namespace VideoConsumer;

/// <summary>Sum of the little-endian 64-bit words, in blocks of 512 weighted by 1, 3, 5, ...</summary>
internal static class Checksum
{
    private const int BlockSize = 512 * sizeof(ulong);

    internal static ulong Of(ReadOnlySpan<byte> payload)
    {
        ulong total = 0;
        ulong weight = 1;
        for (; payload.Length >= BlockSize; payload = payload[BlockSize..], weight += 2)
        {
            total += weight * Sum(MemoryMarshal.Cast<byte, ulong>(payload[..BlockSize]));
        }
        Span<ulong> rest = stackalloc ulong[BlockSize / sizeof(ulong)];
        rest.Clear();
        payload.CopyTo(MemoryMarshal.AsBytes(rest));
        return total + (weight * Sum(rest));
    }

    private static ulong Sum(ReadOnlySpan<ulong> words)
    {
        ulong sum = 0;
        foreach (ulong word in words)
        {
            sum += word;
        }
        return sum;
    }
}
