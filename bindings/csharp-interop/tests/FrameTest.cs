// SPDX-License-Identifier: MIT
using System;

namespace ZeroBuffer.Tests;

public sealed class FrameTest : PairTest
{
    [Fact]
    public void WhatIsNoTimeoutIsRefusedAlsoWhereNothingWaits()
    {
        TimeSpan wrong = TimeSpan.FromSeconds(-5);
        Writer.Write("a"u8);

        Assert.Throws<MisuseException>(() => Reader.TryAcquire(out _, wrong));
        Assert.Throws<MisuseException>(() => Reader.TryAcquireLatest(out _, wrong));
        Assert.Throws<MisuseException>(() => Writer.TryWrite("b"u8, wrong));
        Assert.Throws<MisuseException>(() => Writer.TryClaim(1, out _, wrong));

        Assert.Equal((1ul, 0ul), (Writer.Stats().Frames, Reader.Stats().Held));
    }

    [Fact]
    public void CarriesTheBytesAndTheSequence()
    {
        Assert.Equal(1ul, Writer.Write("hello"u8));
        Assert.Equal(2ul, Writer.Write("again"u8));

        using Frame frame = Reader.Acquire();

        Assert.True(frame.Bytes.SequenceEqual("hello"u8));
        Assert.Equal((nuint)5, frame.Size);
        Assert.Equal(1ul, frame.Sequence);
    }

    [Fact]
    public void OfNoBytesIsAFrame()
    {
        Writer.Write([]);

        Assert.True(Reader.TryAcquire(out Frame frame));

        Assert.True(frame.Bytes.IsEmpty);
        frame.Dispose();
    }

    [Fact]
    public void IsThatOfTheSharedMemoryAndNoCopy()
    {
        using (Claim claim = Writer.Claim(1))
        {
            claim.Bytes[0] = 1;
            claim.Commit();
        }
        using Frame first = Reader.Acquire();
        using Frame again = first;

        Assert.True(first.Bytes.Overlaps(again.Bytes));
    }

    [Fact]
    public void DisposedTwiceGivesItsSpaceBackOnce()
    {
        Writer.Write("a"u8);
        Writer.Write("b"u8);
        Frame first = Reader.Acquire();
        Frame second = Reader.Acquire();

        first.Dispose();
        first.Dispose();

        Assert.Equal(1ul, Reader.Stats().Held);
        Assert.True(second.Bytes.SequenceEqual("b"u8));
        second.Dispose();
        Assert.Equal(0ul, Reader.Stats().Held);
    }

    [Fact]
    public void OfWhichACopyWasDisposedIsDisposed()
    {
        Writer.Write("a"u8);
        Frame frame = Reader.Acquire();
        Frame copy = frame;
        copy.Dispose();

        AssertReleased(frame);
    }

    [Fact]
    public void DisposedIsNotTheNextOneOfItsSlot()
    {
        Writer.Write("a"u8);
        Writer.Write("b"u8);
        Frame first = Reader.Acquire();
        first.Dispose();
        using Frame second = Reader.Acquire();

        first.Dispose();

        Assert.True(second.Bytes.SequenceEqual("b"u8));
        Assert.Equal(1ul, Reader.Stats().Held);
        AssertReleased(first);
    }

    [Fact]
    public void ThatIsNoneSaysSo()
    {
        Assert.False(Reader.TryAcquire(out Frame frame));
        frame.Dispose();

        AssertReleased(frame, "this is no frame");
    }

    [Fact]
    public void GoesBackInAnyOrder()
    {
        for (int i = 0; i < 3; ++i)
        {
            Writer.Write([(byte)i]);
        }
        Frame first = Reader.Acquire();
        Frame second = Reader.Acquire();
        Frame third = Reader.Acquire();

        third.Dispose();
        first.Dispose();

        Assert.Equal(1, second.Bytes[0]);
        second.Dispose();
        Assert.Equal(0ul, Reader.Stats().Used);
    }

    [Fact]
    public void OutlivesItsReader()
    {
        Writer.Write("still here"u8);
        Frame frame = Reader.Acquire();

        Reader.Dispose();

        Assert.True(frame.Bytes.SequenceEqual("still here"u8));
        frame.Dispose();
        frame.Dispose();
    }

    [Fact]
    public void ManyMoreThanSlotsOfAChunkCanBeHeld()
    {
        for (int i = 0; i < 200; ++i)
        {
            Writer.Write(BitConverter.GetBytes(i));
        }
        FrameLease[] held = new FrameLease[200];
        for (int i = 0; i < 200; ++i)
        {
            Frame frame = Reader.Acquire();
            Assert.Equal(i, frame.As<int>()[0]);
            held[i] = frame.ToLease();
        }
        Assert.All(held, (lease, i) => Assert.Equal(i, lease.As<int>()[0]));
        Array.ForEach(held, lease => lease.Dispose());
        Assert.Equal(0ul, Reader.Stats().Held);
    }

    [Fact]
    public void SlicesAreCheckedAgainstItsSize()
    {
        Writer.Write("hello"u8);
        using Frame frame = Reader.Acquire();

        Assert.True(frame.Slice(1, 3).SequenceEqual("ell"u8));
        Assert.True(frame.Slice(5, 0).IsEmpty);
        foreach ((nuint offset, int length) in new (nuint, int)[] { (0, 6), (6, 0), (1, -1), (nuint.MaxValue, 2) })
        {
            try
            {
                frame.Slice(offset, length);
                Assert.Fail($"{offset}, {length}");
            }
            catch (MisuseException)
            {
            }
        }
    }

    [Fact]
    public void IsASpanOfPlainItems()
    {
        Writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>([1.5f, -2f]));
        using Frame frame = Reader.Acquire();

        Assert.True(frame.As<float>().SequenceEqual([1.5f, -2f]));
        try
        {
            frame.As<decimal>();
            Assert.Fail("8 bytes are no decimal");
        }
        catch (MisuseException misuse)
        {
            Assert.Contains("Decimal", misuse.Message);
        }
    }

    [Fact]
    public void IsReadOnlyUnlessTheReaderIsWritable()
    {
        Writer.Write("x"u8);
        using Frame frame = Reader.Acquire();
        try
        {
            frame.WritableBytes[0] = 1;
            Assert.Fail("it is read-only");
        }
        catch (MisuseException misuse)
        {
            Assert.Contains("Writable", misuse.Message);
        }
    }

    private static void AssertReleased(Frame frame, string message = "released")
    {
        try
        {
            _ = frame.Bytes;
        }
        catch (MisuseException misuse)
        {
            Assert.Contains(message, misuse.Message);
            return;
        }
        Assert.Fail("the frame can still be used");
    }
}
