// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>
/// Room for one frame being written, in place. <see cref="Commit()"/> publishes it; <see cref="Dispose"/> without a
/// commit gives it up. A <c>ref struct</c>: it and its spans stay in the method, and the spans cannot leave the block
/// that declares it.
/// </summary>
/// <remarks>
/// The bytes are whatever an earlier frame left there. All copies are one claim, and a writer has at most one. Do not
/// use a span after the commit: the reader may be reading those bytes.
/// </remarks>
public readonly unsafe ref struct Claim
{
    private readonly Writer? _writer;
    private readonly byte* _data;
    private readonly nuint _size;
    private readonly uint _ticket;

    internal Claim(Writer writer, uint ticket, byte* data, nuint size)
    {
        _writer = writer;
        _ticket = ticket;
        _data = data;
        _size = size;
    }

    /// <summary>Bytes claimed. Valid after the commit.</summary>
    public nuint Size => _size;

    /// <summary>All bytes claimed.</summary>
    /// <exception cref="TooLargeException">More than a span can hold, 2 GiB: use <see cref="Slice"/>.</exception>
    /// <exception cref="MisuseException">The claim was committed or given up.</exception>
    [UnscopedRef]
    public Span<byte> Bytes
    {
        get
        {
            RequireOpen();
            return new Span<byte>(_data, Spans.Length("claim", _size));
        }
    }

    /// <summary>Some of the bytes, also of a claim that is longer than a span.</summary>
    /// <param name="offset">Of the first byte.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="MisuseException">They do not lie inside the claim; or it was committed or given up.</exception>
    [UnscopedRef]
    public Span<byte> Slice(nuint offset, int length)
    {
        RequireOpen();
        Spans.RequireInside("claim", offset, length, _size);
        return new Span<byte>(_data + offset, length);
    }

    /// <summary>All bytes claimed as plain items.</summary>
    /// <exception cref="MisuseException">The size is no multiple of the item's; or as <see cref="Bytes"/>.</exception>
    /// <exception cref="TooLargeException">More items than a span can hold.</exception>
    [UnscopedRef]
    public Span<T> As<T>()
        where T : unmanaged
    {
        RequireOpen();
        return new Span<T>(_data, Spans.Items<T>("claim", _size));
    }

    /// <summary>Publishes all bytes as one frame.</summary>
    /// <returns>Its sequence.</returns>
    /// <exception cref="MisuseException">The claim was committed or given up.</exception>
    /// <exception cref="ClosedException">The writer was disposed.</exception>
    public ulong Commit() => Commit(_size);

    /// <summary>Publishes the first <paramref name="size"/> bytes as one frame.</summary>
    /// <returns>Its sequence.</returns>
    /// <exception cref="MisuseException">More than was claimed; or as <see cref="Commit()"/>. The claim stays
    /// open.</exception>
    /// <exception cref="ClosedException">The writer was disposed.</exception>
    public ulong Commit(nuint size)
    {
        RequireOpen();
        return _writer!.Commit(size);
    }

    /// <inheritdoc cref="Commit(nuint)"/>
    public ulong Commit(int size) => Commit(Arguments.Size(size, nameof(size)));

    /// <summary>Gives the room up, unless it was committed; nothing is published. Twice is the same as once.</summary>
    public void Dispose()
    {
        if (_writer is not null && _writer.OpenClaim(_ticket) != null)
        {
            _writer.Abort();
        }
    }

    internal byte* Data
    {
        get
        {
            RequireOpen();
            return _data;
        }
    }

    private void RequireOpen()
    {
        if (_writer is null || _writer.OpenClaim(_ticket) == null)
        {
            Refuse();
        }
    }

    [DoesNotReturn]
    private void Refuse() => throw new MisuseException(
        _writer is null
            ? "this is no claim: there was no room in time; look at what TryClaim returned"
            : $"buffer '{_writer.Name}': this claim was committed or given up; claim again for the next frame");
}
