// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>Takes frames out of a buffer, in place. See <see cref="Endpoint"/> for threads.</summary>
/// <example>
/// <code>
/// using Reader reader = Reader.Create("camera");
/// foreach (Frame frame in reader)     // ends when the writer closes
/// {
///     Consume(frame.Bytes);           // a span of the shared memory: no copy
/// }
/// </code>
/// </example>
public sealed unsafe partial class Reader : Endpoint
{
    private readonly ReaderHandle _handle;
    private readonly nint _reader;
    private FrameSlots _slots;

    private Reader(string name, ReaderHandle handle, in zb_properties properties, bool isWritable)
        : base(name, properties)
    {
        _handle = handle;
        _reader = handle.Pointer;
        IsWritable = isWritable;
    }

    /// <summary>Whether frames may be written to: <see cref="ReaderOptions.Writable"/>.</summary>
    public bool IsWritable { get; }

    /// <summary>
    /// Makes the buffer, or takes over a v2 buffer of the same shape that an earlier reader left behind
    /// (<see cref="ZeroBuffer.Stats.Resumed"/>) or that a writer made: unread frames are delivered, and those that a
    /// dead reader had not released once more.
    /// </summary>
    /// <param name="name">1 to 200 of <c>A-Z a-z 0-9 . _ -</c>, not starting with <c>.</c> or <c>sem.</c></param>
    /// <param name="options">null: the defaults.</param>
    /// <exception cref="BadNameException">Not a name for a buffer.</exception>
    /// <exception cref="BusyException">A live reader holds it.</exception>
    /// <exception cref="IncompatibleException">It has another shape.</exception>
    /// <exception cref="NoSpaceException">There is no shared memory left.</exception>
    /// <exception cref="PermissionDeniedException">Its file mode excludes this user.</exception>
    /// <exception cref="MisuseException">An option has no such value.</exception>
    /// <exception cref="SystemFailureException">A system call failed.</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static Reader Create(string name, ReaderOptions? options = null) => Start(name, options, create: true);

    /// <summary>
    /// Attaches to a v2 buffer that a writer made; waits <see cref="BufferOptions.WaitForPeer"/> for it to appear.
    /// </summary>
    /// <param name="name">As for <see cref="Create"/>.</param>
    /// <param name="options">null: the defaults.</param>
    /// <exception cref="NotFoundException">It is not there.</exception>
    /// <exception cref="ZeroBufferException">As for <see cref="Create"/>.</exception>
    public static Reader Open(string name, ReaderOptions? options = null) => Start(name, options, create: false);

    /// <summary>
    /// Takes the next frame, waiting for it if need be. Any number of frames may be held, and given back in any order.
    /// </summary>
    /// <returns>The frame, to be disposed of: <c>using Frame frame = reader.Acquire();</c></returns>
    /// <exception cref="PeerClosedException">No frame is left, and the writer closed; the call may be
    /// repeated.</exception>
    /// <exception cref="PeerDiedException">No frame is left, and the writer's process died; the call may be
    /// repeated.</exception>
    /// <exception cref="CancelledException"><see cref="Endpoint.Cancel"/> ended the wait.</exception>
    /// <exception cref="ClosedException">This reader was disposed.</exception>
    /// <exception cref="CorruptException">The other side is faulty.</exception>
    /// <exception cref="MisuseException">Another thread waits.</exception>
    // In the caller's own code: a frame that is handed back from a call is a copy.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Frame Acquire()
    {
        FrameSlot* slot = TakeSlot(out Status status, Timeout.InfiniteTimeSpan);
        if (status != Status.Ok)
        {
            Failure.Throw(status);
        }
        return Use(slot);
    }

    /// <summary>Takes the next frame.</summary>
    /// <param name="frame">The frame, to be disposed of; an empty one that is none after the timeout.</param>
    /// <param name="timeout">0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>False when none came within the timeout.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Acquire"/>.</exception>
    public bool TryAcquire(out Frame frame, TimeSpan timeout = default)
    {
        Arguments.RequireTimeout(timeout);
        return Failure.Check(Take(out frame, timeout));
    }

