// SPDX-License-Identifier: MIT
using System;
using System.Linq;

namespace ZeroBuffer.Tests;

public sealed class PartsTest : PairTest
{
    [Fact]
    public void TwoSpansAreOneFrame()
    {
        Assert.Equal(1ul, Writer.WriteParts("head"u8, "body"u8));

        using Frame frame = Reader.Acquire();
        Assert.True(frame.Bytes.SequenceEqual("headbody"u8));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    public void AnyNumberOfPartsIsOneFrame(int count)
    {
        ReadOnlyMemory<byte>[] parts = [.. Enumerable.Range(0, count).Select(i => new ReadOnlyMemory<byte>([(byte)i, 255]))];

        Writer.WriteParts(parts);

        using Frame frame = Reader.Acquire();
        Assert.Equal((nuint)(2 * count), frame.Size);
        for (int i = 0; i < count; ++i)
        {
            Assert.Equal(i, frame.Bytes[2 * i]);
        }
    }

    [Fact]
    public void EachBlockOfManyIsAFrame()
    {
        ReadOnlyMemory<byte>[] blocks = [.. Enumerable.Range(0, 40).Select(i => new ReadOnlyMemory<byte>([(byte)i]))];

        Assert.Equal(40, Writer.WriteMany(blocks, Deadline));

        using FrameBatch batch = Reader.AcquireMany(64);
        Assert.Equal(40, batch.Count);
        Assert.Equal(39, batch[39].Bytes[0]);
    }

    [Fact]
    public void FramesThatFindNoRoomAreNotCounted()
    {
        byte[] half = new byte[(int)Writer.Capacity / 2];
        Assert.Equal(1, Writer.WriteMany([half, half], TimeSpan.Zero));
    }
}
