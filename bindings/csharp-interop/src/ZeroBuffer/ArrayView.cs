// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>
/// An array inside a frame, in place, as <c>frame.Array()</c> gives it: what it is, and its items. All that it names
/// was checked to lie inside the frame. Valid as long as the frame.
/// </summary>
public readonly unsafe ref struct ArrayView
{
    private static readonly UTF8Encoding StrictText = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte* _payload;
    private readonly ulong _size;
    private readonly zb_array _array;

    internal ArrayView(void* payload, ulong size)
    {
        zb_array array;
        Failure.Check(Native.zb_array_view(payload, size, &array));
        for (int i = 0; i < array.dimensions; ++i)
        {
            if (array.shape[i] > long.MaxValue)
            {
                throw new IncompatibleException(
                    $"array: length {array.shape[i]} of dimension {i} is more than a long holds; look at the bytes");
            }
        }
        _payload = (byte*)payload;
        _size = size;
        _array = array;
    }

    /// <summary>What an item is.</summary>
    public ItemKind Kind => (ItemKind)_array.kind;

    /// <summary>Bytes of one item; 8 for text.</summary>
    public nuint ItemSize => (nuint)_array.item_size;

    /// <summary>Most significant byte first.</summary>
    public bool IsBigEndian => _array.big_endian != 0;

    /// <summary>How the items follow each other.</summary>
    public ArrayOrder Order => (ArrayOrder)_array.order;

    /// <summary>0 to 32; an array without dimensions is one item.</summary>
    public int Dimensions => (int)_array.dimensions;

    /// <summary>Items along each dimension.</summary>
    [UnscopedRef]
    public ReadOnlySpan<long> Shape => Lengths(in _array.shape);

    /// <summary>Bytes between neighbours along each dimension.</summary>
    [UnscopedRef]
    public ReadOnlySpan<long> Strides => Lengths(in _array.strides);

    /// <summary>
    /// UTF-8: the fields of a record, as NumPy's <c>descr</c> in JSON, or the unit of a date; empty for other kinds.
    /// </summary>
    public ReadOnlySpan<byte> Description => new(_array.description, (int)_array.description_size);

    /// <summary>Bytes of the items.</summary>
    public nuint DataSize => (nuint)_array.data_size;

    /// <summary>The bytes of all items, and of what is between them.</summary>
    /// <exception cref="TooLargeException">More than a span can hold, 2 GiB: use <see cref="Slice"/>.</exception>
    public ReadOnlySpan<byte> Bytes => new(_payload + _array.data_offset, Spans.Length("array", _array.data_size));

    /// <summary>Some of these bytes.</summary>
    /// <param name="offset">Of the first byte, counted from the first item.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="MisuseException">They do not lie inside the array.</exception>
    public ReadOnlySpan<byte> Slice(nuint offset, int length)
    {
        Spans.RequireInside("array", offset, length, DataSize);
        return new ReadOnlySpan<byte>(_payload + _array.data_offset + offset, length);
    }

    /// <summary>All items, in the order in which they lie there.</summary>
    /// <exception cref="IncompatibleException">
    /// The items are of another type or byte order, or lie apart: use <see cref="Bytes"/> and <see cref="Strides"/>.
    /// </exception>
    /// <exception cref="TooLargeException">More items than a span can hold: use
    /// <see cref="As{T}(nuint, int)"/>.</exception>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged
    {
        RequireItemsOf<T>();
        return new ReadOnlySpan<T>(_payload + _array.data_offset, Spans.Items<T>("array", _array.data_size));
    }

    /// <summary>Some of the items, in the order in which they lie there.</summary>
    /// <param name="first">Number of the first one, from 0.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="IncompatibleException">As <see cref="As{T}()"/>.</exception>
    /// <exception cref="MisuseException">They are not all there.</exception>
    public ReadOnlySpan<T> As<T>(nuint first, int count)
        where T : unmanaged
    {
        RequireItemsOf<T>();
        Spans.RequireInside("array", first, count, (nuint)(_array.data_size / _array.item_size), "items");
        return new ReadOnlySpan<T>((T*)(_payload + _array.data_offset) + first, count);
    }

    /// <summary>A string of an array of text.</summary>
    /// <param name="index">From 0 to <c>Shape[0] - 1</c>.</param>
    /// <exception cref="MisuseException">The array has no text, or no such string.</exception>
    /// <exception cref="IncompatibleException">It lies about where the string is, or the string is not
    /// UTF-8.</exception>
    public string Text(long index)
    {
        zb_slice text;
        fixed (zb_array* array = &_array)
        {
            Failure.Check(Native.zb_array_text(_payload, _size, array, Arguments.Size(index, nameof(index)), &text));
        }
        try
        {
            return StrictText.GetString((byte*)text.data, Spans.Length("string of an array", text.size));
        }
        catch (DecoderFallbackException)
        {
            throw new IncompatibleException($"array: string {index} is not UTF-8; the sender is at fault");
        }
    }

    // Below 2^63 each, so that the signed numbers that C# counts with are the same.
    private ReadOnlySpan<long> Lengths(ref readonly zb_array.Lengths lengths) => MemoryMarshal.CreateReadOnlySpan(
        ref Unsafe.As<zb_array.Lengths, long>(ref Unsafe.AsRef(in lengths)), (int)_array.dimensions);

    private void RequireItemsOf<T>()
        where T : unmanaged
    {
        string? problem =
            !ItemType<T>.Takes(Kind) || _array.item_size != (ulong)Unsafe.SizeOf<T>()
                ? $"they are {Kind} of {_array.item_size} bytes each"
            : IsBigEndian ? "their most significant byte comes first"
            : Order == ArrayOrder.Strided ? "they lie apart"
            : null;
        if (problem is not null)
        {
            throw new IncompatibleException($"array: the items are no {typeof(T).Name}: {problem}; look at Bytes, Shape and Strides");
        }
    }
}
