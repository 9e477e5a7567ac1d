// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace ZeroBuffer.Tests;

public sealed class WriteAsyncTest : PairTest
{
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(1);
    private static readonly byte[] Block = new byte[1000];

    [Fact]
    public async Task FrameThatFitsIsWrittenAtOnce()
    {
        ValueTask<ulong> task = Writer.WriteAsync("there"u8.ToArray());

        Assert.True(task.IsCompletedSuccessfully);
        Assert.Equal(1ul, await task);
        using Frame frame = Reader.Acquire();
        Assert.True(frame.Bytes.SequenceEqual("there"u8));
    }

    [Fact]
    public async Task WaitsForRoomInNoThreadOfTheCaller()
    {
        ulong last = Fill();
        ValueTask<ulong> task = Writer.WriteAsync(Block);
        Assert.False(task.IsCompleted);

        Reader.Acquire().Dispose();

        Assert.Equal(last + 1, await task.AsTask().WaitAsync(Deadline));
    }

    [Fact]
    public async Task EveryFrameArrivesInOrderThroughASmallRing()
    {
        const int Frames = 2000;
        Task<int> consumer = InThread(() =>
        {
            int wrong = 0;
            for (int i = 0; i < Frames; ++i)
            {
                using Frame frame = Reader.Acquire();
                wrong += frame.Size == (nuint)Block.Length && frame.Sequence == (ulong)i + 1 ? 0 : 1;
            }
            return wrong;
        });
        for (int i = 0; i < Frames; ++i)
        {
            Assert.Equal((ulong)i + 1, await Writer.WriteAsync(Block).AsTask().WaitAsync(Deadline));
        }
        Assert.Equal(0, await consumer.WaitAsync(Deadline));
    }

