// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

public sealed partial class Reader
{
    /// <summary>
    /// Takes the next frame. One that is there is returned without a hop to another thread; else a thread of the reader
    /// waits, which takes nothing, and other tasks run. A task that is cancelled has taken nothing.
    /// </summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The frame, to be disposed of.</returns>
    /// <exception cref="System.OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="MisuseException">Another task or thread waits.</exception>
    /// <exception cref="ZeroBufferException">As <see cref="Acquire"/>.</exception>
    public ValueTask<FrameLease> AcquireAsync(CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FrameLease>(cancellation);
        }
        try
        {
            FrameLease? lease = TakeLease();
            return lease is not null ? new ValueTask<FrameLease>(lease) : AcquireLaterAsync(cancellation);
        }
        catch (ZeroBufferException failure)
        {
            return ValueTask.FromException<FrameLease>(failure);
        }
    }

    /// <summary>The frames to come. Whoever gets one disposes of it, now or later, here or elsewhere.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Frames until the writer closes; <see cref="PeerDiedException"/> is thrown.</returns>
    /// <exception cref="System.OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ZeroBufferException">As <see cref="Acquire"/>, but for the end of the stream.</exception>
    public async IAsyncEnumerable<FrameLease> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            FrameLease lease;
            try
            {
                lease = await AcquireAsync(cancellation).ConfigureAwait(false);
            }
            catch (PeerClosedException)
            {
                yield break;
            }
            yield return lease;
        }
    }

    internal override Status WaitOnce(nuint size) => Native.zb_reader_wait(_reader, Native.ZB_FOREVER);

    private async ValueTask<FrameLease> AcquireLaterAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await WaitInThread(0, cancellation).ConfigureAwait(false);
            if (TakeLease() is { } lease)
            {
                return lease;
            }
        }
    }
}
