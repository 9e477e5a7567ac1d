// SPDX-License-Identifier: MIT
// Waits for the tasks of one endpoint, in a thread of its own: one that sleeps in the library would be missing in the
// pool. The thread starts with the first wait, and ends when nobody has waited for a while, so it keeps no endpoint alive
// that is forgotten, unless a task of it waits.
using System;
using System.Threading;
using System.Threading.Tasks;

namespace ZeroBuffer.Interop;

internal sealed class Waiter(Endpoint endpoint)
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly object _lock = new();
    private TaskCompletionSource? _wanted;
    private CancellationToken _cancellation;
    private nuint _size;
    private bool _isRunning;
    private bool _isInside;

    /// <summary>Ends when <see cref="Endpoint.WaitOnce(nuint)"/> does. Takes nothing.</summary>
    internal async Task WaitAsync(nuint size, CancellationToken cancellation)
    {
        TaskCompletionSource wanted = Start(size, cancellation);
        CancellationTokenRegistration registration =
            cancellation.UnsafeRegister(static waiter => ((Waiter)waiter!).Cancel(), this);
        await using (registration.ConfigureAwait(false))
        {
            await wanted.Task.ConfigureAwait(false);
        }
    }

    private TaskCompletionSource Start(nuint size, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_wanted is not null)
            {
                throw new MisuseException($"{(endpoint is Reader ? "reader" : "writer")} of buffer '{endpoint.Name}': another task is waiting in it; use one at a time");
            }
            _wanted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _cancellation = cancellation;
            _size = size;
            if (_isRunning)
            {
                Monitor.Pulse(_lock);
            }
            else
            {
                StartThread();
            }
            return _wanted;
        }
    }

    // It serves many callers, so it takes over nobody's execution context.
    private void StartThread()
    {
        try
        {
            new Thread(Run) { IsBackground = true, Name = $"ZeroBuffer {endpoint.Name}" }.UnsafeStart();
            _isRunning = true;
        }
        catch
        {
            _wanted = null;
            throw;
        }
    }

    private void Cancel()
    {
        lock (_lock)
        {
            if (_isInside)
            {
                endpoint.CancelWait();
            }
        }
    }

    private void Run()
    {
        while (Next())
        {
            Status status = Status.Cancelled;
            ZeroBufferException? failure = null;
            // Asked before it began: then there is nothing to end.
            while (Enter())
            {
                status = endpoint.WaitOnce(_size);
                failure = status == Status.Ok ? null : Failure.Of(status);
                Leave();
                if (status != Status.Cancelled || !endpoint.TakeCancelOfTask())
                {
                    break;
                }
            }
            Finish(status, failure);
        }
    }

    private bool Next()
    {
        lock (_lock)
        {
            if (_wanted is null && !Monitor.Wait(_lock, Idle) && _wanted is null)
            {
                _isRunning = false;
                return false;
            }
            return true;
        }
    }

    private bool Enter()
    {
        lock (_lock)
        {
            return _isInside = _wanted is not null && !_cancellation.IsCancellationRequested;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _isInside = false;
        }
    }

    private void Finish(Status status, ZeroBufferException? failure)
    {
        TaskCompletionSource? wanted;
        CancellationToken cancellation;
        lock (_lock)
        {
            wanted = _wanted;
            cancellation = _cancellation;
            _wanted = null;
        }
        if (status == Status.Ok)
        {
            wanted?.SetResult();
        }
        else if (failure is not null && !(status == Status.Cancelled && cancellation.IsCancellationRequested))
        {
            wanted?.SetException(failure);
        }
        else
        {
            wanted?.SetCanceled(cancellation);
        }
    }
}
