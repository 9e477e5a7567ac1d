// SPDX-License-Identifier: MIT
// zerobuffer.h, "writer".
using System.Runtime.InteropServices;

namespace ZeroBuffer.Interop;

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct zb_claim
{
    internal void* data;
    internal ulong size;
    internal nint writer;
    internal ulong ticket;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct zb_slice
{
    internal void* data;
    internal ulong size;
}

internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial Status zb_writer_create(byte* name, zb_options* options, nint* writer);

    [LibraryImport(Library)]
    internal static partial Status zb_writer_open(byte* name, zb_options* options, nint* writer);

    [LibraryImport(Library)]
    internal static partial void zb_writer_close(nint writer);

    [LibraryImport(Library)]
    internal static partial void zb_writer_shutdown(nint writer);

    [LibraryImport(Library)]
    internal static partial Status zb_writer_wait(nint writer, ulong size, long timeout);

    [LibraryImport(Library)]
    internal static partial Status zb_writer_claim(nint writer, ulong size, long timeout, zb_claim* claim);

    // For a timeout of 0 only: it does not wait, so the garbage collector may wait for it.
    [LibraryImport(Library, EntryPoint = nameof(zb_writer_claim)), SuppressGCTransition]
    internal static partial Status zb_writer_claim_now(nint writer, ulong size, long timeout, zb_claim* claim);

    // Wakes a reader that sleeps, and does not wait for it.
    [LibraryImport(Library), SuppressGCTransition]
    internal static partial Status zb_writer_commit(zb_claim* claim, ulong size, ulong* sequence);

    // Of a writer that was shut down it lets go of the memory, so the garbage collector must not wait for it.
    [LibraryImport(Library)]
    internal static partial Status zb_writer_abort(zb_claim* claim);

    [LibraryImport(Library)]
    internal static partial Status zb_writer_write(nint writer, void* data, ulong size, long timeout, ulong* sequence);

    // For a timeout of 0 and few bytes only.
    [LibraryImport(Library, EntryPoint = nameof(zb_writer_write)), SuppressGCTransition]
    internal static partial Status zb_writer_write_now(nint writer, void* data, ulong size, long timeout, ulong* sequence);

    [LibraryImport(Library)]
    internal static partial Status zb_writer_writev(nint writer, zb_slice* parts, ulong count, long timeout, ulong* sequence);

    [LibraryImport(Library)]
    internal static partial Status zb_writer_write_many(nint writer, zb_slice* frames, ulong count, long timeout, ulong* written);

    [LibraryImport(Library)]
    internal static partial Status zb_writer_publish_metadata(nint writer, void* data, ulong size);

    [LibraryImport(Library)]
    internal static partial Status zb_writer_wait_for_peer(nint writer, long timeout);

    [LibraryImport(Library)]
    internal static partial Status zb_writer_cancel(nint writer);

    [LibraryImport(Library)]
    internal static partial Status zb_writer_properties(nint writer, zb_properties* properties);

    [LibraryImport(Library)]
    internal static partial Status zb_writer_stats(nint writer, zb_stats* stats);
}
