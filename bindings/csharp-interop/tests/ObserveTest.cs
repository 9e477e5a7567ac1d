// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;

namespace ZeroBuffer.Tests;

public sealed class ObserveTest : BufferTest
{
    [Fact]
    public void SnapshotShowsBothSidesAndWhatIsUnread()
    {
        var (reader, writer) = Pair();
        using (reader)
        using (writer)
        {
            writer.PublishMetadata("{}"u8);
            writer.Write("x"u8);

            Snapshot snapshot = ZeroBuffers.Inspect(Name);

            Assert.Equal((Name, Status.Ok, ""), (snapshot.Name, snapshot.Status, snapshot.Problem));
            Assert.Equal((Layout.V2, (ulong)reader.Capacity, 1ul), (snapshot.Layout, snapshot.Capacity, snapshot.Unread));
            Assert.Equal("{}"u8.ToArray(), snapshot.Metadata);
            Assert.Equal((uint)Environment.ProcessId, snapshot.Writer.Pid);
            Assert.Equal((PeerState.Attached, PeerState.Attached), (snapshot.Writer.State, snapshot.Reader.State));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, snapshot.Permissions);
        }
    }

    [Fact]
    public void ListHasEveryBuffer()
    {
        string[] names = [.. Enumerable.Range(0, 20).Select(i => $"{Name}-{i:d2}")];
        Reader[] readers = [.. names.Select(name => Reader.Create(name, new ReaderOptions { Capacity = 1 << 16 }))];

        string[] listed = [.. ZeroBuffers.List().Select(snapshot => snapshot.Name).Where(name => name.StartsWith(Name))];

        Array.ForEach(readers, reader => reader.Dispose());
        Assert.Equal(names, listed);
    }

    [Fact]
    public void BrokenBufferIsListedWithItsProblem()
    {
        using Writer writer = Writer.Create(Name);
        using (FileStream file = new(FilePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            // The version.
            file.Position = 8;
            file.Write([0xff, 0xff, 0xff, 0xff]);
        }
        Snapshot snapshot = Assert.Single(ZeroBuffers.List(), snapshot => snapshot.Name == Name);
        Assert.NotEqual(Status.Ok, snapshot.Status);
        Assert.Contains(Name, snapshot.Problem);
    }

    [Fact]
    public void CleanOnlySaysWhatItWouldRemove()
    {
        using (Writer writer = Writer.Create(Name))
        {
            writer.Write("nobody will read this"u8);
            Assert.DoesNotContain(Name, ZeroBuffers.Clean(dryRun: true));
        }
        Assert.Contains(Name, ZeroBuffers.Clean(dryRun: true));
        Assert.True(File.Exists(FilePath));
    }

    [Fact]
    public void MetadataArrives()
    {
        var (reader, writer) = Pair();
        using (reader)
        using (writer)
        {
            Assert.Null(reader.Metadata());
            writer.PublishMetadata("what it is"u8);
            writer.PublishMetadata("what it is"u8);
            Assert.Equal("what it is"u8.ToArray(), reader.Metadata(Deadline));
            Assert.Throws<MisuseException>(() => writer.PublishMetadata("something else"u8));
        }
    }

    [Fact]
    public void PeerIsWaitedFor()
    {
        using Reader reader = Reader.Create(Name);
        Assert.False(reader.WaitForPeer());
        Assert.Equal(PeerState.Never, reader.Stats().Peer);
        using Writer writer = Writer.Open(Name);
        Assert.True(reader.WaitForPeer(Deadline));
        Assert.True(writer.WaitForPeer(Deadline));
        Assert.Equal(PeerState.Attached, reader.Stats().Peer);
    }
}
