// SPDX-License-Identifier: MIT
// Arrays of text, which other languages write. The payload is put together here as docs/format.md has it.
using System;
using System.Buffers.Binary;
using System.Linq;

namespace ZeroBuffer.Tests;

public sealed class TextArrayTest : PairTest
{
    private const int DataOffset = 128;

    private static readonly byte[][] Animals = ["cat"u8.ToArray(), [], "Bär"u8.ToArray()];

    [Fact]
    public void ReadsEachString()
    {
        Writer.Write(Payload(Animals));
        using Frame frame = Reader.Acquire();
        ArrayView array = frame.Array();
        Assert.Equal(ItemKind.Text, array.Kind);
        Assert.Equal([3L], array.Shape.ToArray());
        Assert.Equal("cat", array.Text(0));
        Assert.Equal("", array.Text(1));
        Assert.Equal("Bär", array.Text(2));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void RefusesAStringThatIsNotThere(long index)
    {
        Writer.Write(Payload(Animals));
        Assert.Throws<MisuseException>(() =>
        {
            using Frame frame = Reader.Acquire();
            frame.Array().Text(index);
        });
    }

    [Fact]
    public void RefusesAStringThatLiesAboutItsPlace()
    {
        byte[] payload = Payload(Animals);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(DataOffset + 8), 1 << 20);
        Writer.Write(payload);
        Assert.Throws<IncompatibleException>(() =>
        {
            using Frame frame = Reader.Acquire();
            frame.Array().Text(0);
        });
    }

    [Fact]
    public void RefusesBytesThatAreNotText()
    {
        Writer.Write(Payload([0xff, 0xfe]));
        Assert.Throws<IncompatibleException>(() =>
        {
            using Frame frame = Reader.Acquire();
            frame.Array().Text(0);
        });
    }

    private static byte[] Payload(params byte[][] strings)
    {
        int table = 8 * (strings.Length + 1);
        byte[] payload = new byte[DataOffset + table + strings.Sum(text => text.Length)];
        Span<byte> header = payload;
        BinaryPrimitives.WriteUInt64LittleEndian(header, 0x0a1a0a0d41425a93);
        BinaryPrimitives.WriteUInt32LittleEndian(header[0x08..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header[0x0c..], 72);
        BinaryPrimitives.WriteUInt64LittleEndian(header[0x10..], DataOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[0x18..], (ulong)(payload.Length - DataOffset));
        header[0x20] = (byte)'T';
        header[0x23] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(header[0x28..], 8);
        BinaryPrimitives.WriteUInt64LittleEndian(header[0x40..], (ulong)strings.Length);
        int end = 0;
        for (int i = 0; i < strings.Length; ++i)
        {
            strings[i].CopyTo(payload, DataOffset + table + end);
            end += strings[i].Length;
            BinaryPrimitives.WriteUInt64LittleEndian(header[(DataOffset + (8 * (i + 1)))..], (ulong)end);
        }
        return payload;
    }
}