    /// <summary>Takes the newest frame there is, waiting for one if need be; older ones are released unseen.</summary>
    /// <exception cref="ZeroBufferException">As <see cref="Acquire"/>.</exception>
    public Frame AcquireLatest()
    {
        Failure.Check(TakeLatest(out Frame frame, Timeout.InfiniteTimeSpan));
        return frame;
    }

    /// <summary>As <see cref="TryAcquire"/>, but the newest frame there is; older ones are released unseen.</summary>
    /// <inheritdoc cref="TryAcquire"/>
    public bool TryAcquireLatest(out Frame frame, TimeSpan timeout = default)
    {
        Arguments.RequireTimeout(timeout);
        return Failure.Check(TakeLatest(out frame, timeout));
    }

    /// <summary>The frames to come; each is disposed of at the next step. Waits for ever.</summary>
    /// <returns>What <c>foreach</c> asks: it ends when the writer closes, and throws
    /// <see cref="PeerDiedException"/>.</returns>
    public FrameEnumerator GetEnumerator() => new(this);

    /// <summary>Waits until a frame can be acquired, without taking it.</summary>
    /// <param name="timeout">0 looks once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>False after the timeout.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Acquire"/>.</exception>
    public bool Wait(TimeSpan timeout = default) => Failure.Check(WaitForFrame(new Deadline(Arguments.Nanoseconds(timeout))));

    /// <inheritdoc/>
    public override bool WaitForPeer(TimeSpan timeout = default)
    {
        Deadline deadline = new(Arguments.Nanoseconds(timeout));
        Status status;
        do
        {
            long left = deadline.Left;
            using (TurnFor(left))
            {
                status = Native.zb_reader_wait_for_peer(_reader, left);
            }
        }
        while (IsStray(status));
        GC.KeepAlive(this);
        return Failure.Check(status);
    }

    /// <summary>A copy of what describes the stream.</summary>
    /// <param name="timeout">How long to wait for the writer to publish it.</param>
    /// <returns>null when it has published none in time.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Acquire"/>.</exception>
    public byte[]? Metadata(TimeSpan timeout = default)
    {
        byte[] metadata = new byte[(int)Math.Min(MetadataSize, (nuint)Array.MaxLength)];
        ulong size = 0;
        Status status;
        Deadline deadline = new(Arguments.Nanoseconds(timeout));
        fixed (byte* first = metadata)
        {
            do
            {
                long left = deadline.Left;
                using (TurnFor(left))
                {
                    status = Native.zb_reader_metadata(_reader, left, first, (ulong)metadata.Length, &size);
                }
            }
            while (IsStray(status));
        }
        GC.KeepAlive(this);
        return Failure.Check(status) ? metadata.AsSpan(0, (int)size).ToArray() : null;
    }

    /// <inheritdoc/>
    public override Stats Stats()
    {
        zb_stats stats;
        Status status;
        using (TurnFor(0))
        {
            status = Native.zb_reader_stats(_reader, &stats);
        }
        GC.KeepAlive(this);
        Failure.Check(status);
        return new Stats(stats);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _isShared = true;
        Native.zb_reader_shutdown(_reader);
        GC.KeepAlive(this);
    }

    /// <summary>Name and layout, for people.</summary>
    public override string ToString() => $"Reader of '{Name}', layout {Layout}, {Capacity} bytes";

    private protected override Status SignalCancel()
    {
        Status status = Native.zb_reader_cancel(_reader);
        GC.KeepAlive(this);
        return status;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "the reader owns it")]
    private static Reader Start(string name, ReaderOptions? options, bool create)
    {
        ReaderHandle handle = Opening.Reader(name, options, create, out zb_properties properties);
        return new Reader(name, handle, properties, options is { Writable: true });
    }
}
