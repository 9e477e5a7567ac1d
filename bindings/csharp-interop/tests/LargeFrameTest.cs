// SPDX-License-Identifier: MIT
using System;
using System.IO;
using ZeroBuffer.Interop;

namespace ZeroBuffer.Tests;

public sealed class LargeFrameTest : BufferTest
{
    private const long Longer = (1L << 31) + 100;

    [Fact]
    public void SpansSayWhatTheyCannotCarry()
    {
        Assert.Equal(int.MaxValue, Spans.Length("frame", int.MaxValue));
        string refused = Assert.Throws<TooLargeException>(() => Spans.Length("frame", 1ul << 31)).Message;
        Assert.StartsWith("frame: ", refused);
        Assert.Contains("Slice", refused);
        Assert.Equal(1 << 29, Spans.Items<int>("frame", 1ul << 31));
        Assert.Throws<TooLargeException>(() => Spans.Items<byte>("frame", 1ul << 31));
    }

    [RoomyFact]
    public void FrameLongerThanASpanIsTakenInSlices()
    {
        WriterOptions options = new() { Capacity = Longer + (1 << 20), Prefault = Prefault.Never };
        using Writer writer = Writer.Create(Name, options);
        using (Claim claim = writer.Claim((nuint)Longer))
        {
            AssertTooLarge(claim);
            claim.Slice((nuint)Longer - 3, 3).Fill(7);
            claim.Commit();
        }
        using Reader reader = Reader.Open(Name, new ReaderOptions { Prefault = Prefault.Never });
        Frame frame = reader.Acquire();
        Assert.Equal((nuint)Longer, frame.Size);
        Assert.Equal([7, 7, 7], frame.Slice((nuint)Longer - 3, 3).ToArray());
        using FrameLease lease = frame.ToLease();
        Assert.Throws<TooLargeException>(() => lease.Bytes.Length);
        Assert.Throws<TooLargeException>(() => lease.Memory);
        Assert.Equal([7], lease.Slice((nuint)Longer - 1, 1).ToArray());
    }

    private static void AssertTooLarge(Claim claim)
    {
        try
        {
            _ = claim.Bytes;
            Assert.Fail("a span of more than 2 GiB");
        }
        catch (TooLargeException)
        {
        }
    }

    /// <summary>Where the shared memory has room for it.</summary>
    private sealed class RoomyFactAttribute : FactAttribute
    {
        public RoomyFactAttribute()
        {
            if (new DriveInfo("/dev/shm").AvailableFreeSpace < 2 * Longer)
            {
                Skip = "/dev/shm has no room for 4 GiB";
            }
        }
    }
}
