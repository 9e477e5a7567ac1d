// SPDX-License-Identifier: MIT
// What a span can carry.
using System;
using System.Runtime.CompilerServices;

namespace ZeroBuffer.Interop;

internal static class Spans
{
    internal static int Length(ulong size) => size <= int.MaxValue ? (int)size : throw TooLong(size, "bytes");

    internal static int Items<T>(ulong size)
        where T : unmanaged
    {
        ulong itemSize = (ulong)Unsafe.SizeOf<T>();
        if (size % itemSize != 0)
        {
            throw new MisuseException($"{size} bytes are no whole number of {typeof(T).Name}, which has {itemSize}; look at the bytes");
        }
        ulong items = size / itemSize;
        return items <= int.MaxValue ? (int)items : throw TooLong(items, "items");
    }

    internal static void RequireInside(nuint offset, int length, nuint size)
    {
        if (length < 0 || offset > size || (nuint)length > size - offset)
        {
            throw new MisuseException($"{length} bytes from {offset} do not lie inside {size} bytes; slice what is there");
        }
    }

    private static TooLargeException TooLong(ulong count, string what) =>
        new($"{count} {what}, and a span holds {int.MaxValue}; take them in parts with Slice");
}
