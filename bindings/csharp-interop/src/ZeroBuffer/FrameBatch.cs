// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>
/// Several frames, taken at once and given back at once, which wakes the writer at most once. All copies are one batch.
/// </summary>
public readonly unsafe ref struct FrameBatch
{
    private readonly Reader? _reader;
    private readonly BatchSlots? _slots;
    private readonly int _count;
    private readonly uint _ticket;

    internal FrameBatch(Reader reader, BatchSlots slots, int count)
    {
        _reader = reader;
        _slots = slots;
        _count = count;
        _ticket = *slots.Ticket;
    }

    /// <summary>How many frames it has; 0 for what a timeout left.</summary>
    public int Count => _count;

    /// <summary>One of the frames, in the order of their sequences.</summary>
    /// <exception cref="MisuseException">There is no such frame, or the batch was disposed of.</exception>
    [UnscopedRef]
    public Frame this[int index]
    {
        get
        {
            if (_reader is null || (uint)index >= (uint)_count || *_slots!.Ticket != _ticket)
            {
                throw new MisuseException(
                    $"batch of {_count} frames: frame {index} is not there, or it was released; use 0 to Count - 1 before its Dispose");
            }
            Frame frame = new(_reader, _slots.First + index, _slots.Ticket, isBatched: true);
            GC.KeepAlive(_reader);
            return frame;
        }
    }

    /// <summary>The frames, for <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Gives all frames back. Twice is the same as once.</summary>
    public void Dispose()
    {
        if (_reader is not null && *_slots!.Ticket == _ticket)
        {
            _reader.GiveBack(_slots, _count);
        }
    }

    /// <summary>What <c>foreach (Frame frame in batch)</c> uses.</summary>
    public ref struct Enumerator
    {
        private readonly FrameBatch _batch;
        private int _index;

        internal Enumerator(FrameBatch batch)
        {
            _batch = batch;
            _index = -1;
        }

        /// <summary>The frame; valid as long as the batch.</summary>
        [UnscopedRef]
        public readonly Frame Current => _batch[_index];

        /// <summary>Goes on to the next frame.</summary>
        public bool MoveNext() => ++_index < _batch._count;
    }
}
