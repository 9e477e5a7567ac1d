// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace ZeroBuffer.Tests;

public sealed class AsyncTest : PairTest
{
    [Fact]
    public async Task ReadsAllUntilTheWriterCloses()
    {
        Task<bool> producer = InThread(() =>
        {
            using (Writer)
            {
                for (int i = 0; i < 1000; ++i)
                {
                    Writer.Write(BitConverter.GetBytes(i));
                }
            }
            return true;
        });
        int expected = 0;
        await foreach (FrameLease lease in Reader.ReadAllAsync())
        {
            using (lease)
            {
                Assert.Equal(expected++, lease.As<int>()[0]);
            }
        }
        Assert.Equal(1000, expected);
        Assert.True(await producer.WaitAsync(Deadline));
    }

    [Fact]
    public async Task FrameThatIsThereIsReturnedAtOnce()
    {
        Writer.Write("there"u8);

        ValueTask<FrameLease> task = Reader.AcquireAsync();

        Assert.True(task.IsCompletedSuccessfully);
        using FrameLease lease = await task;
        Assert.Equal(1ul, lease.Sequence);
    }

    [Fact]
    public async Task WaitsForAFrameInNoThreadOfTheCaller()
    {
        ValueTask<FrameLease> task = Reader.AcquireAsync();
        Assert.False(task.IsCompleted);

        Writer.Write("later"u8);

        using FrameLease lease = await task.AsTask().WaitAsync(Deadline);
        Assert.True(lease.Bytes.SequenceEqual("later"u8));
    }

    [Fact]
    public async Task CancelledTaskHasTakenNothing()
    {
        using CancellationTokenSource source = new();
        Task<FrameLease> task = Reader.AcquireAsync(source.Token).AsTask();
        Await(() => Reader.Stats().Sleeps > 0);

        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(Deadline));
        Writer.Write("for the next one"u8);
        using FrameLease lease = await Reader.AcquireAsync().AsTask().WaitAsync(Deadline);
        Assert.Equal(1ul, lease.Sequence);
    }

    [Fact]
    public async Task CancelsOfTasksNeverReachOtherWaits()
    {
        for (int round = 0; round < 200; ++round)
        {
            using CancellationTokenSource source = new();
            Task<FrameLease> task = Reader.AcquireAsync(source.Token).AsTask();
            Task<bool> cancelling = InThread(() =>
            {
                source.Cancel();
                return true;
            });
            Writer.Write("x"u8);
            Assert.True(await cancelling.WaitAsync(Deadline));
            try
            {
                (await task.WaitAsync(Deadline)).Dispose();
            }
            catch (OperationCanceledException)
            {
                Assert.True(Reader.TryAcquire(out Frame frame, Deadline));
                frame.Dispose();
            }
            Assert.False(Reader.TryAcquire(out _, TimeSpan.FromTicks(1)));
            Assert.False(Reader.Wait(TimeSpan.FromTicks(1)));
        }
    }

    [Fact]
    public void CancelThatComesTooLateForItsTaskReachesNobody()
    {
        TimeSpan brief = TimeSpan.FromMilliseconds(1);
        Assert.Null(Reader.TakeLease());

        Reader.CancelWait();
        Assert.False(Reader.TryAcquire(out _, brief));
        Reader.CancelWait();
        Assert.False(Reader.Wait(brief));
        Reader.CancelWait();
        Assert.False(Reader.TryAcquireMany(4, out _, brief));

        Reader.Cancel();
        Assert.Throws<CancelledException>(() => Reader.TryAcquire(out _, brief));
    }

    [Fact]
    public async Task TokenThatIsCancelledAlreadyTakesNothing()
    {
        Writer.Write("x"u8);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Reader.AcquireAsync(new CancellationToken(canceled: true)));
        Assert.Equal(0ul, Reader.Stats().Held);
    }

    [Fact]
    public async Task CancelOfTheReaderIsItsOwnException()
    {
        Task<FrameLease> task = Reader.AcquireAsync().AsTask();
        Reader.Cancel();
        await Assert.ThrowsAsync<CancelledException>(() => task.WaitAsync(Deadline));
    }

    [Fact]
    public async Task DisposeEndsTheWait()
    {
        Task<FrameLease> task = Reader.AcquireAsync().AsTask();
        Await(() => Reader.Stats().Sleeps > 0);
        Reader.Dispose();
        await Assert.ThrowsAsync<ClosedException>(() => task.WaitAsync(Deadline));
    }

    [Fact]
    public async Task SecondTaskThatWaitsIsMisuse()
    {
        Task<FrameLease> first = Reader.AcquireAsync().AsTask();
        await Assert.ThrowsAsync<MisuseException>(async () => await Reader.AcquireAsync());

        Writer.Write("x"u8);
        (await first.WaitAsync(Deadline)).Dispose();
    }

    [Fact]
    public async Task DeadWriterIsThrown()
    {
        string name = Name + "-died";
        using Reader reader = Reader.Create(name);
        using (Peer peer = new("write", name))
        {
            peer.Kill();
        }
        List<ulong> sequences = [];
        await Assert.ThrowsAsync<PeerDiedException>(async () =>
        {
            await foreach (FrameLease lease in reader.ReadAllAsync())
            {
                using (lease)
                {
                    sequences.Add(lease.Sequence);
                }
            }
        });
        Assert.Equal([1ul], sequences);
    }

    [Fact]
    public async Task FramesMayBeKeptAndGivenBackLater()
    {
        List<FrameLease> kept = [];
        for (int i = 0; i < 100; ++i)
        {
            Writer.Write(BitConverter.GetBytes(i));
        }
        Writer.Dispose();
        await foreach (FrameLease lease in Reader.ReadAllAsync())
        {
            kept.Add(lease);
        }
        Assert.All(kept, (lease, i) => Assert.Equal(i, lease.As<int>()[0]));
        kept.ForEach(lease => lease.Dispose());
        Assert.Equal(0ul, Reader.Stats().Held);
    }
}
