// SPDX-License-Identifier: MIT
// zerobuffer.h, "reader".
using System.Runtime.InteropServices;

namespace ZeroBuffer.Interop;

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct zb_frame
{
    internal void* data;
    internal ulong size;
    internal ulong sequence;
    internal nint reader;
    internal ulong begin;
    internal ulong end;
}

internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial Status zb_reader_create(byte* name, zb_options* options, nint* reader);

    [LibraryImport(Library)]
    internal static partial Status zb_reader_open(byte* name, zb_options* options, nint* reader);

    [LibraryImport(Library)]
    internal static partial void zb_reader_close(nint reader);

    [LibraryImport(Library)]
    internal static partial void zb_reader_shutdown(nint reader);

    [LibraryImport(Library)]
    internal static partial Status zb_reader_wait(nint reader, long timeout);

    [LibraryImport(Library)]
    internal static partial Status zb_reader_acquire(nint reader, long timeout, zb_frame* frame);

    // For a timeout of 0 only: it does not wait, so the garbage collector may wait for it.
    [LibraryImport(Library, EntryPoint = nameof(zb_reader_acquire)), SuppressGCTransition]
    internal static partial Status zb_reader_acquire_now(nint reader, long timeout, zb_frame* frame);

    [LibraryImport(Library)]
    internal static partial Status zb_reader_acquire_latest(nint reader, long timeout, zb_frame* frame);

    [LibraryImport(Library)]
    internal static partial Status zb_reader_acquire_many(nint reader, ulong limit, long timeout, zb_frame* frames, ulong* count);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial Status zb_reader_release(zb_frame* frame);

    // For one that may be the last of a reader that was shut down.
    [LibraryImport(Library, EntryPoint = nameof(zb_reader_release))]
    internal static partial Status zb_reader_release_last(zb_frame* frame);

    [LibraryImport(Library)]
    internal static partial Status zb_reader_release_many(zb_frame* frames, ulong count);

    [LibraryImport(Library)]
    internal static partial Status zb_reader_metadata(nint reader, long timeout, void* buffer, ulong capacity, ulong* size);

    [LibraryImport(Library)]
    internal static partial Status zb_reader_wait_for_peer(nint reader, long timeout);

    [LibraryImport(Library)]
    internal static partial Status zb_reader_cancel(nint reader);

    [LibraryImport(Library)]
    internal static partial Status zb_reader_properties(nint reader, zb_properties* properties);

    [LibraryImport(Library)]
    internal static partial Status zb_reader_stats(nint reader, zb_stats* stats);
}
