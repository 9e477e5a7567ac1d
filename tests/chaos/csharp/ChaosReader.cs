// SPDX-License-Identifier: MIT
// reader.cpp in C#. Every other life of it holds frames for a while, which makes them leases and so takes the reader's
// other path.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace ZeroBuffer.Programs;

internal sealed unsafe class ChaosReader(string name, Account* account)
    : Duty("reader", name, account, &account->Reader, &account->Writer)
{
    private readonly List<(ulong Number, FrameLease Lease)> _held = [];
    private readonly bool _holds = account->Reader.Random.Value % 2 == 1;
    private Reader _reader = null!;
    private ulong _last;      // taken; before the first one: perhaps released by the predecessor
    private ulong _released;  // by the predecessor, surely
    private ulong _before;    // taken by the predecessor
    private ulong _skipsSeen;
    private ulong _notedWriter;
    private ulong _stops;
    private int _quiet;  // waits without a frame, since it was told to leave
    private bool _isResumed;
    private bool _isNoted;
    private bool _isLost;

    // A writer that came and went without a frame, before this reader looked, is never reported.
    private bool IsOver => ShallLeave && (All->Drain.Value == 0 || _isLost || _quiet == 5);

    internal void Run()
    {
        if (!Attach())
        {
            return;
        }
        while (!IsOver)
        {
            Step();
        }
        while (_held.Count > 0)
        {
            Release(0);
        }
        _reader.Dispose();
    }

    private bool Attach()
    {
        _before = Account.Within(Epoch, Own->Taken.Value);
        _released = Account.Within(Epoch, Own->Done.Value);
        _last = Account.Within(Epoch, Own->Doing.Value);
        _skipsSeen = Peer->Skipped.Value;
        _stops = All->Stops.Value;
        ReaderOptions options = new() { Layout = Layout, Capacity = Capacity, WaitMode = Mode };
        Reader? reader = AttachPatiently(() => Reader.Create(Name, options));
        if (reader is null)
        {
            return false;
        }
        _reader = reader;
        if (IsV1)
        {
            All->Ready.Value = Epoch;
        }
        SayAttached(0);
        return true;
    }

    private void Step()
    {
        bool isLeaving = ShallLeave;
        Sight before = Look();
        ulong committed = Peer->Done.Value;
        try
        {
            Take(before);
        }
        catch (PeerLostException loss)
        {
            Judge(before, loss);
            // What a writer skipped and never wrote behind counts as committed, too.
            ulong skipped = IsV1 ? Peer->Skipped.Value - _skipsSeen : 0;
            if (Account.EpochOf(committed) == Epoch && committed > _last + skipped)
            {
                Fault("lost at the end", _last, committed);
            }
            _isLost = isLeaving;
            while (!ShallLeave && !_reader.WaitForPeer(Moment))
            {
            }
        }
    }

    private void Take(Sight before)
    {
        bool taken = Pattern.Mixed(_last + 1) % 16 == 0 ? TakeSeveral(before) : TakeOne(before);
        _quiet = !taken && ShallLeave ? _quiet + 1 : 0;
    }

    private bool TakeSeveral(Sight before)
    {
        // A batch is not held, so nothing else lets go of what is overdue.
        while (_held.Count > 0 && _last + 1 - _held[0].Number > 4)
        {
            Release(0);
        }
        if (!_reader.TryAcquireMany(3, out FrameBatch batch, Patience))
        {
            return false;
        }
        foreach (Frame frame in batch)
        {
            Accept(frame, before);
        }
        ulong free = _held.Count > 0 ? _held[0].Number : _last + 1;
        Own->Doing.Value = free - 1;
        batch.Dispose();
        Own->Done.Value = free - 1;
        Pause(_last);
        return true;
    }

    private bool TakeOne(Sight before)
    {
        if (!_reader.TryAcquire(out Frame frame, Patience))
        {
            return false;
        }
        ulong number = Accept(frame, before);
        if (_holds)
        {
            Hold(number, frame.ToLease());
        }
        else
        {
            Own->Doing.Value = number;
            frame.Dispose();
            Own->Done.Value = number;
        }
        Pause(number);
        return true;
    }

    private ulong Accept(Frame frame, Sight before)
    {
        _isLost = false;
        ulong number = Check(frame);
        Own->Taken.Value = Math.Max(Own->Taken.Value, number);
        NoteFirstFrame(number, before);
        return number;
    }

    private void Hold(ulong number, FrameLease lease)
    {
        _held.Add((number, lease));
        ulong random = Pattern.Mixed(number ^ Own->Random.Value);
        while ((ulong)_held.Count > random % 4)
        {
            // Space returns in order: one that is held for long would keep the writer waiting, and so this reader.
            bool isOverdue = number - _held[0].Number > 4;
            Release(isOverdue ? 0 : (int)(random / 4 % (ulong)_held.Count));
        }
    }

    private void Release(int index)
    {
        ulong behind = index != 0 ? _held[0].Number : _held.Count > 1 ? _held[1].Number : _last + 1;
        Own->Doing.Value = behind - 1;
        _held[index].Lease.Dispose();
        _held.RemoveAt(index);
        Own->Done.Value = behind - 1;
    }

    private ulong Check(Frame frame)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes;
        ulong number = bytes.Length > sizeof(ulong) ? MemoryMarshal.Read<ulong>(bytes) : 0;
        if (bytes.Length != SizeOf(number) || !Pattern.Matches(bytes[sizeof(ulong)..], number))
        {
            Fault("corrupt frame", number, _last + 1);
        }
        if (!IsV1 && number != Account.BeginOf(Epoch) + frame.Sequence)
        {
            Fault("a frame with another's sequence", number, Account.BeginOf(Epoch) + frame.Sequence);
        }
        CheckOrder(number, frame.Sequence);
        _last = number;
        return number;
    }

    // The first one: after what was surely released, or just so, and was not noted.
    private void CheckOrder(ulong number, ulong sequence)
    {
        ulong least = _isResumed ? _last + 1 : _released + 1;
        _isResumed = true;
        if (number < least)
        {
            Fault("comes twice", number, least);
        }
        if (number > _last + 1 && number > _last + 1 + MaySkip(sequence))
        {
            Fault("lost before", number, _last + 1);
        }
    }

    // v1: the writer numbers from 1 again where the ring cannot tell whether the last frame was committed.
    private ulong MaySkip(ulong sequence)
    {
        if (!IsV1 || sequence != 1)
        {
            return 0;
        }
        ulong skips = Peer->Skipped.Value - _skipsSeen;
        _skipsSeen += skips;
        return skips;
    }

    // Of whichever side came last to the other one, if both were left in peace since.
    private void NoteFirstFrame(ulong number, Sight before)
    {
        bool isUndisturbed = Own->Pace.Value == 0 && Peer->Pace.Value == 0 && All->Stops.Value == _stops
                             && before.IsAttached && Own->Hold.Value != Incarnation
                             && Peer->Hold.Value != before.Incarnation;
        ulong came = Peer->AttachedAt.Value;
        ulong now = Now;
        if (!_isNoted && number > _before)
        {
            _isNoted = true;
            if (isUndisturbed && came < Own->AttachedAt.Value)
            {
                Own->FirstFrame.Value = now - Own->AttachedAt.Value;
            }
        }
        if (before.Incarnation == _notedWriter || !before.IsAttached || number < Peer->FirstNumber.Value)
        {
            return;
        }
        _notedWriter = before.Incarnation;
        bool isSame = Peer->Attached.Value == before.Incarnation && Peer->Incarnation.Value == before.Incarnation;
        if (isUndisturbed && isSame && came > Own->AttachedAt.Value)
        {
            Peer->FirstFrame.Value = now - came;
        }
    }
}
