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
        ulong number = 0;
        Status status;
        fixed (byte* firstData = first)
        fixed (byte* secondData = second)
        {
            zb_slice* parts = stackalloc zb_slice[2];
            parts[0] = new zb_slice { data = firstData, size = (ulong)first.Length };
            parts[1] = new zb_slice { data = secondData, size = (ulong)second.Length };
            status = Native.zb_writer_writev(_writer, parts, 2, Arguments.Nanoseconds(timeout), &number);
        }
        GC.KeepAlive(this);
        sequence = number;
        return Failure.Check(status);
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
        ulong number = 0;
        Status status;
        Slices slices = new(parts.Length);
        try
        {
            slices.Pin(parts);
            fixed (zb_slice* first = slices.All)
            {
                status = Native.zb_writer_writev(_writer, first, (ulong)parts.Length, Arguments.Nanoseconds(timeout), &number);
            }
        }
        finally
        {
            slices.Dispose();
        }
        GC.KeepAlive(this);
        sequence = number;
        return Failure.Check(status);
    }

    /// <summary>
    /// Copies each block into a frame of its own, in order, and wakes the reader at most once per full ring; waits for
    /// room.
    /// </summary>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>; some frames may be
    /// committed.</exception>
    public void WriteMany(ReadOnlySpan<ReadOnlyMemory<byte>> frames) => WriteMany(frames, Timeout.InfiniteTimeSpan);

    /// <summary>As <see cref="WriteMany(ReadOnlySpan{ReadOnlyMemory{byte}})"/>.</summary>
    /// <param name="frames">Any number.</param>
    /// <param name="timeout">0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>How many were committed; fewer than all after the timeout.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>; some frames may be
    /// committed.</exception>
    public int WriteMany(ReadOnlySpan<ReadOnlyMemory<byte>> frames, TimeSpan timeout)
    {
        ulong written = 0;
        Status status;
        Slices slices = new(frames.Length);
        try
        {
            slices.Pin(frames);
            fixed (zb_slice* first = slices.All)
            {
                status = Native.zb_writer_write_many(_writer, first, (ulong)frames.Length, Arguments.Nanoseconds(timeout), &written);
            }
        }
        finally
        {
            slices.Dispose();
        }
        GC.KeepAlive(this);
        Failure.Check(status);
        return (int)written;
    }
}
