// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace ZeroBuffer.Tests;

/// <summary>A name that no other test uses, and that is gone in the end.</summary>
public abstract class BufferTest : IDisposable
{
    /// <summary>Longer than anything takes that is going to happen.</summary>
    protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    protected string Name { get; } = $"test-csharp-{Environment.ProcessId}-{Guid.NewGuid():N}";

    protected string FilePath => Path.Combine("/dev/shm", Name);

    public void Dispose()
    {
        Close();
        // Buffers with unread frames stay after both sides have closed.
        File.Delete(FilePath);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the test holds.</summary>
    protected virtual void Close()
    {
    }

    protected (Reader Reader, Writer Writer) Pair(ReaderOptions? options = null)
    {
        Reader reader = Reader.Create(Name, options ?? new ReaderOptions { Capacity = 1 << 16 });
        return (reader, Writer.Open(Name));
    }

    /// <summary>Runs it in a thread of its own, as what waits in the library must.</summary>
    protected static Task<T> InThread<T>(Func<T> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Looks until it is so.</summary>
    protected static void Await(Func<bool> condition)
    {
        Assert.True(SpinWait.SpinUntil(condition, Deadline), "what the test waits for did not happen");
    }
}
