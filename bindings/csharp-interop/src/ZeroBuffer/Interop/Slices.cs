// SPDX-License-Identifier: MIT
// Blocks of memory that stay where they are while the library copies them. Up to 16 cost no allocation.
using System;
using System.Buffers;
using System.Runtime.CompilerServices;

namespace ZeroBuffer.Interop;

internal unsafe ref struct Slices
{
    private const int Few = 16;

    private FewHandles _fewHandles;
    private FewSlices _fewSlices;
    private readonly MemoryHandle[]? _manyHandles;
    private readonly zb_slice[]? _manySlices;
    private int _count;

    internal Slices(int count)
    {
        if (count > Few)
        {
            _manyHandles = ArrayPool<MemoryHandle>.Shared.Rent(count);
            _manySlices = ArrayPool<zb_slice>.Shared.Rent(count);
        }
    }

    /// <summary>What the library takes; to be fixed for the call.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    internal Span<zb_slice> All => (_manySlices is null ? (Span<zb_slice>)_fewSlices : _manySlices)[.._count];

    internal void Pin(ReadOnlySpan<ReadOnlyMemory<byte>> blocks)
    {
        Span<MemoryHandle> handles = _manyHandles is null ? (Span<MemoryHandle>)_fewHandles : _manyHandles;
        Span<zb_slice> slices = _manySlices is null ? (Span<zb_slice>)_fewSlices : _manySlices;
        for (; _count < blocks.Length; ++_count)
        {
            ReadOnlyMemory<byte> block = blocks[_count];
            handles[_count] = block.Pin();
            slices[_count] = new zb_slice { data = handles[_count].Pointer, size = (ulong)block.Length };
        }
    }

    public void Dispose()
    {
        Span<MemoryHandle> handles = _manyHandles is null ? (Span<MemoryHandle>)_fewHandles : _manyHandles;
        for (int i = 0; i < _count; ++i)
        {
            handles[i].Dispose();
        }
        _count = 0;
        if (_manyHandles is not null)
        {
            ArrayPool<MemoryHandle>.Shared.Return(_manyHandles, clearArray: true);
            ArrayPool<zb_slice>.Shared.Return(_manySlices!);
        }
    }

    [InlineArray(Few)]
    private struct FewHandles
    {
        private MemoryHandle _first;
    }

    [InlineArray(Few)]
    private struct FewSlices
    {
        private zb_slice _first;
    }
}
