// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

public sealed unsafe partial class Writer
{
    /// <summary>
    /// Copies an array into one frame that says what it is, in every language; waits for room if need be.
    /// </summary>
    /// <param name="items">The last index fastest. A struct of your own arrives as a record of so many bytes.</param>
    /// <param name="shape">Items along each dimension, as in <c>[720, 1280, 3]</c>; at most 32 dimensions.</param>
    /// <returns>The sequence of the frame.</returns>
    /// <exception cref="MisuseException">The shape takes another number of items; or as
    /// <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    public ulong WriteArray<T>(ReadOnlySpan<T> items, ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        TryWriteArray(items, shape, Timeout.InfiniteTimeSpan, out ulong sequence);
        return sequence;
    }

    /// <summary>As <see cref="WriteArray{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>.</summary>
    /// <param name="items">The last index fastest.</param>
    /// <param name="shape">Items along each dimension.</param>
    /// <param name="timeout">0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="sequence">Of the frame; 0 after the timeout.</param>
    /// <returns>False when the ring stayed full.</returns>
    /// <exception cref="ZeroBufferException">As
    /// <see cref="WriteArray{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>.</exception>
    public bool TryWriteArray<T>(ReadOnlySpan<T> items, ReadOnlySpan<long> shape, TimeSpan timeout, out ulong sequence)
        where T : unmanaged
    {
        zb_array array = Plan<T>(shape, out nuint size);
        ulong count = array.data_size / (ulong)sizeof(T);
        if (count != (ulong)items.Length)
        {
            throw new MisuseException(
                $"writer of buffer '{Name}': {items.Length} items, and the shape takes {count}; give what fits");
        }
        sequence = 0;
        if (!TryClaim(size, out Claim claim, timeout))
        {
            return false;
        }
        using (claim)
        {
            Failure.Check(Native.zb_array_write(claim.Data, size, &array));
            items.CopyTo(new Span<T>(claim.Data + array.data_offset, items.Length));
            sequence = claim.Commit();
        }
        return true;
    }

    /// <summary>Room for an array, to be filled in place; waits for it if need be.</summary>
    /// <param name="shape">Items along each dimension, as in <c>[720, 1280, 3]</c>; at most 32 dimensions.</param>
    /// <returns>The room, to be disposed of.</returns>
    /// <exception cref="MisuseException">No array has that shape; or as
    /// <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    public ArrayClaim<T> ClaimArray<T>(scoped ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        TryClaimArray(shape, out ArrayClaim<T> claim, Timeout.InfiniteTimeSpan);
        return claim;
    }

    /// <summary>As <see cref="ClaimArray{T}(ReadOnlySpan{long})"/>.</summary>
    /// <param name="shape">Items along each dimension.</param>
    /// <param name="claim">The room, to be disposed of; none after the timeout.</param>
    /// <param name="timeout">0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>False when the ring stayed full.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="ClaimArray{T}(ReadOnlySpan{long})"/>.</exception>
    public bool TryClaimArray<T>(scoped ReadOnlySpan<long> shape, out ArrayClaim<T> claim, TimeSpan timeout = default)
        where T : unmanaged
    {
        zb_array array = Plan<T>(shape, out nuint size);
        claim = default;
        if (!TryClaim(size, out Claim room, timeout))
        {
            return false;
        }
        Status status = Native.zb_array_write(room.Data, size, &array);
        if (status != Status.Ok)
        {
            room.Dispose();
            Failure.Throw(status);
        }
        claim = new ArrayClaim<T>(room, (nuint)array.data_offset, (nuint)(array.data_size / (ulong)sizeof(T)));
        return true;
    }

    private static zb_array Plan<T>(ReadOnlySpan<long> shape, out nuint size)
        where T : unmanaged
    {
        zb_array array = default;
        array.kind = (uint)ItemType<T>.Kind;
        array.item_size = (ulong)sizeof(T);
        if (shape.Length > Native.ZB_ARRAY_DIMENSIONS)
        {
            throw new MisuseException($"array: {shape.Length} dimensions; use {Native.ZB_ARRAY_DIMENSIONS} at most");
        }
        array.dimensions = (uint)shape.Length;
        for (int i = 0; i < shape.Length; ++i)
        {
            array.shape[i] = Arguments.Size(shape[i], "array: length");
        }
        ulong planned;
        Failure.Check(Native.zb_array_plan(&array, &planned));
        size = (nuint)planned;
        return array;
    }
}

/// <summary>
/// Room for an array, to be filled in place. <see cref="Commit"/> publishes it; <see cref="Dispose"/> without a commit
/// gives it up.
/// </summary>
public readonly unsafe ref struct ArrayClaim<T>
    where T : unmanaged
{
    private readonly Claim _claim;
    private readonly nuint _offset;

    internal ArrayClaim(Claim claim, nuint offset, nuint count)
    {
        _claim = claim;
        _offset = offset;
        Count = count;
    }

    /// <summary>How many items there are.</summary>
    public nuint Count { get; }

    /// <summary>All items, the last index fastest; they are whatever an earlier frame left there.</summary>
    /// <exception cref="TooLargeException">More than a span can hold: use <see cref="Slice"/>.</exception>
    /// <exception cref="MisuseException">The claim was committed or given up.</exception>
    [UnscopedRef]
    public Span<T> Items
    {
        get
        {
            T* first = (T*)(_claim.Data + _offset);
            return new Span<T>(first, Spans.Items<T>("array claim", Count * (nuint)sizeof(T)));
        }
    }

    /// <summary>Some of the items.</summary>
    /// <param name="first">Number of the first one, from 0.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="MisuseException">They are not all there; or the claim was committed or given up.</exception>
    [UnscopedRef]
    public Span<T> Slice(nuint first, int count)
    {
        T* items = (T*)(_claim.Data + _offset);
        Spans.RequireInside("array claim", first, count, Count, "items");
        return new Span<T>(items + first, count);
    }

    /// <summary>Publishes the array as one frame.</summary>
    /// <returns>Its sequence.</returns>
    /// <exception cref="MisuseException">The claim was committed or given up.</exception>
    /// <exception cref="ClosedException">The writer was disposed.</exception>
    public ulong Commit() => _claim.Commit();

    /// <summary>Gives the room up, unless it was committed. Twice is the same as once.</summary>
    public void Dispose() => _claim.Dispose();
}
