// SPDX-License-Identifier: MIT
// writer.cpp in C#.
using System;

namespace ZeroBuffer.Programs;

internal sealed unsafe class ChaosWriter(string name, Account* account)
    : Duty("writer", name, account, &account->Writer, &account->Reader)
{
    private Writer? _writer;
    private ulong _base;
    private ulong _last;

    internal void Run()
    {
        while (Attach())
        {
            while (_writer is not null && !ShallLeave)
            {
                Step();
            }
            Close();
        }
    }

    // False: it was told to leave.
    private bool Attach()
    {
        WriterOptions options = new() { Layout = Layout, Capacity = Capacity, WaitMode = Mode };
        _writer = AttachPatiently(() => IsV1 ? OpenV1() : Writer.Create(Name, options));
        if (_writer is null)
        {
            return false;
        }
        Resume(_writer.Stats().Sequence);
        SayAttached(_last + 1);
        return true;
    }

    // Of a v1 buffer only its reader knows the epoch: it is the one that is ready, if it is the newest and lives.
    private Writer? OpenV1()
    {
        Writer writer = Writer.Open(Name, new WriterOptions { WaitMode = Mode, WaitForPeer = Moment });
        Epoch = All->Epoch.Value;
        if (All->Ready.Value == Epoch && writer.Stats().Peer == PeerState.Attached)
        {
            return writer;
        }
        writer.Dispose();
        return null;
    }

    // A kill may come between a commit and the note of it, and, v1, leave a ring that cannot tell.
    private void Resume(ulong sequence)
    {
        ulong least = Account.Within(Epoch, Own->Done.Value);
        ulong most = Account.Within(Epoch, Own->Doing.Value);
        _base = IsV1 ? Account.Within(Epoch, Own->Base.Value) : Account.BeginOf(Epoch);
        if (IsV1 && sequence == 0 && most > _base)
        {
            Own->Skipped.Value += most - least;
            Own->Done.Value = most;
            Own->Base.Value = _base = most;
        }
        _last = _base + sequence;
        if (_last < Math.Min(least, most) || _last > most)
        {
            Fault("the writer resumes after", _last, least);
        }
        Own->Doing.Value = _last;
        Own->Done.Value = _last;
    }

    private void Step()
    {
        Sight before = Look();
        try
        {
            bool written = (Pattern.Mixed(_last) % 64) switch
            {
                0 => WriteSeveral(),
                1 => WriteOne(hesitates: true),
                2 => WriteCopied(),
                _ => WriteOne(hesitates: false),
            };
            if (written)
            {
                Pause(_last);
            }
        }
        catch (PeerLostException loss)
        {
            Judge(before, loss);
            Settle(_writer!.Stats().Sequence);
            CarryOn();
        }
    }

    // A v2 ring waits for its next reader; the next v1 reader makes another one.
    private void CarryOn()
    {
        if (IsV1)
        {
            Close();
            return;
        }
        while (!ShallLeave && !_writer!.WaitForPeer(Moment))
        {
        }
    }

    private bool WriteOne(bool hesitates)
    {
        ulong number = _last + 1;
        if (hesitates && _writer!.TryClaim(SizeOf(number), out Claim unused, Patience))
        {
            unused.Dispose();
        }
        Own->Doing.Value = number;
        if (!_writer!.TryClaim(SizeOf(number), out Claim room, Patience))
        {
            return false;
        }
        using Claim claim = room;
        Fill(claim.Bytes, number);
        Settle(claim.Commit());
        return true;
    }

    private bool WriteCopied()
    {
        byte[] content = Content(_last + 1);
        Own->Doing.Value = _last + 1;
        if (!_writer!.TryWrite(content, Patience, out ulong sequence))
        {
            return false;
        }
        Settle(sequence);
        return true;
    }

    private bool WriteSeveral()
    {
        ReadOnlyMemory<byte>[] frames = new ReadOnlyMemory<byte>[4];
        for (int i = 0; i < frames.Length; ++i)
        {
            frames[i] = Content(_last + 1 + (ulong)i);
        }
        Own->Doing.Value = _last + (ulong)frames.Length;
        ulong expected = _last + (ulong)_writer!.WriteMany(frames, Patience);
        Settle(_writer.Stats().Sequence);
        if (_last != expected)
        {
            Fault("frames written, by their count", _last, expected);
        }
        return true;
    }

    private byte[] Content(ulong number)
    {
        byte[] content = new byte[SizeOf(number)];
        Fill(content, number);
        return content;
    }

    private void Settle(ulong sequence)
    {
        ulong number = _base + sequence;
        if (number < _last || number > Own->Doing.Value)
        {
            Fault("the writer is at", number, _last + 1);
        }
        _last = number;
        Own->Doing.Value = number;
        Own->Done.Value = number;
    }

    private void Close()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
