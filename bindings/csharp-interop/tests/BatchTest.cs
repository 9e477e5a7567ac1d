// SPDX-License-Identifier: MIT
using System;

namespace ZeroBuffer.Tests;

public sealed class BatchTest : PairTest
{
    public BatchTest()
    {
        Writer.WriteMany([new byte[] { 0 }, new byte[] { 1 }, new byte[] { 2 }]);
    }

    [Fact]
    public void HasWhatIsThereUpToTheLimit()
    {
        using (FrameBatch first = Reader.AcquireMany(2))
        {
            Assert.Equal(2, first.Count);
        }
        using FrameBatch rest = Reader.AcquireMany(64);
        Assert.Equal(1, rest.Count);
        Assert.Equal(2, rest[0].Bytes[0]);
    }

    [Fact]
    public void LimitMayBeAnyNumber()
    {
        using FrameBatch all = Reader.AcquireMany(int.MaxValue);
        Assert.Equal(3, all.Count);
    }

    [Fact]
    public void IsWalkedInOrder()
    {
        using FrameBatch batch = Reader.AcquireMany(64);
        ulong expected = 0;
        foreach (Frame frame in batch)
        {
            Assert.Equal(++expected, frame.Sequence);
        }
        Assert.Equal(3ul, expected);
    }

    [Fact]
    public void GoesBackAsOne()
    {
        FrameBatch batch = Reader.AcquireMany(64);
        batch[1].Dispose();
        Assert.Equal(3ul, Reader.Stats().Held);

        batch.Dispose();
        batch.Dispose();

        Assert.Equal(0ul, Reader.Stats().Held);
    }

    [Fact]
    public void CannotBeUsedAfterItsDispose()
    {
        FrameBatch batch = Reader.AcquireMany(64);
        Frame frame = batch[0];
        batch.Dispose();
        try
        {
            _ = frame.Bytes;
            Assert.Fail("a frame of it");
        }
        catch (MisuseException)
        {
        }
        try
        {
            _ = batch[0];
            Assert.Fail("its indexer");
        }
        catch (MisuseException)
        {
        }
    }

    [Fact]
    public void FramesOfItCannotLeaveIt()
    {
        using FrameBatch batch = Reader.AcquireMany(64);
        try
        {
            batch[0].ToLease();
            Assert.Fail("a frame left it");
        }
        catch (MisuseException misuse)
        {
            Assert.Contains("batch", misuse.Message);
        }
    }

    [Fact]
    public void SeveralMayBeHeld()
    {
        FrameBatch first = Reader.AcquireMany(1);
        FrameBatch second = Reader.AcquireMany(2);
        Assert.Equal(0, first[0].Bytes[0]);
        Assert.Equal(1, second[0].Bytes[0]);
        second.Dispose();
        first.Dispose();
        Assert.Equal(0ul, Reader.Stats().Used);
    }

    [Fact]
    public void NewestFrameSkipsTheOlderOnes()
    {
        using Frame frame = Reader.AcquireLatest();
        Assert.Equal(2, frame.Bytes[0]);
        Assert.Equal(2ul, Reader.Stats().Skipped);
    }

    [Fact]
    public void LoopOverTheReaderEndsWithTheStream()
    {
        Writer.Dispose();
        int seen = 0;
        foreach (Frame frame in Reader)
        {
            Assert.Equal(seen++, frame.Bytes[0]);
            Assert.Equal(1ul, Reader.Stats().Held);
        }
        Assert.Equal(3, seen);
        Assert.Equal(0ul, Reader.Stats().Held);
    }

    [Fact]
    public void LoopThatIsLeftGivesItsFrameBack()
    {
        foreach (Frame frame in Reader)
        {
            break;
        }
        Assert.Equal(0ul, Reader.Stats().Held);
    }
}
