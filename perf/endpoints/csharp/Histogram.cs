// SPDX-License-Identifier: MIT
// Log-linear, with the steps of perf/histogram.hpp: exact up to 511, then 256 steps per octave, up to 2^40.
using System;
using System.Numerics;

namespace ZeroBuffer.Perf;

internal sealed class Histogram
{
    private const int StepBits = 8;
    private const int LargestBits = 40;

    private readonly uint[] _counts = new uint[(LargestBits - StepBits + 1) << StepBits];

    internal Histogram() => Clear();

    internal ulong Least { get; private set; }

    internal ulong Largest { get; private set; }

    internal void Add(ulong value)
    {
        ++_counts[StepOf(value)];
        Least = Math.Min(Least, value);
        Largest = Math.Max(Largest, value);
    }

    /// <summary>Also touches every page, so that no sample pays for it.</summary>
    internal void Clear()
    {
        _counts.AsSpan().Fill(1);
        _counts.AsSpan().Clear();
        Least = ulong.MaxValue;
        Largest = 0;
    }

    internal ulong CountAbove(ulong value)
    {
        ulong above = 0;
        foreach (uint count in _counts.AsSpan(StepOf(value) + 1))
        {
            above += count;
        }
        return above;
    }

    /// <summary>Calls <paramref name="visit"/>(middle, count) for every step that holds values, ascending.</summary>
    internal void ForEach(Action<double, uint> visit)
    {
        for (int step = 0; step < _counts.Length; ++step)
        {
            if (_counts[step] != 0)
            {
                visit(MiddleOf(step), _counts[step]);
            }
        }
    }

    private static int StepOf(ulong value)
    {
        ulong bounded = Math.Min(value, (1UL << LargestBits) - 1);
        int shift = Math.Max(0, 64 - BitOperations.LeadingZeroCount(bounded) - StepBits - 1);
        return (shift << StepBits) + (int)(bounded >> shift);
    }

    private static double MiddleOf(int step)
    {
        // The first two octaves share the shift 0: every value below 512 has a step of its own.
        int shift = Math.Max(0, (step >> StepBits) - 1);
        double width = 1UL << shift;
        return (step - (shift << StepBits)) * width + (width - 1) / 2;
    }
}
