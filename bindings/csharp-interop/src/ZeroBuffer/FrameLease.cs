// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Threading;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>
/// A frame that may cross threads, queues and <c>await</c>, as <see cref="ReadOnlyMemory{T}"/>. Whoever has it last
/// disposes of it, in any thread, in any order.
/// </summary>
/// <remarks>
/// A lease that is dropped keeps its space in the ring, and after the disposal of its reader the reader's side of the
/// buffer, until the process ends: there is no finalizer, because one could give the bytes to the writer while a span of
/// them is still in use. <see cref="Endpoint.Stats"/> counts what is held. Do not use spans of a lease after its
/// disposal: the writer may be filling those bytes again.
/// </remarks>
public sealed unsafe class FrameLease : MemoryManager<byte>
{
    private readonly Reader _reader;
    private zb_frame _frame;
    private int _isReleased;

    internal FrameLease(Reader reader, in zb_frame frame)
    {
        _reader = reader;
        _frame = frame;
        Sequence = frame.sequence;
        Size = (nuint)frame.size;
    }

    /// <summary>1 for the first frame of the buffer, then one more each. Valid after disposal.</summary>
    public ulong Sequence { get; }

    /// <summary>Payload bytes; may be 0. Valid after disposal.</summary>
    public nuint Size { get; }

    /// <summary>All bytes of the frame.</summary>
    /// <exception cref="TooLargeException">More than a span can hold, 2 GiB: use <see cref="Slice"/>.</exception>
    /// <exception cref="MisuseException">The lease was disposed of.</exception>
    public ReadOnlySpan<byte> Bytes => new(Data(), Spans.Length("frame", Size));

    /// <summary>All bytes of the frame, for queues and streams. Read-only unless the reader is writable.</summary>
    /// <exception cref="TooLargeException">As <see cref="Bytes"/>.</exception>
    /// <exception cref="MisuseException">The lease was disposed of.</exception>
    public new ReadOnlyMemory<byte> Memory
    {
        get
        {
            Data();
            return CreateMemory(Spans.Length("frame", Size));
        }
    }

    /// <summary>Some bytes of the frame, also of one that is longer than a span.</summary>
    /// <param name="offset">Of the first byte.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="MisuseException">They do not lie inside the frame; or the lease was disposed of.</exception>
    public ReadOnlySpan<byte> Slice(nuint offset, int length)
    {
        byte* data = Data();
        Spans.RequireInside("frame", offset, length, Size);
        return new ReadOnlySpan<byte>(data + offset, length);
    }

    /// <summary>All bytes of the frame as plain items.</summary>
    /// <exception cref="MisuseException">The size is no multiple of the item's; or the lease was disposed
    /// of.</exception>
    /// <exception cref="TooLargeException">More items than a span can hold.</exception>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged => new(Data(), Spans.Items<T>("frame", Size));

    /// <summary>The array that the sender wrote, in place.</summary>
    /// <exception cref="IncompatibleException">The frame has no header of an array, or one that is wrong.</exception>
    /// <exception cref="MisuseException">The lease was disposed of.</exception>
    public ArrayView Array() => new(Data(), Size);

    /// <summary>
    /// For <see cref="ReadOnlyMemory{T}"/>. Stores into it crash the process unless the reader is writable.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public override Span<byte> GetSpan() => new(Data(), Spans.Length("frame", Size));

    /// <summary>For <see cref="ReadOnlyMemory{T}"/>: the bytes never move.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        byte* data = Data();
        Spans.RequireInside("frame", (nuint)(uint)elementIndex, 0, Size);
        return new MemoryHandle(data + elementIndex, default, this);
    }

    /// <summary>For <see cref="ReadOnlyMemory{T}"/>: nothing to do.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public override void Unpin()
    {
    }

    /// <summary>Gives the frame back. Twice is the same as once. Any thread.</summary>
    public void Dispose() => Dispose(disposing: true);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isReleased, 1) == 0)
        {
            fixed (zb_frame* frame = &_frame)
            {
                _reader.Release(frame);
            }
        }
    }

    private byte* Data() => Volatile.Read(ref _isReleased) == 0
        ? (byte*)_frame.data
        : throw new MisuseException($"buffer '{_reader.Name}': frame {Sequence} was released; use it before its Dispose");
}
