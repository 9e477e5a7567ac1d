// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>Puts frames into a buffer: copied, or filled in place. See <see cref="Endpoint"/> for threads.</summary>
/// <example>
/// <code>
/// using Writer writer = Writer.Open("camera", new WriterOptions { WaitForPeer = TimeSpan.FromSeconds(5) });
/// using (Claim claim = writer.Claim(size))    // room in the shared memory
/// {
///     CaptureInto(claim.Bytes);
///     claim.Commit();                         // without it, Dispose gives the room up
/// }
/// </code>
/// </example>
public sealed unsafe partial class Writer : Endpoint
{
    // Copies of this size cost the garbage collector no noticeable wait.
    private const int FewBytes = 1024;

    private readonly WriterHandle _handle;
    private readonly nint _writer;

    private Writer(string name, WriterHandle handle, in zb_properties properties)
        : base(name, properties)
    {
        _handle = handle;
        _writer = handle.Pointer;
    }

    /// <summary>Makes a v2 buffer, or takes over one of the same shape. Sequence numbers carry on.</summary>
    /// <param name="name">1 to 200 of <c>A-Z a-z 0-9 . _ -</c>, not starting with <c>.</c> or <c>sem.</c></param>
    /// <param name="options">null: the defaults.</param>
    /// <exception cref="BadNameException">Not a name for a buffer.</exception>
    /// <exception cref="BusyException">A live writer holds it.</exception>
    /// <exception cref="IncompatibleException">It has another shape.</exception>
    /// <exception cref="NoSpaceException">There is no shared memory left.</exception>
    /// <exception cref="PermissionDeniedException">Its file mode excludes this user.</exception>
    /// <exception cref="MisuseException">An option has no such value.</exception>
    /// <exception cref="SystemFailureException">A system call failed.</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static Writer Create(string name, WriterOptions? options = null) => Start(name, options, create: true);

    /// <summary>
    /// Attaches to the buffer that a reader made; waits <see cref="BufferOptions.WaitForPeer"/> for it to appear.
    /// </summary>
    /// <param name="name">As for <see cref="Create"/>.</param>
    /// <param name="options">null: the defaults.</param>
    /// <exception cref="NotFoundException">It is not there.</exception>
    /// <exception cref="NotReadyException">Layout v1: it is half built, or its reader is gone.</exception>
    /// <exception cref="ZeroBufferException">As for <see cref="Create"/>.</exception>
    public static Writer Open(string name, WriterOptions? options = null) => Start(name, options, create: false);

    /// <summary>Copies bytes into one frame, waiting for room if need be.</summary>
    /// <returns>The sequence of the frame.</returns>
    /// <exception cref="TooLargeException">They can never fit: see <see cref="Endpoint.MaxFrame"/>.</exception>
    /// <exception cref="PeerClosedException">The reader closed, and the ring is full (layout v1: or not).</exception>
    /// <exception cref="PeerDiedException">The reader's process died, and the ring is full.</exception>
    /// <exception cref="CancelledException"><see cref="Endpoint.Cancel"/> ended the wait.</exception>
    /// <exception cref="ClosedException">This writer was disposed.</exception>
    /// <exception cref="CorruptException">The other side is faulty.</exception>
    /// <exception cref="MisuseException">A claim is open, or another thread waits.</exception>
    public ulong Write(ReadOnlySpan<byte> bytes)
    {
        Status status = PutNow(bytes, out ulong sequence);
        if (status != Status.Ok)
        {
            Failure.Check(PutLater(bytes, status, Timeout.InfiniteTimeSpan, out sequence));
        }
        return sequence;
    }

    /// <summary>Copies bytes into one frame.</summary>
    /// <param name="bytes">May be empty, but not with layout v1.</param>
    /// <param name="timeout">0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>False when the ring stayed full.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    public bool TryWrite(ReadOnlySpan<byte> bytes, TimeSpan timeout = default) => TryWrite(bytes, timeout, out _);

    /// <inheritdoc cref="TryWrite(ReadOnlySpan{byte}, TimeSpan)"/>
    /// <param name="bytes">May be empty, but not with layout v1.</param>
    /// <param name="timeout">0 tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="sequence">Of the frame; 0 after the timeout.</param>
    public bool TryWrite(ReadOnlySpan<byte> bytes, TimeSpan timeout, out ulong sequence)
    {
        Arguments.RequireTimeout(timeout);
        Status status = PutNow(bytes, out sequence);
        return status == Status.Ok || Failure.Check(PutLater(bytes, status, timeout, out sequence));
    }

