// SPDX-License-Identifier: MIT
// Where the leases of a reader lie: in memory that the collector never moves, reused, so that a frame costs no
// allocation. A slot's ticket changes with every use, so that a frame knows whether it is still the one that the slot
// holds.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace ZeroBuffer.Interop;

internal unsafe struct FrameSlot
{
    internal zb_frame Frame;
    internal FrameSlot* Next;
    internal uint Ticket;
}

/// <summary>A field of its reader, and never copied.</summary>
internal unsafe struct FrameSlots
{
    private List<FrameSlot[]>? _chunks;
    private FrameSlot* _free;

    /// <summary>A free slot, which stays free until <see cref="Use"/>.</summary>
    internal FrameSlot* Free
    {
        get
        {
            if (_free == null)
            {
                Grow();
            }
            return _free;
        }
    }

    internal void Use(FrameSlot* slot) => _free = slot->Next;

    internal void GiveBack(FrameSlot* slot)
    {
        ++slot->Ticket;
        slot->Next = _free;
        _free = slot;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        FrameSlot[] chunk = GC.AllocateArray<FrameSlot>(64, pinned: true);
        (_chunks ??= []).Add(chunk);
        fixed (FrameSlot* first = chunk)
        {
            for (int i = chunk.Length - 1; i >= 0; --i)
            {
                first[i].Ticket = 1;
                first[i].Next = _free;
                _free = first + i;
            }
        }
    }
}

/// <summary>Room for the leases of one batch, one after the other as the library wants them.</summary>
internal sealed unsafe class BatchSlots
{
    private readonly zb_frame[] _frames;
    private readonly uint[] _ticket = GC.AllocateArray<uint>(1, pinned: true);

    internal BatchSlots(int limit)
    {
        _frames = GC.AllocateArray<zb_frame>(limit, pinned: true);
        fixed (zb_frame* first = _frames)
        fixed (uint* ticket = _ticket)
        {
            First = first;
            Ticket = ticket;
        }
        *Ticket = 1;
    }

    internal int Limit => _frames.Length;

    internal zb_frame* First { get; }

    internal uint* Ticket { get; }
}
