// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;

namespace ZeroBuffer.Tests;

/// <summary>
/// No managed memory per frame, counted by the collector itself, on every path that does not return an object.
/// </summary>
public sealed class AllocationTest : PairTest
{
    private const int Frames = 10_000;
    private static readonly byte[] Large = new byte[8000];
    private static readonly float[] Items = new float[100];

    private readonly ReadOnlyMemory<byte>[] _blocks = [new byte[10], new byte[20], new byte[30]];

    [Fact]
    public void WriteAndAcquire() => AssertFree(() =>
    {
        Writer.Write("some bytes"u8);
        using Frame frame = Reader.Acquire();
        return frame.Bytes.Length;
    });

    [Fact]
    public void LargeFrames() => AssertFree(() =>
    {
        Writer.Write(Large);
        Assert.True(Reader.TryAcquire(out Frame frame));
        int length = frame.As<ulong>().Length;
        frame.Dispose();
        return length;
    });

    [Fact]
    public void Claims() => AssertFree(() =>
    {
        using (Claim claim = Writer.Claim(64))
        {
            claim.Bytes.Clear();
            claim.Commit();
        }
        using Frame frame = Reader.AcquireLatest();
        return (int)frame.Size;
    });

    [Fact]
    public void ClaimsGivenUp() => AssertFree(() =>
    {
        using Claim claim = Writer.Claim(64);
        return claim.Bytes.Length;
    });

    [Fact]
    public void TimeoutsAndFullRings() => AssertFree(() =>
    {
        int results = Reader.TryAcquire(out _) || Reader.TryAcquire(out _, TimeSpan.FromTicks(1)) ? 1 : 0;
        Writer.TryWrite(new ReadOnlySpan<byte>(Large));
        using Frame frame = Reader.Acquire();
        return results;
    });

    [Fact]
    public void Parts() => AssertFree(() =>
    {
        Writer.WriteParts("a"u8, "b"u8);
        Writer.WriteParts(_blocks);
        Writer.WriteMany(_blocks);
        using FrameBatch batch = Reader.AcquireMany(16);
        int length = 0;
        foreach (Frame frame in batch)
        {
            length += frame.Bytes.Length;
        }
        return length;
    });

    [Fact]
    public void Arrays() => AssertFree(() =>
    {
        Writer.WriteArray<float>(Items, [10, 10]);
        using (ArrayClaim<double> claim = Writer.ClaimArray<double>([4, 4]))
        {
            claim.Items.Clear();
            claim.Commit();
        }
        using Frame first = Reader.Acquire();
        using Frame second = Reader.Acquire();
        return first.Array().As<float>().Length + second.Array().As<double>().Length;
    });

    [Fact]
    public void Loops() => AssertFree(() =>
    {
        Writer.Write("x"u8);
        foreach (Frame frame in Reader)
        {
            return frame.Bytes.Length;
        }
        return 0;
    });

    [Fact]
    public void StatsAndWaits() => AssertFree(() =>
    {
        Writer.Write("x"u8);
        bool ready = Reader.Wait() && Reader.WaitForPeer() && Writer.Wait(10);
        using Frame frame = Reader.Acquire();
        return (int)(Reader.Stats().Held + Writer.Stats().Frames) + (ready ? 1 : 0);
    });

    [Fact]
    public void TasksWithRoom() => AssertFree(() =>
    {
        ValueTask<ulong> written = Writer.WriteAsync(_blocks[0]);
        bool ready = written.IsCompletedSuccessfully && Writer.WaitAsync(10).IsCompletedSuccessfully;
        using Frame frame = Reader.Acquire();
        return frame.Bytes.Length + (ready ? 1 : 0);
    });

    [Fact]
    public void EverythingOnceFramesWereLeased()
    {
        Writer.Write("x"u8);
        Reader.Acquire().ToLease().Dispose();
        WriteAndAcquire();
        Parts();
    }

    [Fact]
    public async Task FramesThatAreWaitedFor()
    {
        using CancellationTokenSource done = new();
        Task<bool> producer = InThread(() =>
        {
            // As many as are asked for.
            while (!done.IsCancellationRequested)
            {
                Writer.TryWrite("x"u8, TimeSpan.FromMilliseconds(10));
            }
            return true;
        });
        await InThread(() =>
        {
            AssertFree(() =>
            {
                using Frame frame = Reader.Acquire();
                return frame.Bytes.Length;
            });
            return true;
        }).WaitAsync(Deadline);
        await done.CancelAsync();
        Assert.True(await producer.WaitAsync(Deadline));
    }

    private static void AssertFree(Func<int> step)
    {
        // The just-in-time compiler makes an object now and then, for this thread, while it gets to know a method. What
        // a frame costs is there in every round.
        long allocated = long.MaxValue;
        for (int round = 0; round < 5 && allocated != 0; ++round)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Frames; ++i)
            {
                step();
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, allocated);
    }
}
