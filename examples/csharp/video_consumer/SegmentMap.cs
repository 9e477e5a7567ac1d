// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace VideoConsumer;

/// <summary>
/// Tells where in a buffer's shared file bytes of this process lie, from the kernel's list of mappings: two processes
/// that find a payload at the same offset of the same file use the same bytes.
/// </summary>
internal sealed class SegmentMap
{
    private const ulong Nowhere = ulong.MaxValue;

    private readonly List<(ulong Begin, ulong End, ulong Offset)> _regions = [];

    internal SegmentMap(string buffer)
    {
        // A segment is linked to its name when it is complete, and the kernel keeps showing the first name:
        // /dev/shm/#123.
        foreach (string line in File.ReadLines("/proc/self/maps").Where(line => line.Contains("/dev/shm/")))
        {
            string[] words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            string[] span = words[0].Split('-');
            _regions.Add((Hex(span[0]), Hex(span[1]), Hex(words[2])));
        }
        if (_regions.Count == 0)
        {
            throw new FormatException($"{buffer} is not mapped");
        }
    }

    internal unsafe ulong PlaceOf(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            ulong address = (ulong)first;
            foreach ((ulong begin, ulong end, ulong offset) in _regions)
            {
                if (begin <= address && address < end)
                {
                    return offset + address - begin;
                }
            }
        }
        return Nowhere;
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
