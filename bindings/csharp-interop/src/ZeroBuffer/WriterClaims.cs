// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

public sealed unsafe partial class Writer
{
    // At most one claim is open. Its ticket changes with every claim, so that a Claim knows whether it is still that
    // one.
    private readonly zb_claim[] _claim = GC.AllocateArray<zb_claim>(1, pinned: true);
    private uint _claimTicket;
    private bool _isClaimed;

    private zb_claim* CurrentClaim => (zb_claim*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_claim));

    /// <summary>
    /// Room for a frame of up to <paramref name="size"/> bytes, to be filled in place; waits for it if need be.
    /// </summary>
    /// <returns>The room, to be disposed of: <c>using Claim claim = writer.Claim(size);</c></returns>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Claim Claim(nuint size)
    {
        Status status = Room(size, Timeout.InfiniteTimeSpan);
        if (status != Status.Ok)
        {
            Failure.Throw(status);
        }
        return Open(size);
    }

    /// <inheritdoc cref="Claim(nuint)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Claim Claim(int size) => Claim(Arguments.Size(size, nameof(size)));

    /// <summary>Room for a frame of up to <paramref name="size"/> bytes, to be filled in place.</summary>
    /// <param name="size">Bytes.</param>
    /// <param name="claim">The room, to be disposed of; none after the timeout.</param>
    /// <param name="timeout">0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>False when the ring stayed full.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    public bool TryClaim(nuint size, out Claim claim, TimeSpan timeout = default)
    {
        Arguments.RequireTimeout(timeout);
        bool isThere = Failure.Check(Room(size, timeout));
        claim = isThere ? Open(size) : default;
        return isThere;
    }

    /// <inheritdoc cref="TryClaim(nuint, out Claim, TimeSpan)"/>
    public bool TryClaim(int size, out Claim claim, TimeSpan timeout = default) =>
        TryClaim(Arguments.Size(size, nameof(size)), out claim, timeout);

    /// <summary>The claim, if it is that of this ticket and open; null otherwise.</summary>
    internal zb_claim* OpenClaim(uint ticket) => _isClaimed && ticket == _claimTicket ? CurrentClaim : null;

    /// <summary>Of an open claim.</summary>
    internal ulong Commit(nuint size)
    {
        ulong sequence = 0;
        Status status = Native.zb_writer_commit(CurrentClaim, size, &sequence);
        GC.KeepAlive(this);
        // Also a commit that failed may have ended the claim; then its bytes must not be touched any more.
        _isClaimed = CurrentClaim->writer != 0;
        Failure.Check(status);
        return sequence;
    }

    /// <summary>Of an open claim.</summary>
    internal void Abort()
    {
        _isClaimed = false;
        // Fails only where nothing is to be given up any more.
        Native.zb_writer_abort(CurrentClaim);
        GC.KeepAlive(this);
    }

    // As for the reader's frames: no call that may wait, and no copy of the claim, where there is room.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Status Room(nuint size, TimeSpan timeout)
    {
        if (_isClaimed)
        {
            RefuseSecond();
        }
        Status status = Native.zb_writer_claim_now(_writer, size, 0, CurrentClaim);
        return status == Status.Ok ? status : RoomLater(size, status, timeout);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Claim Open(nuint size)
    {
        _isClaimed = true;
        GC.KeepAlive(this);
        return new Claim(this, ++_claimTicket, (byte*)CurrentClaim->data, size);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Status RoomLater(nuint size, Status status, TimeSpan timeout)
    {
        if (status == Status.Timeout && timeout != TimeSpan.Zero)
        {
            Deadline deadline = new(Arguments.Nanoseconds(timeout));
            do
            {
                status = Native.zb_writer_claim(_writer, size, deadline.Left, CurrentClaim);
            }
            while (IsStray(status));
        }
        GC.KeepAlive(this);
        return status;
    }

    [DoesNotReturn]
    private void RefuseSecond() =>
        throw new MisuseException($"writer of buffer '{Name}': a claim is open; commit or dispose of it first");
}