    [Fact]
    public async Task ClaimCanBeMadeAfterWaitAsync()
    {
        Fill();
        ValueTask task = Writer.WaitAsync((nuint)Block.Length);
        Assert.False(task.IsCompleted);
        Reader.Acquire().Dispose();
        await task.AsTask().WaitAsync(Deadline);

        Assert.True(Writer.TryClaim(Block.Length, out Claim claim));
        claim.Dispose();
        Assert.True(Writer.WaitAsync((nuint)Block.Length).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task CancelledTaskHasWrittenNothing()
    {
        ulong last = Fill();
        using CancellationTokenSource source = new();
        Task<ulong> task = Writer.WriteAsync(Block, source.Token).AsTask();
        Await(() => Writer.Stats().Sleeps > 0);

        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(Deadline));
        Assert.Equal(last, Writer.Stats().Frames);
        Reader.Acquire().Dispose();
        Assert.Equal(last + 1, await Writer.WriteAsync(Block).AsTask().WaitAsync(Deadline));
    }

    [Fact]
    public async Task TokenThatIsCancelledAlreadyWritesNothing()
    {
        CancellationToken cancelled = new(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Writer.WriteAsync(Block, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Writer.WaitAsync(1, cancelled));
        Assert.Equal(0ul, Writer.Stats().Frames);
    }

    [Fact]
    public async Task CancelsOfTasksNeverReachOtherWaits()
    {
        Fill();
        for (int round = 0; round < 200; ++round)
        {
            using CancellationTokenSource source = new();
            Task<ulong> task = Writer.WriteAsync(Block, source.Token).AsTask();
            Task<bool> cancelling = InThread(() =>
            {
                source.Cancel();
                return true;
            });
            Reader.Acquire().Dispose();
            Assert.True(await cancelling.WaitAsync(Deadline));
            try
            {
                await task.WaitAsync(Deadline);
            }
            catch (OperationCanceledException)
            {
                Assert.True(Writer.TryWrite(Block));
            }
            Assert.False(Writer.TryWrite(Block, Brief));
            Assert.False(Writer.Wait((nuint)Block.Length, Brief));
        }
    }

    [Fact]
    public void CancelThatComesTooLateForItsTaskReachesNobody()
    {
        Fill();
        AssertReachesNobody(() => Writer.TryWrite(Block, Brief));
        AssertReachesNobody(() => Writer.Wait((nuint)Block.Length, Brief));
        AssertReachesNobody(() => Writer.TryClaim(Block.Length, out _, Brief));
        AssertReachesNobody(() => Writer.TryWriteParts(Block, Block, Brief, out _));
        AssertReachesNobody(() => Writer.TryWriteParts([Block], Brief, out _));
        AssertReachesNobody(() => Writer.WriteMany([Block], Brief) != 0);

        Writer.Cancel();
        Assert.Throws<CancelledException>(() => Writer.TryWrite(Block, Brief));
    }

    [Fact]
    public async Task CancelThatComesTooLateLosesNoFrameOfMany()
    {
        ulong last = Fill();
        Writer.CancelWait();
        Task<int> writing = InThread(() => Writer.WriteMany([Block, Block, Block], Deadline));
        for (ulong sequence = 1; sequence <= last + 3; ++sequence)
        {
            Assert.True(Reader.TryAcquire(out Frame frame, Deadline));
            Assert.Equal(sequence, frame.Sequence);
            frame.Dispose();
        }
        Assert.Equal(3, await writing.WaitAsync(Deadline));
    }

    [Fact]
    public async Task CancelOfTheWriterIsItsOwnException()
    {
        Fill();
        Task<ulong> task = Writer.WriteAsync(Block).AsTask();
        Writer.Cancel();
        await Assert.ThrowsAsync<CancelledException>(() => task.WaitAsync(Deadline));
    }

    [Fact]
    public async Task DisposeEndsTheWait()
    {
        Fill();
        Task<ulong> task = Writer.WriteAsync(Block).AsTask();
        Await(() => Writer.Stats().Sleeps > 0);
        Writer.Dispose();
        await Assert.ThrowsAsync<ClosedException>(() => task.WaitAsync(Deadline));
        await Assert.ThrowsAsync<ClosedException>(async () => await Writer.WriteAsync(Block));
    }

    [Fact]
    public async Task SecondTaskThatWaitsIsMisuse()
    {
        Fill();
        Task<ulong> first = Writer.WriteAsync(Block).AsTask();
        await Assert.ThrowsAsync<MisuseException>(async () => await Writer.WriteAsync(Block));

        Reader.Acquire().Dispose();
        await first.WaitAsync(Deadline);
    }

    [Fact]
    public async Task ReaderThatClosesIsThrown()
    {
        Fill();
        Task<ulong> task = Writer.WriteAsync(Block).AsTask();
        Reader.Dispose();
        await Assert.ThrowsAsync<PeerClosedException>(() => task.WaitAsync(Deadline));
    }

    [Fact]
    public async Task DeadReaderIsThrown()
    {
        string name = Name + "-died";
        using Writer writer = Writer.Create(name, new WriterOptions { Capacity = 4096 });
        writer.Write("for the peer"u8);
        using Peer peer = new("read", name);
        while (writer.TryWrite(Block))
        {
        }
        Task<ulong> task = writer.WriteAsync(Block).AsTask();
        Await(() => writer.Stats().Sleeps > 0);

        peer.Kill();

        await Assert.ThrowsAsync<PeerDiedException>(() => task.WaitAsync(Deadline));
    }

    [Fact]
    public async Task FrameThatCanNeverFitIsRefusedAtOnce()
    {
        byte[] huge = new byte[(int)Writer.MaxFrame + 1];
        await Assert.ThrowsAsync<TooLargeException>(async () => await Writer.WriteAsync(huge));
        await Assert.ThrowsAsync<TooLargeException>(async () => await Writer.WaitAsync((nuint)huge.Length));
    }

    protected override void Close()
    {
        base.Close();
        File.Delete(FilePath + "-died");
    }

    private ulong Fill()
    {
        ulong last = 0;
        while (Writer.TryWrite(Block, default, out ulong sequence))
        {
            last = sequence;
        }
        return last;
    }

    private void AssertReachesNobody(Func<bool> succeeds)
    {
        Writer.CancelWait();
        Assert.False(succeeds());
    }
}
