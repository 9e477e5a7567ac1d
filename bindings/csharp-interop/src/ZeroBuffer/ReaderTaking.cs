// SPDX-License-Identifier: MIT
// How a reader takes frames and gives them back. Once a frame has become a FrameLease, which any thread may dispose of,
// the calls that do not wait take turns, and so after the disposal; until then there is neither a lock nor an atomic
// operation.
using System;
using System.Runtime.CompilerServices;
using System.Threading;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

public sealed unsafe partial class Reader
{
    private readonly object _gate = new();
    private volatile bool _isShared;

    // A method with a call that may wait begins by making a frame for the collector, and a struct that is handed on is a
    // copy. So what a frame passes when it is there has neither; what waits has a method of its own.

    /// <summary>The next frame, in a slot that stays free until <see cref="Use"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal FrameSlot* TakeSlot(out Status status, TimeSpan timeout)
    {
        FrameSlot* slot = _slots.Free;
        status = TakeNow(&slot->Frame);
        if (status != Status.Ok)
        {
            status = TakeLater(&slot->Frame, status, timeout);
        }
        return slot;
    }

    internal Status Take(out Frame frame, TimeSpan timeout)
    {
        FrameSlot* slot = TakeSlot(out Status status, timeout);
        frame = status == Status.Ok ? Use(slot) : default;
        return status;
    }

    internal Status TakeLatest(out Frame frame, TimeSpan timeout)
    {
        FrameSlot* slot = _slots.Free;
        Status status = TakeLatestNow(&slot->Frame);
        if (status == Status.Timeout && timeout != TimeSpan.Zero)
        {
            status = WaitAndTake(&slot->Frame, Arguments.Nanoseconds(timeout), latest: true);
        }
        frame = status == Status.Ok ? Use(slot) : default;
        return status;
    }

    /// <summary>The frame in a slot that was just filled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Frame Use(FrameSlot* slot)
    {
        _slots.Use(slot);
        GC.KeepAlive(this);
        return new Frame(this, &slot->Frame, &slot->Ticket, isBatched: false);
    }

    /// <summary>Nothing, unless the ticket is that of the frame, which is in no batch.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void GiveBack(zb_frame* frame, uint ticket, bool isBatched)
    {
        FrameSlot* slot = (FrameSlot*)frame;
        if (isBatched || slot->Ticket != ticket)
        {
            return;
        }
        // Not in order only when the library lost track of it, which the ticket rules out: nothing is to be done.
        Release(frame);
        _slots.GiveBack(slot);
    }

    /// <summary>The same bytes in a lease that may go anywhere; the frame's slot is free afterwards.</summary>
    internal FrameLease Detach(zb_frame* frame)
    {
        _isShared = true;
        FrameLease lease = new(this, *frame);
        _slots.GiveBack((FrameSlot*)frame);
        return lease;
    }

    /// <summary>Any thread, when shared.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Release(zb_frame* frame)
    {
        if (_isShared)
        {
            ReleaseInTurn(frame);
        }
        else
        {
            Native.zb_reader_release(frame);
        }
        GC.KeepAlive(this);
    }

    /// <summary>A lease if a frame is there now, null if none is.</summary>
    internal FrameLease? TakeLease()
    {
        _isShared = true;
        zb_frame frame;
        Status status = TakeNow(&frame);
        GC.KeepAlive(this);
        return Failure.Check(status) ? new FrameLease(this, frame) : null;
    }

    /// <summary>Waits beside other threads. Takes nothing.</summary>
    internal Status WaitForFrame(Deadline deadline)
    {
        Status status;
        do
        {
            long left = deadline.Left;
            using (TurnFor(left))
            {
                status = Native.zb_reader_wait(_reader, left);
            }
        }
        while (IsStray(status));
        GC.KeepAlive(this);
        return status;
    }

    /// <summary>The turn of a call with this timeout: one that waits needs none, nor does a reader that is not shared.</summary>
    private Turn TurnFor(long timeout) => new(_isShared && timeout == 0 ? _gate : null);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Status TakeNow(zb_frame* frame) =>
        _isShared ? TakeInTurn(frame) : Native.zb_reader_acquire_now(_reader, 0, frame);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Status TakeInTurn(zb_frame* frame)
    {
        lock (_gate)
        {
            return Native.zb_reader_acquire_now(_reader, 0, frame);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReleaseInTurn(zb_frame* frame)
    {
        // After the disposal the last lease lets go of the memory, for which the garbage collector must not wait.
        lock (_gate)
        {
            Native.zb_reader_release_last(frame);
        }
    }

    private Status TakeLatestNow(zb_frame* frame)
    {
        using (TurnFor(0))
        {
            return Native.zb_reader_acquire_latest(_reader, 0, frame);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Status TakeLater(zb_frame* frame, Status status, TimeSpan timeout) =>
        status == Status.Timeout && timeout != TimeSpan.Zero
            ? WaitAndTake(frame, Arguments.Nanoseconds(timeout), latest: false)
            : status;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Status WaitAndTake(zb_frame* frame, long timeout, bool latest)
    {
        if (!_isShared)
        {
            Status taken = latest
                ? Native.zb_reader_acquire_latest(_reader, timeout, frame)
                : Native.zb_reader_acquire(_reader, timeout, frame);
            IsStray(taken);
            return taken;
        }
        Deadline deadline = new(timeout);
        Status status;
        do
        {
            status = WaitForFrame(deadline);
            if (status != Status.Ok)
            {
                return status;
            }
            status = latest ? TakeLatestNow(frame) : TakeNow(frame);
        }
        while (status == Status.Timeout && deadline.Left != 0);
        return status;
    }

    private readonly ref struct Turn
    {
        private readonly object? _gate;

        internal Turn(object? gate)
        {
            _gate = gate;
            if (gate is not null)
            {
                Monitor.Enter(gate);
            }
        }

        public void Dispose()
        {
            if (_gate is not null)
            {
                Monitor.Exit(_gate);
            }
        }
    }
}