    /// <summary>
    /// Describes the stream, once per writer (layout v1: once per buffer). The same bytes again do nothing.
    /// </summary>
    /// <exception cref="TooLargeException">More than <see cref="Endpoint.MetadataSize"/> less 8 bytes.</exception>
    /// <exception cref="MisuseException">Others were published before.</exception>
    /// <exception cref="ClosedException">This writer was disposed.</exception>
    public void PublishMetadata(ReadOnlySpan<byte> metadata)
    {
        Status status;
        fixed (byte* first = metadata)
        {
            status = Native.zb_writer_publish_metadata(_writer, first, (ulong)metadata.Length);
        }
        GC.KeepAlive(this);
        Failure.Check(status);
    }

    /// <summary>Waits until a frame of <paramref name="size"/> bytes can be claimed, without claiming it.</summary>
    /// <param name="size">Bytes.</param>
    /// <param name="timeout">0 looks once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>False after the timeout.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    public bool Wait(nuint size, TimeSpan timeout = default)
    {
        Deadline deadline = new(Arguments.Nanoseconds(timeout));
        Status status;
        do
        {
            status = Native.zb_writer_wait(_writer, size, deadline.Left);
        }
        while (IsStray(status));
        GC.KeepAlive(this);
        return Failure.Check(status);
    }

    /// <inheritdoc/>
    public override bool WaitForPeer(TimeSpan timeout = default)
    {
        Deadline deadline = new(Arguments.Nanoseconds(timeout));
        Status status;
        do
        {
            status = Native.zb_writer_wait_for_peer(_writer, deadline.Left);
        }
        while (IsStray(status));
        GC.KeepAlive(this);
        return Failure.Check(status);
    }

    /// <inheritdoc/>
    public override Stats Stats()
    {
        zb_stats stats;
        Status status = Native.zb_writer_stats(_writer, &stats);
        GC.KeepAlive(this);
        Failure.Check(status);
        return new Stats(stats);
    }

    /// <summary>
    /// Lets go of the buffer; an open claim is given up, its bytes stay valid until it is disposed of. Otherwise as
    /// <see cref="Endpoint.Dispose"/>.
    /// </summary>
    public override void Dispose()
    {
        Native.zb_writer_shutdown(_writer);
        GC.KeepAlive(this);
    }

    /// <summary>Name and layout, for people.</summary>
    public override string ToString() => $"Writer of '{Name}', layout {Layout}, {Capacity} bytes";

    private protected override Status SignalCancel()
    {
        Status status = Native.zb_writer_cancel(_writer);
        GC.KeepAlive(this);
        return status;
    }

    // Few bytes for which there is room. In the caller's own code, as this is most of what a small frame costs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Status PutNow(ReadOnlySpan<byte> bytes, out ulong sequence)
    {
        ulong number = 0;
        Status status = Status.Timeout;
        if (bytes.Length <= FewBytes)
        {
            fixed (byte* data = bytes)
            {
                status = Native.zb_writer_write_now(_writer, data, (ulong)bytes.Length, 0, &number);
            }
            GC.KeepAlive(this);
        }
        sequence = number;
        return status;
    }

    // Apart, as a method with a call that may wait begins by making a frame for the collector.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Status PutLater(ReadOnlySpan<byte> bytes, Status status, TimeSpan timeout, out ulong sequence)
    {
        ulong number = 0;
        if (status == Status.Timeout && (timeout != TimeSpan.Zero || bytes.Length > FewBytes))
        {
            Deadline deadline = new(Arguments.Nanoseconds(timeout));
            fixed (byte* data = bytes)
            {
                do
                {
                    status = Native.zb_writer_write(_writer, data, (ulong)bytes.Length, deadline.Left, &number);
                }
                while (IsStray(status));
            }
            GC.KeepAlive(this);
        }
        sequence = number;
        return status;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "the writer owns it")]
    private static Writer Start(string name, WriterOptions? options, bool create)
    {
        WriterHandle handle = Opening.Writer(name, options, create, out zb_properties properties);
        return new Writer(name, handle, properties);
    }
}
