// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Tasks;

namespace ZeroBuffer.Tests;

public sealed class LeaseTest : PairTest
{
    [Fact]
    public void IsTheSameBytesAndEndsTheFrame()
    {
        Writer.Write("hello"u8);
        Frame frame = Reader.Acquire();
        FrameLease lease = frame.ToLease();

        Assert.True(lease.Bytes.SequenceEqual("hello"u8));
        Assert.Equal((1ul, (nuint)5), (lease.Sequence, lease.Size));
        frame.Dispose();
        Assert.Equal(1ul, Reader.Stats().Held);
        lease.Dispose();
        Assert.Equal(0ul, Reader.Stats().Held);
    }

    // Each of the three threads does what its documentation allows. Out of turn, the memory could go under the first.
    [Fact]
    public async Task LooksGoOnBesideTheLastDisposals()
    {
        for (int round = 0; round < 50; ++round)
        {
            Reader reader = Reader.Create($"{Name}-{round}", new ReaderOptions { Capacity = 1 << 16, Layout = Layout.V2 });
            using Writer writer = Writer.Open($"{Name}-{round}");
            writer.Write("a"u8);
            FrameLease lease = reader.Acquire().ToLease();
            Task<int> looks = InThread(() =>
            {
                int count = 0;
                try
                {
                    while (reader.WaitForPeer() && !reader.Wait() && reader.Metadata() is null)
                    {
                        ++count;
                    }
                }
                catch (ClosedException)
                {
                    return count;
                }
                return -1;
            });

            await Task.WhenAll(InThread(() => Run(lease.Dispose)), InThread(() => Run(reader.Dispose)));

            Assert.True(await looks >= 0);
        }

        static bool Run(Action action)
        {
            action();
            return true;
        }
    }

    [Fact]
    public void DisposedTwiceGivesItsSpaceBackOnce()
    {
        Writer.Write("a"u8);
        Writer.Write("b"u8);
        FrameLease first = Reader.Acquire().ToLease();
        FrameLease second = Reader.Acquire().ToLease();

        first.Dispose();
        first.Dispose();

        Assert.Equal(1ul, Reader.Stats().Held);
        second.Dispose();
    }

    [Fact]
    public void CannotBeUsedAfterItsDispose()
    {
        Writer.Write("a"u8);
        FrameLease lease = Reader.Acquire().ToLease();
        lease.Dispose();

        Assert.Throws<MisuseException>(() => lease.Bytes.Length);
        Assert.Throws<MisuseException>(() => lease.Memory);
        Assert.Throws<MisuseException>(() => lease.As<byte>().Length);
        Assert.Throws<MisuseException>(() => lease.Slice(0, 0).Length);
        Assert.Throws<MisuseException>(() => lease.Array().Dimensions);
        Assert.Throws<MisuseException>(() => lease.Pin());
        Assert.Equal((1ul, (nuint)1), (lease.Sequence, lease.Size));
    }

    [Fact]
    public void MemoryOfADisposedLeaseSaysSo()
    {
        Writer.Write("a"u8);
        FrameLease lease = Reader.Acquire().ToLease();
        ReadOnlyMemory<byte> memory = lease.Memory;
        Assert.Equal((byte)'a', memory.Span[0]);
        lease.Dispose();

        Assert.Throws<MisuseException>(() => memory.Span.Length);
    }

    [Fact]
    public unsafe void PinnedIsWhereItWas()
    {
        Writer.Write("abc"u8);
        using FrameLease lease = Reader.Acquire().ToLease();
        using MemoryHandle handle = lease.Memory[1..].Pin();

        Assert.Equal((byte)'b', *(byte*)handle.Pointer);
    }

    [Fact]
    public void OutlivesItsReader()
    {
        Writer.Write("still here"u8);
        FrameLease lease = Reader.Acquire().ToLease();
        Reader.Dispose();

        Assert.True(lease.Bytes.SequenceEqual("still here"u8));
        lease.Dispose();
    }

    [Fact]
    public async Task GoesBackFromAnyThreadWhileFramesFlow()
    {
        const int frames = 20_000;
        using BlockingCollection<FrameLease> queue = new(64);
        Task<int>[] consumers = new Task<int>[2];
        for (int i = 0; i < consumers.Length; ++i)
        {
            consumers[i] = InThread(() =>
            {
                int wrong = 0;
                foreach (FrameLease lease in queue.GetConsumingEnumerable())
                {
                    wrong += lease.As<ulong>()[0] == lease.Sequence ? 0 : 1;
                    lease.Dispose();
                }
                return wrong;
            });
        }
        Task<bool> producer = InThread(() =>
        {
            for (ulong i = 1; i <= frames; ++i)
            {
                Writer.Write(BitConverter.GetBytes(i));
            }
            return true;
        });
        for (int i = 0; i < frames; ++i)
        {
            Assert.True(Reader.TryAcquire(out Frame frame, Deadline));
            queue.Add(frame.ToLease());
        }
        queue.CompleteAdding();

        Assert.True(await producer.WaitAsync(Deadline));
        Assert.All(await Task.WhenAll(consumers).WaitAsync(Deadline), wrong => Assert.Equal(0, wrong));
        Assert.Equal(0ul, Reader.Stats().Held);
    }
}
