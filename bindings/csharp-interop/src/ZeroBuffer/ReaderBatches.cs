// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

public sealed unsafe partial class Reader
{
    // Frames of a batch point into its slots, so the reader keeps these, in use or not.
    private readonly List<BatchSlots> _batches = [];
    private readonly Stack<BatchSlots> _freeBatches = new();

    /// <summary>Waits for one frame, then takes all that are there, up to <paramref name="limit"/>.</summary>
    /// <param name="limit">1 or more.</param>
    /// <returns>The frames, to be disposed of together.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Acquire"/>.</exception>
    public FrameBatch AcquireMany(int limit)
    {
        Failure.Check(Take(limit, Timeout.InfiniteTimeSpan, out FrameBatch batch));
        return batch;
    }

    /// <summary>As <see cref="AcquireMany"/>.</summary>
    /// <param name="limit">1 or more.</param>
    /// <param name="batch">The frames, to be disposed of together; none after the timeout.</param>
    /// <param name="timeout">0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>False when no frame came within the timeout.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Acquire"/>.</exception>
    public bool TryAcquireMany(int limit, out FrameBatch batch, TimeSpan timeout = default) =>
        Failure.Check(Take(limit, timeout, out batch));

    internal void GiveBack(BatchSlots slots, int count)
    {
        ++*slots.Ticket;
        if (_isShared)
        {
            lock (_gate)
            {
                Native.zb_reader_release_many(slots.First, (ulong)count);
            }
        }
        else
        {
            Native.zb_reader_release_many(slots.First, (ulong)count);
        }
        _freeBatches.Push(slots);
        GC.KeepAlive(this);
    }

    private Status Take(int limit, TimeSpan timeout, out FrameBatch batch)
    {
        if (limit < 1)
        {
            throw new MisuseException($"buffer '{Name}': limit {limit} is not possible; take at least one frame");
        }
        batch = default;
        long duration = Arguments.Nanoseconds(timeout);
        BatchSlots slots = Room(limit);
        ulong count = 0;
        Status status = TakeMany(slots, limit, _isShared ? 0 : duration, &count);
        if (_isShared && status == Status.Timeout && duration != 0)
        {
            Deadline deadline = new(duration);
            do
            {
                status = WaitForFrame(deadline);
                if (status == Status.Ok)
                {
                    status = TakeMany(slots, limit, 0, &count);
                }
            }
            while (status == Status.Timeout && deadline.Left != 0);
        }
        if (status == Status.Ok)
        {
            batch = new FrameBatch(this, slots, (int)count);
        }
        else
        {
            _freeBatches.Push(slots);
        }
        GC.KeepAlive(this);
        return status;
    }

    private Status TakeMany(BatchSlots slots, int limit, long timeout, ulong* count)
    {
        if (!_isShared)
        {
            Status status = Native.zb_reader_acquire_many(_reader, (ulong)limit, timeout, slots.First, count);
            IsStray(status);
            return status;
        }
        lock (_gate)
        {
            return Native.zb_reader_acquire_many(_reader, (ulong)limit, timeout, slots.First, count);
        }
    }

    private BatchSlots Room(int limit)
    {
        if (_freeBatches.TryPop(out BatchSlots? slots) && slots.Limit >= limit)
        {
            return slots;
        }
        slots = new BatchSlots(limit);
        _batches.Add(slots);
        return slots;
    }
}
