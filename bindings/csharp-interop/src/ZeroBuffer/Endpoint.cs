// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>What a <see cref="Reader"/> and a <see cref="Writer"/> have in common: one side of one buffer.</summary>
/// <remarks>
/// One thread at a time uses an endpoint with its frames or its claim. From any thread, at any time:
/// <see cref="Cancel"/>,
/// <see cref="Dispose"/>, the properties, and the disposal of a <see cref="FrameLease"/>. While a thread waits inside
/// <c>Wait</c> or <c>WaitForPeer</c>, or a task of <c>AcquireAsync</c> or <c>Writer.WaitAsync</c> does, others may do what
/// does not wait; a call with a timeout of 0 does not. Different endpoints are independent.
/// </remarks>
public abstract class Endpoint : IDisposable
{
    private volatile bool _isCancelRequested;
    private volatile bool _isStrayCancelPossible;
    private Waiter? _waiter;

    private protected Endpoint(string name, in zb_properties properties)
    {
        Name = name;
        Capacity = (nuint)properties.capacity;
        MaxFrame = (nuint)properties.max_frame;
        MetadataSize = (nuint)properties.metadata_size;
        Layout = (Layout)properties.layout;
        Alignment = (int)properties.alignment;
    }

    /// <summary>
    /// The name of the buffer. This and the other properties are fixed for life, and valid after disposal.
    /// </summary>
    public string Name { get; }

    /// <summary>Bytes of the ring, after rounding.</summary>
    public nuint Capacity { get; }

    /// <summary>The largest payload that a frame can ever have, in bytes.</summary>
    public nuint MaxFrame { get; }

    /// <summary>Bytes of the metadata block, 8 of them its length.</summary>
    public nuint MetadataSize { get; }

    /// <summary>How the buffer lies in memory.</summary>
    public Layout Layout { get; }

    /// <summary>What every frame's payload starts on, in bytes; 1 in layout v1.</summary>
    public int Alignment { get; }

    /// <summary>Counters of this endpoint since it attached. Allocates nothing.</summary>
    /// <exception cref="ClosedException">It was disposed.</exception>
    public abstract Stats Stats();

    /// <summary>
    /// Ends the wait of another thread or task with <see cref="CancelledException"/>; if none waits, the next call that
    /// would have to. Nothing is lost. Any thread, any time.
    /// </summary>
    /// <exception cref="ClosedException">It was disposed.</exception>
    public void Cancel()
    {
        _isCancelRequested = true;
        Failure.Check(SignalCancel());
    }

    /// <summary>
    /// Waits until the other side is attached; for a reader also until one came, went, and left frames.
    /// </summary>
    /// <param name="timeout">0 looks once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <returns>False after the timeout.</returns>
    /// <exception cref="CancelledException"><see cref="Cancel"/> ended the wait.</exception>
    /// <exception cref="ClosedException">It was disposed.</exception>
    public abstract bool WaitForPeer(TimeSpan timeout = default);

    /// <summary>
    /// Lets go of the buffer. A wait in another thread ends with <see cref="ClosedException"/> and has left when this
    /// returns. Frames and claims that are still held stay valid; the other side sees this one as attached until the
    /// last is given back. Any thread, any time; twice is the same as once.
    /// </summary>
    public abstract void Dispose();

    /// <summary>
    /// The wait of a task, in the thread of <see cref="Waiter"/>: for a frame, or room for one of that size; for ever,
    /// beside other threads. Takes nothing.
    /// </summary>
    internal abstract Status WaitOnce(nuint size);

    /// <summary>For the task that is cancelled; whether its wait still noticed shows later.</summary>
    internal void CancelWait()
    {
        _isStrayCancelPossible = true;
        SignalCancel();
    }

    /// <summary>
    /// What the thread of the tasks asks when its wait was cancelled. False: by the user. Otherwise by a task, this one
    /// or, too late for it, an earlier one.
    /// </summary>
    internal bool TakeCancelOfTask()
    {
        if (_isCancelRequested)
        {
            _isCancelRequested = false;
            return false;
        }
        _isStrayCancelPossible = false;
        return true;
    }

    private protected abstract Status SignalCancel();

    private protected Task WaitInThread(nuint size, CancellationToken cancellation) =>
        (_waiter ??= new Waiter(this)).WaitAsync(size, cancellation);

    /// <summary>
    /// True when the call is to be made again. A cancelled task ends its wait as <see cref="Cancel"/> does. When that
    /// comes too late for the task, the next wait gets it, for which it was not meant.
    /// </summary>
    private protected bool IsStray(Status status)
    {
        if (status != Status.Cancelled)
        {
            return false;
        }
        if (_isStrayCancelPossible && !_isCancelRequested)
        {
            _isStrayCancelPossible = false;
            return true;
        }
        _isCancelRequested = false;
        return false;
    }
}
