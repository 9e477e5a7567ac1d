// SPDX-License-Identifier: MIT
// One end's way to send and receive frames. Structs, so that the loops are compiled for each by itself and no virtual
// call lies in them.
using System;

namespace ZeroBuffer.Perf;

internal interface End
{
    void Send(ulong number);

    /// <summary>With the time now and the time when it was due in its first 16 bytes.</summary>
    void SendDue(ulong number, long due);

    void Receive(ulong number);

    /// <summary>How long after it was sent, and after it was due, the frame was there.</summary>
    (long Sent, long Due) ReceiveDue(ulong number);

    /// <summary>Receives a frame and sends one back before it lets go of it.</summary>
    void Answer(ulong number);
}

/// <summary>In place; or, with copy, copied in from a private buffer and out to one.</summary>
internal readonly struct RingEnd<T>(Writer writer, Reader reader, int size) : End
    where T : struct, Touching
{
    private readonly byte[] _local = Frames.Local(size);

    public void Send(ulong number)
    {
        if (T.Kind == Touch.Copy)
        {
            writer.Write(_local);
            return;
        }
        using Claim claim = writer.Claim(size);
        if (T.Kind != Touch.None)
        {
            Payload.Write<T>(claim.Bytes, number);
        }
        claim.Commit();
    }

    public void SendDue(ulong number, long due)
    {
        if (T.Kind == Touch.Copy)
        {
            Payload.Stamp(_local, due);
            writer.Write(_local);
            return;
        }
        using Claim claim = writer.Claim(size);
        Span<byte> bytes = claim.Bytes;
        Payload.Write<T>(bytes, number);
        Payload.Stamp(bytes, due);
        claim.Commit();
    }

    public void Receive(ulong number)
    {
        using Frame frame = reader.Acquire();
        Look(frame, number);
    }

    public (long Sent, long Due) ReceiveDue(ulong number)
    {
        using Frame frame = reader.Acquire();
        if (T.Kind == Touch.Copy)
        {
            Look(frame, number);
            return Frames.Since(Libc.Now, _local);
        }
        (long sent, long due) = Frames.Since(Libc.Now, frame.Bytes);
        Look(frame, number);
        return (sent, due);
    }

    public void Answer(ulong number)
    {
        using Frame frame = reader.Acquire();
        Look(frame, number);
        Send(number);
    }

    private void Look(Frame frame, ulong number)
    {
        if (frame.Size != (nuint)size)
        {
            Frames.Refuse(number, frame.Size, size);
        }
        if (T.Kind == Touch.Copy)
        {
            frame.Bytes.CopyTo(_local);
        }
        else if (T.Kind != Touch.None)
        {
            Payload.Read<T>(frame.Bytes, number);
        }
    }
}

/// <summary>Through a transport that copies by itself, from and to a private buffer.</summary>
internal readonly struct CopyingEnd<T>(NamedPipe transport, int size) : End
    where T : struct, Touching
{
    private readonly byte[] _local = Frames.Local(size);

    public void Send(ulong number)
    {
        Payload.Write<T>(_local, number);
        transport.Send(_local);
    }

    public void SendDue(ulong number, long due)
    {
        Payload.Write<T>(_local, number);
        Payload.Stamp(_local, due);
        transport.Send(_local);
    }

    public void Receive(ulong number)
    {
        transport.Receive(_local);
        Payload.Read<T>(_local, number);
    }

    public (long Sent, long Due) ReceiveDue(ulong number)
    {
        transport.Receive(_local);
        (long sent, long due) = Frames.Since(Libc.Now, _local);
        Payload.Read<T>(_local, number);
        return (sent, due);
    }

    public void Answer(ulong number)
    {
        Receive(number);
        Send(number);
    }
}

internal static class Frames
{
    /// <summary>Never moved, and its pages are there.</summary>
    internal static byte[] Local(int size)
    {
        byte[] local = GC.AllocateArray<byte>(size, pinned: true);
        local.AsSpan().Fill((byte)'Z');
        return local;
    }

    internal static (long Sent, long Due) Since(long now, ReadOnlySpan<byte> frame)
    {
        (long sent, long due) = Payload.Stamps(frame);
        return (now - sent, now - due);
    }

    internal static void Refuse(ulong number, nuint found, int expected) =>
        throw new InvalidOperationException($"frame {number} has {found} bytes instead of {expected}");
}
