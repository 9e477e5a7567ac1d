// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>
/// A frame being read, in place: a lease on bytes of the ring, given back by <see cref="Dispose"/>. A <c>ref
/// struct</c>: it and its spans stay in the method, and the spans cannot leave the block that declares the frame.
/// </summary>
/// <remarks>
/// All copies of a frame are one lease: when one of them is disposed of, the others are, too, and every member but
/// <see cref="Dispose"/> throws <see cref="MisuseException"/>. Dispose of each frame: one that is dropped keeps its
/// space, and after the disposal of its reader the reader's side of the buffer, until the process ends.
/// <see cref="ToLease"/> makes what may leave the method.
/// </remarks>
public readonly unsafe ref struct Frame
{
    private readonly Reader? _reader;
    private readonly zb_frame* _frame;
    private readonly uint* _currentTicket;
    private readonly uint _ticket;
    private readonly bool _isBatched;

    internal Frame(Reader reader, zb_frame* frame, uint* currentTicket, bool isBatched)
    {
        _reader = reader;
        _frame = frame;
        _currentTicket = currentTicket;
        _ticket = *currentTicket;
        _isBatched = isBatched;
    }

    /// <summary>1 for the first frame of the buffer, then one more each.</summary>
    public ulong Sequence
    {
        get
        {
            Held(out _);
            ulong sequence = _frame->sequence;
            GC.KeepAlive(_reader);
            return sequence;
        }
    }

    /// <summary>Payload bytes; may be 0.</summary>
    public nuint Size
    {
        get
        {
            Held(out ulong size);
            return (nuint)size;
        }
    }

    /// <summary>All bytes of the frame.</summary>
    /// <exception cref="TooLargeException">More than a span can hold, 2 GiB: use <see cref="Slice"/>.</exception>
    /// <exception cref="MisuseException">The frame was disposed of.</exception>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            void* data = Held(out ulong size);
            return new ReadOnlySpan<byte>(data, Spans.Length("frame", size));
        }
    }

    /// <summary>All bytes of the frame, to be edited in place.</summary>
    /// <exception cref="MisuseException">The reader was not made with <see cref="ReaderOptions.Writable"/>; or as
    /// <see cref="Bytes"/>.</exception>
    /// <exception cref="TooLargeException">As <see cref="Bytes"/>.</exception>
    [UnscopedRef]
    public Span<byte> WritableBytes
    {
        get
        {
            void* data = Held(out ulong size);
            if (!_reader!.IsWritable)
            {
                throw new MisuseException(
                    $"buffer '{_reader.Name}': frames are read-only; make the reader with Writable to edit them in place");
            }
            return new Span<byte>(data, Spans.Length("frame", size));
        }
    }

    /// <summary>Some bytes of the frame, also of one that is longer than a span.</summary>
    /// <param name="offset">Of the first byte.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="MisuseException">They do not lie inside the frame; or it was disposed of.</exception>
    [UnscopedRef]
    public ReadOnlySpan<byte> Slice(nuint offset, int length)
    {
        void* data = Held(out ulong size);
        Spans.RequireInside("frame", offset, length, (nuint)size);
        return new ReadOnlySpan<byte>((byte*)data + offset, length);
    }

    /// <summary>All bytes of the frame as plain items.</summary>
    /// <remarks>
    /// Items lie on 64 bytes in layout v2, at any byte in v1, which x86-64 and 64-bit ARM read as well.
    /// </remarks>
    /// <exception cref="MisuseException">The size is no multiple of the item's; or the frame was disposed
    /// of.</exception>
    /// <exception cref="TooLargeException">More items than a span can hold.</exception>
    [UnscopedRef]
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged
    {
        void* data = Held(out ulong size);
        return new ReadOnlySpan<T>(data, Spans.Items<T>("frame", size));
    }

    /// <summary>The array that the sender wrote, in place.</summary>
    /// <exception cref="IncompatibleException">The frame has no header of an array, or one that is wrong.</exception>
    /// <exception cref="MisuseException">The frame was disposed of.</exception>
    [UnscopedRef]
    public ArrayView Array()
    {
        void* data = Held(out ulong size);
        return new ArrayView(data, size);
    }

    /// <summary>
    /// The same frame as an object that may cross threads, queues and <c>await</c>; this frame is disposed of.
    /// </summary>
    /// <exception cref="MisuseException">The frame is part of a batch; or it was disposed of.</exception>
    public FrameLease ToLease()
    {
        Held(out _);
        return _isBatched
            ? throw new MisuseException($"buffer '{_reader!.Name}': a frame of a batch stays in it; acquire single frames to keep them")
            : _reader!.Detach(_frame);
    }

    /// <summary>
    /// Gives the frame back; its space returns to the writer in ring order. Twice is the same as once. A frame of a
    /// batch is given back with the batch.
    /// </summary>
    public void Dispose()
    {
        // No more than this: then the compiler puts it at the end of a using block instead of into a method of its own.
        _reader?.GiveBack(_frame, _ticket, _isBatched);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void* Held(out ulong size)
    {
        if (_reader is null || *_currentTicket != _ticket)
        {
            Refuse();
        }
        void* data = _frame->data;
        size = _frame->size;
        // The slot is the reader's.
        GC.KeepAlive(_reader);
        return data;
    }

    [DoesNotReturn]
    private void Refuse() => throw new MisuseException(
        _reader is null
            ? "this is no frame: none came in time; look at what TryAcquire returned"
            : $"buffer '{_reader.Name}': this frame was released; use it before its Dispose, or before the next step of the loop");
}
