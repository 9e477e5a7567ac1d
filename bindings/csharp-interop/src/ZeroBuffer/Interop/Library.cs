// SPDX-License-Identifier: MIT
// zerobuffer.h, "library": versions, statuses, messages, options. Names, types and order are those of the header; a
// test compares them.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace ZeroBuffer.Interop;

internal static unsafe partial class Native
{
    internal const string Library = "zerobuffer";

    /// <summary>ZB_ABI_VERSION of the header that these files declare.</summary>
    internal const uint ZB_ABI_VERSION = 1;

    internal const long ZB_FOREVER = -1;
    internal const int ZB_NAME_MAX = 245;
    internal const int ZB_ARRAY_DIMENSIONS = 32;

    [LibraryImport(Library)]
    internal static partial uint zb_abi_version();

    [LibraryImport(Library)]
    internal static partial byte* zb_version();

    [LibraryImport(Library)]
    internal static partial byte* zb_status_name(Status status);

    [LibraryImport(Library)]
    internal static partial byte* zb_last_error();

    [LibraryImport(Library)]
    internal static partial int zb_last_system_error();

    [LibraryImport(Library)]
    internal static partial Status zb_options_init(zb_options* options, ulong size);
}

[StructLayout(LayoutKind.Sequential)]
internal struct zb_options
{
    internal ulong size;
    internal ulong capacity;
    internal ulong metadata_size;
    internal long wait_for_peer;
    internal uint layout;
    internal uint alignment;
    internal uint permissions;
    internal uint wait_mode;
    internal uint prefault;
    internal uint copy;
    internal uint replace;
    internal uint writable;
    internal uint guarded;
    internal uint interruptible;
}
