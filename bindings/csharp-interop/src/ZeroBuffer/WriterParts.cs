// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

public sealed unsafe partial class Writer
{
    /// <summary>Copies two parts one after the other into one frame, waiting for room if need be.</summary>
    /// <returns>The sequence of the frame.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    public ulong WriteParts(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        TryWriteParts(first, second, Timeout.InfiniteTimeSpan, out ulong sequence);
        return sequence;
    }

    /// <summary>Copies two parts one after the other into one frame.</summary>
    /// <param name="first">Comes first.</param>
    /// <param name="second">Comes behind it.</param>
    /// <param name="timeout">0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="sequence">Of the frame; 0 after the timeout.</param>
    /// <returns>False when the ring stayed full.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    public bool TryWriteParts(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, TimeSpan timeout, out ulong sequence)
    {
        fixed (byte* firstData = first)
        fixed (byte* secondData = second)
        {
            zb_slice* parts = stackalloc zb_slice[2];
            parts[0] = new zb_slice { data = firstData, size = (ulong)first.Length };
            parts[1] = new zb_slice { data = secondData, size = (ulong)second.Length };
            return Failure.Check(Gather(parts, 2, new Deadline(Arguments.Nanoseconds(timeout)), out sequence));
        }
    }

    /// <summary>Copies parts one after the other into one frame, waiting for room if need be.</summary>
    /// <returns>The sequence of the frame.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    public ulong WriteParts(ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        TryWriteParts(parts, Timeout.InfiniteTimeSpan, out ulong sequence);
        return sequence;
    }

    /// <summary>Copies parts one after the other into one frame.</summary>
    /// <param name="parts">Any number.</param>
    /// <param name="timeout">0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="sequence">Of the frame; 0 after the timeout.</param>
    /// <returns>False when the ring stayed full.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    public bool TryWriteParts(ReadOnlySpan<ReadOnlyMemory<byte>> parts, TimeSpan timeout, out ulong sequence)
    {
        return Failure.Check(PutPinned(parts, timeout, asOne: true, out sequence));
    }

    /// <summary>
    /// Copies each block into a frame of its own, in order, and wakes the reader at most once per full ring; waits for
    /// room.
    /// </summary>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>. Some frames may be committed by
    /// then, and are not to be sent again: <see cref="Stats"/> has the sequence of the last.</exception>
    public void WriteMany(ReadOnlySpan<ReadOnlyMemory<byte>> frames) => WriteMany(frames, Timeout.InfiniteTimeSpan);

    /// <summary>As <see cref="WriteMany(ReadOnlySpan{ReadOnlyMemory{byte}})"/>.</summary>
    /// <param name="frames">Any number.</param>
    /// <param name="timeout">0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>How many were committed; fewer than all after the timeout.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="WriteMany(ReadOnlySpan{ReadOnlyMemory{byte}})"/>.</exception>
    public int WriteMany(ReadOnlySpan<ReadOnlyMemory<byte>> frames, TimeSpan timeout)
    {
        Failure.Check(PutPinned(frames, timeout, asOne: false, out ulong written));
        return (int)written;
    }

    private Status PutPinned(ReadOnlySpan<ReadOnlyMemory<byte>> blocks, TimeSpan timeout, bool asOne, out ulong result)
    {
        Deadline deadline = new(Arguments.Nanoseconds(timeout));
        Slices slices = new(blocks.Length);
        try
        {
            slices.Pin(blocks);
            fixed (zb_slice* first = slices.All)
            {
                ulong count = (ulong)blocks.Length;
                return asOne ? Gather(first, count, deadline, out result) : PutEach(first, count, deadline, out result);
            }
        }
        finally
        {
            slices.Dispose();
        }
    }

    private Status Gather(zb_slice* parts, ulong count, Deadline deadline, out ulong sequence)
    {
        ulong number = 0;
        Status status;
        do
        {
            status = Native.zb_writer_writev(_writer, parts, count, deadline.Left, &number);
        }
        while (IsStray(status));
        GC.KeepAlive(this);
        sequence = number;
        return status;
    }

    private Status PutEach(zb_slice* frames, ulong count, Deadline deadline, out ulong written)
    {
        written = 0;
        Status status;
        do
        {
            ulong some = 0;
            status = Native.zb_writer_write_many(_writer, frames + written, count - written, deadline.Left, &some);
            written += some;
        }
        while (IsStray(status));
        GC.KeepAlive(this);
        return status;
    }
}
