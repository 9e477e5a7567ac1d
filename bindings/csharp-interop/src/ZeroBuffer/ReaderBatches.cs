// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Numerics;
using System.Threading;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

public sealed unsafe partial class Reader
{
    // Its slots are kept for the reader's life, 48 bytes for each frame.
    private const int LargestBatch = 4096;

    // Frames of a batch point into its slots, so the reader keeps these, in use or not.
    private readonly List<BatchSlots> _batches = [];
    private readonly List<BatchSlots> _freeBatches = [];

    /// <summary>Waits for one frame, then takes all that are there, up to <paramref name="limit"/>.</summary>
    /// <param name="limit">1 or more; more than 4096 are 4096.</param>
    /// <returns>The frames, to be disposed of together.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Acquire"/>.</exception>
    public FrameBatch AcquireMany(int limit)
    {
        Failure.Check(Take(limit, Timeout.InfiniteTimeSpan, out FrameBatch batch));
        return batch;
    }

    /// <summary>As <see cref="AcquireMany"/>.</summary>
    /// <param name="limit">1 or more; more than 4096 are 4096.</param>
    /// <param name="batch">The frames, to be disposed of together; none after the timeout.</param>
    /// <param name="timeout">0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>False when no frame came within the timeout.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Acquire"/>.</exception>
    public bool TryAcquireMany(int limit, out FrameBatch batch, TimeSpan timeout = default) =>
        Failure.Check(Take(limit, timeout, out batch));

    internal void GiveBack(BatchSlots slots, int count)
    {
        ++*slots.Ticket;
        using (TurnFor(0))
        {
            Native.zb_reader_release_many(slots.First, (ulong)count);
        }
        _freeBatches.Add(slots);
        GC.KeepAlive(this);
    }

    private Status Take(int limit, TimeSpan timeout, out FrameBatch batch)
    {
        if (limit < 1)
        {
            throw new MisuseException($"buffer '{Name}': limit {limit} is not possible; take at least one frame");
        }
        batch = default;
        limit = Math.Min(limit, LargestBatch);
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
            _freeBatches.Add(slots);
        }
        GC.KeepAlive(this);
        return status;
    }

    // A shared reader waits apart, beside other threads.
    private Status TakeMany(BatchSlots slots, int limit, long timeout, ulong* count)
    {
        Status status;
        using (TurnFor(timeout))
        {
            status = Native.zb_reader_acquire_many(_reader, (ulong)limit, timeout, slots.First, count);
        }
        IsStray(status);
        return status;
    }

    private BatchSlots Room(int limit)
    {
        for (int i = _freeBatches.Count - 1; i >= 0; --i)
        {
            BatchSlots free = _freeBatches[i];
            if (free.Limit >= limit)
            {
                _freeBatches.RemoveAt(i);
                return free;
            }
        }
        // By powers of two, so that growing limits do not leave one behind each.
        BatchSlots slots = new((int)BitOperations.RoundUpToPowerOf2((uint)limit));
        _batches.Add(slots);
        return slots;
    }
}
