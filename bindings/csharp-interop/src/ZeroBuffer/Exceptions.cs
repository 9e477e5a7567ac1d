// SPDX-License-Identifier: MIT
using System;

namespace ZeroBuffer;

/// <summary>
/// Everything that goes wrong, one class per status. The message names the object, the cause and the remedy. A timeout
/// is never an exception: calls that can time out return <c>false</c>, <c>null</c> or a smaller count.
/// </summary>
/// <remarks>Arguments that are <c>null</c> where they must not be are an <see cref="ArgumentNullException"/>.</remarks>
public abstract class ZeroBufferException : Exception
{
    private protected ZeroBufferException(Status status, string message, int systemError)
        : base(message)
    {
        Status = status;
        SystemError = systemError;
    }

    /// <summary>What the call came to; the same word in every language.</summary>
    public Status Status { get; }

    /// <summary>errno of the system call that failed, 0 if none did.</summary>
    public int SystemError { get; }
}

/// <summary>
/// The other side is gone, and everything that it had committed was delivered. A new peer may attach: call again.
/// </summary>
public abstract class PeerLostException : ZeroBufferException
{
    private protected PeerLostException(Status status, string message, int systemError)
        : base(status, message, systemError)
    {
    }
}

/// <summary>This endpoint was closed, perhaps by another thread while this call waited.</summary>
public sealed class ClosedException : ZeroBufferException
{
    internal ClosedException(string message, int systemError = 0)
        : base(Status.Closed, message, systemError)
    {
    }
}

/// <summary><c>Cancel()</c> of another thread ended this wait. Nothing is lost; the call may be repeated, but for
/// <see cref="Writer.WriteMany(ReadOnlySpan{ReadOnlyMemory{byte}})"/> with the frames that it had committed.</summary>
public sealed class CancelledException : ZeroBufferException
{
    internal CancelledException(string message, int systemError = 0)
        : base(Status.Cancelled, message, systemError)
    {
    }
}

/// <summary>
/// The other side closed in order: end of the stream. Loops over frames end here without an exception.
/// </summary>
public sealed class PeerClosedException : PeerLostException
{
    internal PeerClosedException(string message, int systemError = 0)
        : base(Status.PeerClosed, message, systemError)
    {
    }
}

/// <summary>The process of the other side died without closing.</summary>
public sealed class PeerDiedException : PeerLostException
{
    internal PeerDiedException(string message, int systemError = 0)
        : base(Status.PeerDied, message, systemError)
    {
    }
}

/// <summary>Another live reader (or writer) holds this side of the buffer.</summary>
public sealed class BusyException : ZeroBufferException
{
    internal BusyException(string message, int systemError = 0)
        : base(Status.Busy, message, systemError)
    {
    }
}

/// <summary>There is no buffer of that name.</summary>
public sealed class NotFoundException : ZeroBufferException
{
    internal NotFoundException(string message, int systemError = 0)
        : base(Status.NotFound, message, systemError)
    {
    }
}

/// <summary>The buffer is half built, or its reader of the older protocol is not there (yet).</summary>
public sealed class NotReadyException : ZeroBufferException
{
    internal NotReadyException(string message, int systemError = 0)
        : base(Status.NotReady, message, systemError)
    {
    }
}

/// <summary>The buffer has another layout, version or shape than asked for; or a frame holds something else.</summary>
public sealed class IncompatibleException : ZeroBufferException
{
    internal IncompatibleException(string message, int systemError = 0)
        : base(Status.Incompatible, message, systemError)
    {
    }
}

/// <summary>The shared memory holds something that no correct peer writes. This endpoint stays so.</summary>
public sealed class CorruptException : ZeroBufferException
{
    internal CorruptException(string message, int systemError = 0)
        : base(Status.Corrupt, message, systemError)
    {
    }
}

/// <summary>The frame or the metadata can never fit into this buffer; or a frame is too long for one span.</summary>
public sealed class TooLargeException : ZeroBufferException
{
    internal TooLargeException(string message, int systemError = 0)
        : base(Status.TooLarge, message, systemError)
    {
    }
}

/// <summary>The system has no shared memory left for this buffer.</summary>
public sealed class NoSpaceException : ZeroBufferException
{
    internal NoSpaceException(string message, int systemError = 0)
        : base(Status.NoSpace, message, systemError)
    {
    }
}

/// <summary>The file permissions of the buffer exclude this user.</summary>
public sealed class PermissionDeniedException : ZeroBufferException
{
    internal PermissionDeniedException(string message, int systemError = 0)
        : base(Status.PermissionDenied, message, systemError)
    {
    }
}

/// <summary>Names are 1 to 200 of <c>A-Z a-z 0-9 . _ -</c>, not starting with <c>.</c> or <c>sem.</c></summary>
public sealed class BadNameException : ZeroBufferException
{
    internal BadNameException(string message, int systemError = 0)
        : base(Status.BadName, message, systemError)
    {
    }
}

/// <summary>The call breaks a rule: a bad argument, committed twice, used after release.</summary>
public sealed class MisuseException : ZeroBufferException
{
    internal MisuseException(string message, int systemError = 0)
        : base(Status.Misuse, message, systemError)
    {
    }
}

/// <summary>A system call failed; <see cref="ZeroBufferException.SystemError"/> is its errno.</summary>
public sealed class SystemFailureException : ZeroBufferException
{
    internal SystemFailureException(string message, int systemError = 0)
        : base(Status.SystemFailure, message, systemError)
    {
    }
}
