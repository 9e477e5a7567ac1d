// SPDX-License-Identifier: MIT
// zerobuffer.h, "from outside".
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeroBuffer.Interop;

[InlineArray(Native.ZB_NAME_MAX + 11)]
internal struct NameBytes
{
    private byte _first;
}

[StructLayout(LayoutKind.Sequential)]
internal struct zb_side
{
    internal ulong position;
    internal ulong sequence;
    internal ulong generation;
    internal ulong waits;
    internal ulong sleeps;
    internal ulong wakes;
    internal ulong timeouts;
    internal uint pid;
    internal uint state;
}

[StructLayout(LayoutKind.Sequential)]
internal struct zb_snapshot
{
    internal NameBytes name;
    internal uint status;
    internal uint layout;
    internal ulong file_size;
    internal ulong capacity;
    internal ulong max_frame;
    internal ulong metadata_size;
    internal ulong metadata_bytes;
    internal ulong creation_id;
    internal ulong used;
    internal ulong unread;
    internal uint alignment;
    internal uint mode;
    internal uint uid;
    internal uint metadata_published;
    internal zb_side writer;
    internal zb_side reader;
}

[StructLayout(LayoutKind.Sequential)]
internal struct zb_name
{
    internal NameBytes text;
}

internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial Status zb_inspect(byte* name, zb_snapshot* snapshot);

    [LibraryImport(Library)]
    internal static partial Status zb_inspect_metadata(byte* name, void* buffer, ulong capacity, ulong* size);

    [LibraryImport(Library)]
    internal static partial Status zb_list_buffers(zb_snapshot* snapshots, ulong capacity, ulong* count);

    [LibraryImport(Library)]
    internal static partial Status zb_clean(uint dry_run, zb_name* names, ulong capacity, ulong* count);
}
