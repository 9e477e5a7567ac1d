// SPDX-License-Identifier: MIT
// What a span can carry.
using System;
using System.Runtime.CompilerServices;

namespace ZeroBuffer.Interop;

internal static class Spans
{
    internal static int Length(string what, ulong size) =>
        size <= int.MaxValue ? (int)size : throw TooLong(what, size, "bytes");

    internal static int Items<T>(string what, ulong size)
        where T : unmanaged
    {
        ulong itemSize = (ulong)Unsafe.SizeOf<T>();
        if (size % itemSize != 0)
        {
            throw new MisuseException($"{what}: its {size} bytes are no whole number of {typeof(T).Name}, which has {itemSize}; look at the bytes");
        }
        ulong items = size / itemSize;
        return items <= int.MaxValue ? (int)items : throw TooLong(what, items, "items");
    }

    internal static void RequireInside(string what, nuint offset, int length, nuint size, string unit = "bytes")
    {
        if (length < 0 || offset > size || (nuint)length > size - offset)
        {
            throw new MisuseException($"{what}: {length} {unit} from {offset} do not lie inside its {size}; slice what is there");
        }
    }

    private static TooLargeException TooLong(string what, ulong count, string unit) =>
        new($"{what}: {count} {unit}, and a span holds {int.MaxValue}; take them in parts with Slice");
}
