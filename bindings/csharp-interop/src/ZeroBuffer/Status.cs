// SPDX-License-Identifier: MIT
namespace ZeroBuffer;

/// <summary>
/// What a call came to. The same words and numbers in every language; numbers never change their meaning.
/// </summary>
public enum Status
{
    /// <summary>It is done.</summary>
    Ok = 0,

    /// <summary>The time is over; nothing happened. Never an exception.</summary>
    Timeout = 1,

    /// <summary>A signal ended a wait. Calls from C# never come to this.</summary>
    Interrupted = 2,

    /// <summary>This endpoint was closed: <see cref="ClosedException"/>.</summary>
    Closed = 3,

    /// <summary>The wait was cancelled: <see cref="CancelledException"/>.</summary>
    Cancelled = 4,

    /// <summary>The other side closed in order, the end of the stream: <see cref="PeerClosedException"/>.</summary>
    PeerClosed = 5,

    /// <summary>The process of the other side died: <see cref="PeerDiedException"/>.</summary>
    PeerDied = 6,

    /// <summary>Another live reader (or writer) holds this side: <see cref="BusyException"/>.</summary>
    Busy = 7,

    /// <summary>There is no buffer of that name: <see cref="NotFoundException"/>.</summary>
    NotFound = 8,

    /// <summary>
    /// The buffer is half built, or its reader of the older protocol is not there: <see cref="NotReadyException"/>.
    /// </summary>
    NotReady = 9,

    /// <summary>Another layout, version or shape than asked for: <see cref="IncompatibleException"/>.</summary>
    Incompatible = 10,

    /// <summary>The shared memory holds what no correct peer writes: <see cref="CorruptException"/>.</summary>
    Corrupt = 11,

    /// <summary>The frame or the metadata can never fit: <see cref="TooLargeException"/>.</summary>
    TooLarge = 12,

    /// <summary>The system has no shared memory left: <see cref="NoSpaceException"/>.</summary>
    NoSpace = 13,

    /// <summary>The file permissions exclude this user: <see cref="PermissionDeniedException"/>.</summary>
    PermissionDenied = 14,

    /// <summary>Not a name for a buffer: <see cref="BadNameException"/>.</summary>
    BadName = 15,

    /// <summary>The call breaks a rule: <see cref="MisuseException"/>.</summary>
    Misuse = 16,

    /// <summary>A system call failed: <see cref="SystemFailureException"/>.</summary>
    SystemFailure = 17,
}
