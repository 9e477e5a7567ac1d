// SPDX-License-Identifier: MIT
// zerobuffer.h, "arrays".
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeroBuffer.Interop;

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct zb_array
{
    internal byte* description;
    internal ulong description_size;
    internal ulong item_size;
    internal ulong data_offset;
    internal ulong data_size;
    internal uint kind;
    internal uint big_endian;
    internal uint order;
    internal uint dimensions;
    internal Lengths shape;
    internal Lengths strides;

    [InlineArray(Native.ZB_ARRAY_DIMENSIONS)]
    internal struct Lengths
    {
        private ulong _first;
    }
}

internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial Status zb_array_plan(zb_array* array, ulong* size);

    [LibraryImport(Library)]
    internal static partial Status zb_array_write(void* payload, ulong size, zb_array* array);

    [LibraryImport(Library)]
    internal static partial Status zb_array_view(void* payload, ulong size, zb_array* array);

    [LibraryImport(Library)]
    internal static partial Status zb_array_text(void* payload, ulong size, zb_array* array, ulong index, zb_slice* text);
}
