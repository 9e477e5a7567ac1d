// SPDX-License-Identifier: MIT
using System;
using System.IO;
using ZeroBuffer.Interop;

namespace ZeroBuffer.Tests;

public sealed class OptionsTest : BufferTest
{
    [Fact]
    public unsafe void DefaultsAreThoseOfTheLibrary()
    {
        Assert.NotEmpty(ZeroBuffers.LibraryVersion);
        zb_options defaults;
        Assert.Equal(Status.Ok, Native.zb_options_init(&defaults, (ulong)sizeof(zb_options)));

        Assert.Equal(defaults, new ReaderOptions().ForLibrary());
        Assert.Equal(defaults, new WriterOptions().ForLibrary());
    }

    [Fact]
    public void EachReachesItsField()
    {
        ReaderOptions options = new()
        {
            Capacity = 1,
            MetadataSize = 2,
            Layout = Layout.V1,
            Alignment = 4,
            Permissions = (UnixFileMode)5,
            Replace = true,
            WaitForPeer = TimeSpan.FromTicks(6),
            WaitMode = WaitMode.Block,
            Prefault = Prefault.Never,
            Guarded = true,
            Writable = true,
        };
        zb_options native = options.ForLibrary();

        Assert.Equal((1ul, 2ul, 1u, 4u, 5u), (native.capacity, native.metadata_size, native.layout, native.alignment, native.permissions));
        Assert.Equal((1u, 600L, 2u, 2u), (native.replace, native.wait_for_peer, native.wait_mode, native.prefault));
        Assert.Equal((1u, 1u, 0u), (native.guarded, native.writable, native.copy));
        Assert.Equal(2u, new WriterOptions { Copy = CopyMode.Streaming }.ForLibrary().copy);
    }

    [Theory]
    [InlineData(Layout.V1)]
    [InlineData(Layout.V2)]
    public void EveryLayoutCarriesFrames(Layout layout)
    {
        var (reader, writer) = Pair(new ReaderOptions { Layout = layout, Capacity = 1 << 16 });
        using (reader)
        using (writer)
        {
            Assert.Equal((layout, layout), (reader.Layout, writer.Layout));
            Assert.Equal(layout == Layout.V1 ? 1 : 64, reader.Alignment);
            for (ulong i = 1; i <= 5000; ++i)
            {
                writer.Write(BitConverter.GetBytes(i));
                using Frame frame = reader.Acquire();
                Assert.Equal(i, frame.As<ulong>()[0]);
            }
        }
    }

    [Theory]
    [InlineData(WaitMode.Adaptive)]
    [InlineData(WaitMode.Spin)]
    [InlineData(WaitMode.Block)]
    public async System.Threading.Tasks.Task EveryWayToWaitArrives(WaitMode mode)
    {
        using Reader reader = Reader.Create(Name, new ReaderOptions { WaitMode = mode });
        using Writer writer = Writer.Open(Name, new WriterOptions { WaitMode = mode });
        var waiting = InThread(() =>
        {
            using Frame frame = reader.Acquire();
            return frame.Sequence;
        });
        writer.Write("x"u8);
        Assert.Equal(1ul, await waiting.WaitAsync(Deadline));
    }

    [Fact]
    public void WritableFramesAreEditedInPlace()
    {
        var (reader, writer) = Pair(new ReaderOptions { Writable = true });
        using (reader)
        using (writer)
        {
            Assert.True(reader.IsWritable);
            writer.Write("a"u8);
            using Frame frame = reader.Acquire();
            frame.WritableBytes[0] = (byte)'b';
            Assert.Equal((byte)'b', frame.Bytes[0]);
        }
    }

    [Fact]
    public void ReaderThatComesBackTakesOverWhatIsUnread()
    {
        var (reader, writer) = Pair();
        using (writer)
        {
            writer.Write("kept"u8);
            reader.Dispose();
            using Reader next = Reader.Create(Name, new ReaderOptions { Capacity = 1 << 16 });
            Assert.True(next.Stats().Resumed);
            using Frame frame = next.Acquire();
            Assert.True(frame.Bytes.SequenceEqual("kept"u8));
        }
    }

    [Fact]
    public void WriterMayComeFirst()
    {
        using Writer writer = Writer.Create(Name);
        writer.Write("x"u8);
        using Reader reader = Reader.Open(Name);
        using Frame frame = reader.Acquire();
        Assert.Equal(1ul, frame.Sequence);
    }

    [Fact]
    public void FileModeIsThatOfTheOption()
    {
        using Reader reader = Reader.Create(Name, new ReaderOptions { Permissions = (UnixFileMode)0b110_110_000 });
        Assert.Equal((UnixFileMode)0b110_110_000, ZeroBuffers.Inspect(Name).Permissions);
    }
}
