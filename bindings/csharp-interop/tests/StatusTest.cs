// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ZeroBuffer.Interop;

namespace ZeroBuffer.Tests;

/// <summary>
/// Each way to fail comes as its own exception, from the real thing wherever one process can bring it about.
/// </summary>
public sealed class StatusTest : BufferTest
{
    public static TheoryData<Status> Failures =>
        [.. Enum.GetValues<Status>().Where(status => status > Status.Interrupted)];

    [Theory]
    [MemberData(nameof(Failures))]
    public void FailureHasAClassOfItsName(Status status)
    {
        ZeroBufferException failure = Failure.Of(status, "message", 7);

        Assert.Equal(status + "Exception", failure.GetType().Name);
        Assert.Equal((status, "message", 7), (failure.Status, failure.Message, failure.SystemError));
        Assert.Equal(status is Status.PeerClosed or Status.PeerDied, failure is PeerLostException);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void NumberMeansTheSameToTheLibrary(Status status)
    {
        Assert.NotEmpty(ZeroBuffers.LibraryVersion);
        unsafe
        {
            Assert.Equal(status.ToString(), Arguments.Text(Native.zb_status_name(status)).Replace("_", ""), ignoreCase: true);
        }
    }

    [Fact]
    public void TimeoutIsFalse()
    {
        var (reader, writer) = Pair();
        using (reader)
        using (writer)
        {
            TimeSpan brief = TimeSpan.FromMilliseconds(1);
            Assert.False(reader.TryAcquire(out _));
            Assert.False(reader.TryAcquire(out _, brief));
            Assert.False(reader.TryAcquireLatest(out _, brief));
            Assert.False(reader.TryAcquireMany(4, out FrameBatch none, brief));
            Assert.Equal(0, none.Count);
            Assert.False(reader.Wait(brief));
            Assert.Null(reader.Metadata(brief));
            writer.Write(new byte[writer.MaxFrame]);
            Assert.False(writer.TryWrite(new byte[5000], brief));
            Assert.False(writer.TryWrite("small"u8, brief, out ulong sequence));
            Assert.Equal(0ul, sequence);
            Assert.False(writer.TryClaim(5000, out _, brief));
            Assert.False(writer.Wait(5000, brief));
            Assert.False(writer.TryWriteParts("a"u8, "b"u8, brief, out _));
            Assert.Equal(0, writer.WriteMany([new byte[5000]], brief));
        }
    }

    [Fact]
    public void Closed()
    {
        var (reader, writer) = Pair();
        reader.Dispose();
        reader.Dispose();
        writer.Dispose();
        writer.Dispose();

        Assert.Throws<ClosedException>(() => reader.Acquire());
        Assert.Throws<ClosedException>(() => reader.Stats());
        Assert.Throws<ClosedException>(reader.Cancel);
        Assert.Throws<ClosedException>(() => writer.Write("x"u8));
        Assert.Throws<ClosedException>(() => writer.Claim(1));
        Assert.Throws<ClosedException>(() => writer.WaitForPeer());
        Assert.Equal(Name, reader.Name);
        Assert.True(writer.MaxFrame > 0);
    }

    [Fact]
    public async Task ClosedWhileItWaited()
    {
        var (reader, writer) = Pair();
        using (writer)
        {
            Task<bool> waiting = InThread(() => reader.Wait(Timeout.InfiniteTimeSpan));
            Await(() => reader.Stats().Sleeps > 0);
            reader.Dispose();
            await Assert.ThrowsAsync<ClosedException>(() => waiting.WaitAsync(Deadline));
        }
    }

    [Fact]
    public async Task Cancelled()
    {
        var (reader, writer) = Pair();
        using (reader)
        using (writer)
        {
            Task<ulong> waiting = InThread(() => reader.Acquire().Sequence);
            reader.Cancel();
            await Assert.ThrowsAsync<CancelledException>(() => waiting.WaitAsync(Deadline));

            writer.Write("goes on"u8);
            using Frame frame = reader.Acquire();
            Assert.Equal(1ul, frame.Sequence);
        }
    }

    [Fact]
    public void PeerClosedAfterTheLastFrame()
    {
        var (reader, writer) = Pair();
        using (reader)
        {
            writer.Write("last"u8);
            writer.Dispose();

            Assert.True(reader.TryAcquire(out Frame frame));
            frame.Dispose();
            Assert.Throws<PeerClosedException>(() => reader.Acquire());
        }
    }

    [Fact]
    public void PeerDiedAfterTheLastFrame()
    {
        using Reader reader = Reader.Create(Name);
        using (Peer peer = new("write", Name))
        {
            peer.Kill();
        }
        using (Frame frame = reader.Acquire())
        {
            Assert.True(frame.Bytes.SequenceEqual("one"u8));
        }
        PeerDiedException died = Assert.Throws<PeerDiedException>(() => reader.Acquire());
        Assert.Contains(Name, died.Message);
    }

    [Fact]
    public void Busy()
    {
        using Reader reader = Reader.Create(Name);
        Assert.Throws<BusyException>(() => Reader.Create(Name));
    }

    [Fact]
    public void NotFound()
    {
        NotFoundException failure = Assert.Throws<NotFoundException>(() => Writer.Open(Name));
        Assert.Contains(Name, failure.Message);
        Assert.Throws<NotFoundException>(() => Reader.Open(Name, new ReaderOptions { WaitForPeer = TimeSpan.FromMilliseconds(1) }));
        Assert.Throws<NotFoundException>(() => ZeroBuffers.Inspect(Name));
    }

    [Fact]
    public void NotReady()
    {
        // What a v1 reader leaves that dies between making its segment and writing the first word.
        File.WriteAllBytes(FilePath, new byte[4096]);
        Assert.Throws<NotReadyException>(() => Writer.Open(Name));
    }

    [Fact]
    public void IncompatibleShape()
    {
        using Writer writer = Writer.Create(Name, new WriterOptions { Capacity = 1 << 20 });
        Assert.Throws<IncompatibleException>(() => Reader.Create(Name, new ReaderOptions { Capacity = 1 << 21 }));
    }

    [Fact]
    public void TooLarge()
    {
        var (reader, writer) = Pair();
        using (reader)
        using (writer)
        {
            Assert.Throws<TooLargeException>(() => writer.Claim(writer.MaxFrame + 1));
            Assert.Throws<TooLargeException>(() => writer.Write(new byte[(int)writer.MaxFrame + 1]));
            Assert.Throws<TooLargeException>(() => writer.PublishMetadata(new byte[5000]));
        }
    }

    [Fact]
    public void NoSpace() =>
        Assert.Throws<NoSpaceException>(() => Reader.Create(Name, new ReaderOptions { Capacity = 1L << 42 }));

    [Theory]
    [InlineData("")]
    [InlineData("no/name")]
    [InlineData("../up")]
    [InlineData("a\0b")]
    public void BadName(string name)
    {
        Assert.Throws<BadNameException>(() => Reader.Create(name));
        Assert.Throws<BadNameException>(() => Writer.Open(name));
        Assert.Throws<BadNameException>(() => ZeroBuffers.Inspect(name));
    }

    // Buffers of old peers may have such names.
    [Theory]
    [InlineData(".hidden")]
    [InlineData("\ud800")]
    public void BadNameOfANewBuffer(string name) => Assert.Throws<BadNameException>(() => Reader.Create(name));

    [Fact]
    public void NoNameIsAnArgumentThatIsMissing() => Assert.Throws<ArgumentNullException>(() => Reader.Create(null!));

    [Fact]
    public void MisuseOfOptions()
    {
        Assert.Throws<MisuseException>(() => Reader.Create(Name, new ReaderOptions { Capacity = -1 }));
        Assert.Throws<MisuseException>(() => Reader.Create(Name, new ReaderOptions { Alignment = 48 }));
        Assert.Throws<MisuseException>(() => Reader.Create(Name, new ReaderOptions { Layout = (Layout)3 }));
        Assert.Throws<MisuseException>(() => Reader.Open(Name, new ReaderOptions { WaitForPeer = TimeSpan.FromSeconds(-2) }));
    }

    [Fact]
    public void MisuseOfTimeouts()
    {
        using Reader reader = Reader.Create(Name);
        Assert.Throws<MisuseException>(() => reader.TryAcquire(out _, TimeSpan.MaxValue));
        Assert.Throws<MisuseException>(() => reader.TryAcquire(out _, TimeSpan.FromSeconds(-1)));
        Assert.Throws<MisuseException>(() => reader.TryAcquireMany(0, out _));
    }

    [Fact]
    public void Corrupt()
    {
        using Writer writer = Writer.Create(Name, new WriterOptions { Guarded = true });
        using Reader reader = Reader.Open(Name, new ReaderOptions { Guarded = true });
        using (FileStream file = new(FilePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(0);
        }

        // The first access of each is a SIGBUS, which the guard turns into zeros and a word.
        Assert.Throws<CorruptException>(() => reader.TryAcquire(out _, Deadline));
        Assert.Throws<CorruptException>(() => writer.Write("x"u8));
    }
}
