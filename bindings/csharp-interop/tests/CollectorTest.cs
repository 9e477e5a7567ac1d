// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace ZeroBuffer.Tests;

/// <summary>
/// The garbage collector moves, suspends and finalises at any moment, and nobody notices. Alone: no other test could go on.
/// </summary>
[Collection(nameof(Alone))]
public sealed class CollectorTest : BufferTest
{
    [Theory]
    [InlineData(Layout.V1)]
    [InlineData(Layout.V2)]
    public async Task FramesFlowWhileItCollectsAllTheTime(Layout layout)
    {
        const int frames = 1500;
        int passed = 0;
        int collections = 0;
        using CancellationTokenSource done = new();
        Task<bool> collecting = InThread(() =>
        {
            for (int rounds = 0; !done.IsCancellationRequested; ++rounds)
            {
                int seen = Volatile.Read(ref passed);
                _ = new byte[rounds % 50_000];
                GC.Collect(rounds % 3, GCCollectionMode.Forced, blocking: true, compacting: true);
                Interlocked.Increment(ref collections);
                // One collection after the other would let nobody else run: a frame in between, unless the producer waits.
                SpinWait.SpinUntil(() => Volatile.Read(ref passed) != seen || Volatile.Read(ref collections) <= seen / 10 ||
                    done.IsCancellationRequested);
            }
            return true;
        });
        var (reader, writer) = Pair(new ReaderOptions { Layout = layout, Capacity = 1 << 16 });
        using (reader)
        using (writer)
        {
            Task<bool> producer = InThread(() =>
            {
                for (int i = 0; i < frames; ++i)
                {
                    // At least one collection for every ten frames.
                    SpinWait.SpinUntil(() => Volatile.Read(ref collections) > i / 10);
                    // On the heap, where it moves when nothing holds it.
                    byte[] bytes = new byte[1 + (i * 37 % 3000)];
                    bytes.AsSpan().Fill((byte)i);
                    switch (i % 4)
                    {
                        case 0:
                            writer.Write(bytes);
                            break;
                        case 1:
                            writer.WriteParts(bytes.AsSpan(0, bytes.Length / 2), bytes.AsSpan(bytes.Length / 2));
                            break;
                        case 2:
                            writer.WriteParts([bytes.AsMemory(0, 1), bytes.AsMemory(1)]);
                            break;
                        default:
                            using (Claim claim = writer.Claim(bytes.Length))
                            {
                                bytes.CopyTo(claim.Bytes);
                                claim.Commit();
                            }
                            break;
                    }
                }
                return true;
            });
            for (int i = 0; i < frames; ++i)
            {
                Assert.True(reader.TryAcquire(out Frame frame, Deadline));
                Interlocked.Increment(ref passed);
                if (i % 5 == 0)
                {
                    using FrameLease lease = frame.ToLease();
                    AssertFilled(lease.Bytes, i);
                    continue;
                }
                AssertFilled(frame.Bytes, i);
                frame.Dispose();
            }
            Assert.True(await producer.WaitAsync(Deadline));
        }
        await done.CancelAsync();
        Assert.True(await collecting.WaitAsync(Deadline));
    }

    [Fact]
    public void EndpointThatIsDroppedIsClosedInOrder()
    {
        using Reader reader = Reader.Create(Name);
        WriteAndForget(Name);
        Await(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return reader.Stats().Peer == PeerState.Closed;
        });
        using Frame frame = reader.Acquire();
        Assert.True(frame.Bytes.SequenceEqual("x"u8));
    }

    [Fact]
    public void FrameKeepsItsBytesWhenEverythingElseIsDropped()
    {
        using Writer writer = Writer.Create(Name, new WriterOptions { Capacity = 1 << 16 });
        writer.Write("still here"u8);
        Frame frame = AcquireAndForget(Name);
        ReadOnlySpan<byte> bytes = frame.Bytes;
        for (int i = 0; i < 10; ++i)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            writer.TryWrite(new byte[20_000]);
        }
        Assert.True(bytes.SequenceEqual("still here"u8));
    }

    [Fact]
    public void FrameOfABatchThatIsDroppedKeepsItsBytes()
    {
        var (reader, writer) = Pair();
        using (reader)
        using (writer)
        {
            writer.Write("still here"u8);
            FrameBatch batch = reader.AcquireMany(1);
            Frame frame = batch[0];
            for (int i = 0; i < 10; ++i)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                _ = GC.AllocateUninitializedArray<byte>(100, pinned: true);
            }
            Assert.True(frame.Bytes.SequenceEqual("still here"u8));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteAndForget(string name) => Writer.Open(name).Write("x"u8);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Frame AcquireAndForget(string name) => Reader.Open(name).Acquire();

    private static void AssertFilled(ReadOnlySpan<byte> bytes, int i)
    {
        Assert.Equal(1 + (i * 37 % 3000), bytes.Length);
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)i));
    }
}
