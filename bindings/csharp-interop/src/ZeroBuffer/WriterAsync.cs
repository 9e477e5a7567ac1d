// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

public sealed partial class Writer
{
    /// <summary>
    /// Copies bytes into one frame. Where there is room it is done at once, in the same thread; else a thread of the
    /// writer waits for it, and other tasks run. A task that is cancelled has written nothing. Until it ends the writer is in
    /// use: no other call of it but those that any thread may make.
    /// </summary>
    /// <param name="bytes">Stay as they are until the task ends. May be empty, but not with layout v1.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The sequence of the frame.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="MisuseException">A claim is open, or another task or thread waits.</exception>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    public ValueTask<ulong> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ulong>(cancellation);
        }
        try
        {
            return TryWrite(bytes.Span, TimeSpan.Zero, out ulong sequence)
                ? new ValueTask<ulong>(sequence)
                : WriteLaterAsync(bytes, cancellation);
        }
        catch (ZeroBufferException failure)
        {
            return ValueTask.FromException<ulong>(failure);
        }
    }

    /// <summary>
    /// Waits, as a task, until a frame of <paramref name="size"/> bytes can be claimed, without claiming it:
    /// <see cref="TryClaim(nuint, out Claim, TimeSpan)"/> then does, as a claim itself cannot cross an <c>await</c>.
    /// </summary>
    /// <param name="size">Bytes.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="MisuseException">Another task or thread waits.</exception>
    /// <exception cref="ZeroBufferException">As <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    public ValueTask WaitAsync(nuint size, CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellation);
        }
        try
        {
            return Wait(size) ? ValueTask.CompletedTask : new ValueTask(WaitInThread(size, cancellation));
        }
        catch (ZeroBufferException failure)
        {
            return ValueTask.FromException(failure);
        }
    }

    internal override Status WaitOnce(nuint size) => Native.zb_writer_wait(_writer, size, Native.ZB_FOREVER);

    private async ValueTask<ulong> WriteLaterAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (true)
        {
            await WaitInThread((nuint)bytes.Length, cancellation).ConfigureAwait(false);
            if (TryWrite(bytes.Span, TimeSpan.Zero, out ulong sequence))
            {
                return sequence;
            }
        }
    }
}
