// SPDX-License-Identifier: MIT
// From a status to an exception: the only place.
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeroBuffer.Interop;

internal static unsafe class Failure
{
    /// <summary>
    /// Throws what the call of this thread just before this one came to, unless it came to nothing wrong.
    /// </summary>
    /// <returns>False for a timeout.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool Check(Status status) => status == Status.Ok || CheckFailed(status);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool CheckFailed(Status status)
    {
        if (status != Status.Timeout)
        {
            Throw(status);
        }
        return false;
    }

    [DoesNotReturn]
    internal static void Throw(Status status) => throw Of(status);

    internal static ZeroBufferException Of(Status status) => Of(status, LastMessage(), Native.zb_last_system_error());

    internal static string LastMessage() => Marshal.PtrToStringUTF8((nint)Native.zb_last_error()) ?? "";

    internal static ZeroBufferException Of(Status status, string message, int systemError) => status switch
    {
        Status.Closed => new ClosedException(message, systemError),
        Status.Cancelled => new CancelledException(message, systemError),
        Status.PeerClosed => new PeerClosedException(message, systemError),
        Status.PeerDied => new PeerDiedException(message, systemError),
        Status.Busy => new BusyException(message, systemError),
        Status.NotFound => new NotFoundException(message, systemError),
        Status.NotReady => new NotReadyException(message, systemError),
        Status.Incompatible => new IncompatibleException(message, systemError),
        Status.Corrupt => new CorruptException(message, systemError),
        Status.TooLarge => new TooLargeException(message, systemError),
        Status.NoSpace => new NoSpaceException(message, systemError),
        Status.PermissionDenied => new PermissionDeniedException(message, systemError),
        Status.BadName => new BadNameException(message, systemError),
        Status.Misuse => new MisuseException(message, systemError),
        Status.SystemFailure => new SystemFailureException(message, systemError),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "not a failure"),
    };
}
