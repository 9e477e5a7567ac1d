// SPDX-License-Identifier: MIT
// What sender and receiver do with the bytes of a frame: the number of the frame as words, and their sum.
using System;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ZeroBuffer.Perf;

/// <summary>One value of --touch. A struct, so that the loops are compiled for each by itself.</summary>
internal interface Touching
{
    static abstract Touch Kind { get; }

    /// <summary>Words of a frame that are written and read.</summary>
    static abstract int Words(int size);
}

internal readonly struct TouchNone : Touching
{
    public static Touch Kind => Touch.None;

    public static int Words(int size) => 0;
}

internal readonly struct TouchHeader : Touching
{
    public static Touch Kind => Touch.Header;

    public static int Words(int size) => Math.Min(size, 64) / sizeof(ulong);
}

internal readonly struct TouchEvery : Touching
{
    public static Touch Kind => Touch.Every;

    public static int Words(int size) => size / sizeof(ulong);
}

internal readonly struct TouchCopy : Touching
{
    public static Touch Kind => Touch.Copy;

    public static int Words(int size) => 0;
}

internal static class Payload
{
    /// <summary>Of the times of a frame that is sent at a rate; left out of every sum.</summary>
    private const int StampWords = 2;

    internal static void Write<T>(Span<byte> frame, ulong number)
        where T : struct, Touching
    {
        if (T.Kind is Touch.Header or Touch.Every)
        {
            MemoryMarshal.Cast<byte, ulong>(frame)[..T.Words(frame.Length)].Fill(number);
        }
    }

    internal static void Read<T>(ReadOnlySpan<byte> frame, ulong number)
        where T : struct, Touching
    {
        if (T.Kind is Touch.Header or Touch.Every)
        {
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(frame)[StampWords..T.Words(frame.Length)];
            if (Sum(words) != (ulong)words.Length * number)
            {
                Refuse(number);
            }
        }
    }

    internal static void Stamp(Span<byte> frame, long due)
    {
        Span<long> times = MemoryMarshal.Cast<byte, long>(frame);
        times[1] = due;
        times[0] = Libc.Now;
    }

    internal static (long Sent, long Due) Stamps(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<long> times = MemoryMarshal.Cast<byte, long>(frame);
        return (times[0], times[1]);
    }

    private static ulong Sum(ReadOnlySpan<ulong> words)
    {
        ReadOnlySpan<Vector<ulong>> vectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(words);
        Vector<ulong> first = Vector<ulong>.Zero;
        Vector<ulong> second = Vector<ulong>.Zero;
        int i = 0;
        for (; i + 1 < vectors.Length; i += 2)
        {
            first += vectors[i];
            second += vectors[i + 1];
        }
        ulong sum = Vector.Sum(first + second);
        foreach (ulong word in words[(i * Vector<ulong>.Count)..])
        {
            sum += word;
        }
        return sum;
    }

    private static void Refuse(ulong number) =>
        throw new InvalidOperationException($"frame {number} came with other bytes than were sent");
}
