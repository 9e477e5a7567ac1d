// SPDX-License-Identifier: MIT
using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace ZeroBuffer;

/// <summary>What an item of an array is: the letters of NumPy's type strings, and <c>T</c>.</summary>
public enum ItemKind
{
    /// <summary>1 byte, 0 or 1: <see cref="bool"/>.</summary>
    Boolean = 0x62,

    /// <summary>Two's complement: <see cref="sbyte"/> to <see cref="long"/>.</summary>
    Integer = 0x69,

    /// <summary>Unsigned: <see cref="byte"/> to <see cref="ulong"/>.</summary>
    Natural = 0x75,

    /// <summary>
    /// Floating point: <see cref="Half"/>, <see cref="float"/>, <see cref="double"/>; 16 bytes have no type here.
    /// </summary>
    Real = 0x66,

    /// <summary>Two reals: <see cref="System.Numerics.Complex"/> if of 16 bytes.</summary>
    Complex = 0x63,

    /// <summary>Bytes of a fixed length, filled up with NUL.</summary>
    Bytes = 0x53,

    /// <summary>Code points of 4 bytes each, a fixed number, filled up with 0.</summary>
    Characters = 0x55,

    /// <summary>A struct; its fields are in <see cref="ArrayView.Description"/>, if that is not empty.</summary>
    Record = 0x56,

    /// <summary>A count of the unit in <see cref="ArrayView.Description"/>, from 1970: <see cref="long"/>.</summary>
    Date = 0x4d,

    /// <summary>A count of the unit in <see cref="ArrayView.Description"/>: <see cref="long"/>.</summary>
    Duration = 0x6d,

    /// <summary>Strings of any length: <see cref="ArrayView.Text"/>.</summary>
    Text = 0x54,
}

/// <summary>How the items of an array follow each other.</summary>
public enum ArrayOrder
{
    /// <summary>The last index is the fastest, as in C#.</summary>
    C = 0,

    /// <summary>The first index is the fastest.</summary>
    Fortran = 1,

    /// <summary>As <see cref="ArrayView.Strides"/> say.</summary>
    Strided = 2,
}

internal static class ItemType<T>
    where T : unmanaged
{
    /// <summary>What an array of T says it has. A struct is a record without a description.</summary>
    internal static readonly ItemKind Kind = Of();

    internal static bool Takes(ItemKind kind) =>
        kind == Kind || (typeof(T) == typeof(long) && kind is ItemKind.Date or ItemKind.Duration);

    private static ItemKind Of()
    {
        if (typeof(T) == typeof(bool))
        {
            return ItemKind.Boolean;
        }
        if (typeof(T) == typeof(sbyte) || typeof(T) == typeof(short) || typeof(T) == typeof(int) || typeof(T) == typeof(long) ||
            typeof(T) == typeof(nint))
        {
            return ItemKind.Integer;
        }
        if (typeof(T) == typeof(byte) || typeof(T) == typeof(ushort) || typeof(T) == typeof(uint) || typeof(T) == typeof(ulong) ||
            typeof(T) == typeof(nuint))
        {
            return ItemKind.Natural;
        }
        if (typeof(T) == typeof(Half) || typeof(T) == typeof(float) || typeof(T) == typeof(double))
        {
            return ItemKind.Real;
        }
        return typeof(T) == typeof(Complex) ? ItemKind.Complex : ItemKind.Record;
    }
}
