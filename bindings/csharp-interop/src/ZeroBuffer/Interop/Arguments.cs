// SPDX-License-Identifier: MIT
// From .NET values to C arguments. What is refused here never reaches the library.
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;

namespace ZeroBuffer.Interop;

internal static unsafe class Arguments
{
    /// <summary>The longest time that 63 bits of nanoseconds hold: 292 years.</summary>
    private const long LongestTicks = long.MaxValue / 100;

    /// <summary>A timeout as the library takes it.</summary>
    internal static long Nanoseconds(TimeSpan timeout)
    {
        RequireTimeout(timeout);
        return timeout == Timeout.InfiniteTimeSpan ? Native.ZB_FOREVER : timeout.Ticks * 100;
    }

    /// <summary>Refuses what is no timeout, also where the call would not have to wait.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void RequireTimeout(TimeSpan timeout)
    {
        if ((ulong)timeout.Ticks > LongestTicks && timeout != Timeout.InfiniteTimeSpan)
        {
            RefuseTimeout(timeout);
        }
    }

    [DoesNotReturn]
    private static void RefuseTimeout(TimeSpan timeout) => throw new MisuseException(
        $"timeout {timeout} is not possible; use 0 (try once) to 292 years, or Timeout.InfiniteTimeSpan to wait for ever");

    /// <summary>The name for C. Which names are good is for the library to say, but it cannot see past a NUL.</summary>
    internal static byte[] Name(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Contains('\0'))
        {
            throw new BadNameException(
                $"buffer '{name.Replace("\0", "\\0")}': the name has a NUL; use letters, digits, '.', '_', '-'");
        }
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        Encoding.UTF8.GetBytes(name, bytes);
        return bytes;
    }

    internal static ulong Size(long size, string what) =>
        size >= 0 ? (ulong)size : throw new MisuseException($"{what} {size} is negative; use 0 or more");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static nuint Size(int size, string what) => size >= 0 ? (nuint)size : (nuint)Size((long)size, what);

    internal static string Text(byte* text) => System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)text) ?? "";
}
