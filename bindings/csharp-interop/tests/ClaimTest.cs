// SPDX-License-Identifier: MIT
using System;

namespace ZeroBuffer.Tests;

public sealed class ClaimTest : PairTest
{
    [Fact]
    public void CommittedIsAFrame()
    {
        using Claim claim = Writer.Claim(5);
        "hello"u8.CopyTo(claim.Bytes);

        Assert.Equal(1ul, claim.Commit());

        using Frame frame = Reader.Acquire();
        Assert.True(frame.Bytes.SequenceEqual("hello"u8));
    }

    [Fact]
    public void CommittedInPartIsAShorterFrame()
    {
        using Claim claim = Writer.Claim(100);
        "hello"u8.CopyTo(claim.Bytes);

        claim.Commit(5);

        using Frame frame = Reader.Acquire();
        Assert.True(frame.Bytes.SequenceEqual("hello"u8));
    }

    [Fact]
    public void DisposedWithoutACommitIsNothing()
    {
        using (Claim claim = Writer.Claim(5))
        {
            claim.Bytes.Clear();
        }

        Assert.False(Reader.TryAcquire(out _));
        Assert.Equal(1ul, Writer.Write("next"u8));
    }

    [Fact]
    public void IsGivenUpWhenFillingItFails()
    {
        try
        {
            using Claim claim = Writer.Claim(5);
            throw new InvalidOperationException();
        }
        catch (InvalidOperationException)
        {
        }

        Assert.False(Reader.TryAcquire(out _));
        Assert.Equal(0ul, Writer.Stats().Held);
    }

    [Fact]
    public void DisposedAfterTheCommitStaysCommitted()
    {
        Claim claim = Writer.Claim(1);
        claim.Commit();
        claim.Dispose();
        claim.Dispose();

        Assert.True(Reader.TryAcquire(out Frame frame));
        frame.Dispose();
    }

    [Fact]
    public void OfBeforeDoesNotGiveUpTheNextOne()
    {
        Claim first = Writer.Claim(1);
        first.Dispose();
        Claim second = Writer.Claim(1);

        first.Dispose();

        second.Bytes[0] = 7;
        Assert.Equal(1ul, second.Commit());
    }

    [Fact]
    public void CannotBeCommittedTwice()
    {
        Claim claim = Writer.Claim(1);
        claim.Commit();

        AssertMisuse(claim, "committed");
    }

    [Fact]
    public void CannotBeUsedAfterItWasGivenUp()
    {
        Claim claim = Writer.Claim(1);
        claim.Dispose();

        AssertMisuse(claim, "given up");
    }

    [Fact]
    public void ThatIsNoneSaysSo() => AssertMisuse(default, "no claim");

    [Fact]
    public void LongerThanClaimedIsMisuseAndTheClaimStaysOpen()
    {
        Claim claim = Writer.Claim(4);
        try
        {
            claim.Commit(5);
            Assert.Fail("5 bytes of 4");
        }
        catch (MisuseException)
        {
        }
        Assert.Equal(1ul, claim.Commit(4));
    }

    [Fact]
    public void IsTheOnlyOneOfItsWriter()
    {
        Claim open = Writer.Claim(1);

        Assert.Throws<MisuseException>(() => Writer.Claim(1));
        Assert.Throws<MisuseException>(() => Writer.Write("x"u8));

        Assert.Equal(1ul, open.Commit());
    }

    [Fact]
    public void OutlivesItsWriter()
    {
        Claim claim = Writer.Claim(4);
        Writer.Dispose();

        claim.Bytes.Fill(1);
        try
        {
            claim.Commit();
            Assert.Fail("the writer is closed");
        }
        catch (ClosedException)
        {
        }
        claim.Dispose();
    }

    [Fact]
    public void OfANegativeSizeIsMisuse() => Assert.Throws<MisuseException>(() => Writer.Claim(-1));

    [Fact]
    public void TakesItemsOfAnyType()
    {
        using (Claim claim = Writer.Claim(2 * sizeof(double)))
        {
            claim.As<double>()[1] = 0.5;
            claim.Slice(0, 8).Clear();
            claim.Commit();
        }
        using Frame frame = Reader.Acquire();
        Assert.True(frame.As<double>().SequenceEqual([0.0, 0.5]));
    }

    private static void AssertMisuse(Claim claim, string message)
    {
        try
        {
            claim.Bytes.Clear();
        }
        catch (MisuseException misuse)
        {
            Assert.Contains(message, misuse.Message);
            try
            {
                claim.Commit();
            }
            catch (MisuseException)
            {
                return;
            }
        }
        Assert.Fail("the claim can still be used");
    }
}
