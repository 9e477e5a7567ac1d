// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace ZeroBuffer.Tests;

public sealed class ArrayTest : PairTest
{
    [Fact]
    public void ArrivesWithItsTypeAndShape()
    {
        float[] items = [.. Enumerable.Range(0, 24).Select(i => i / 2f)];
        Writer.WriteArray<float>(items, [2, 3, 4]);

        using Frame frame = Reader.Acquire();
        ArrayView array = frame.Array();

        Assert.Equal((ItemKind.Real, (nuint)4, ArrayOrder.C, false), (array.Kind, array.ItemSize, array.Order, array.IsBigEndian));
        Assert.Equal([2L, 3, 4], array.Shape.ToArray());
        Assert.Equal([48L, 16, 4], array.Strides.ToArray());
        Assert.True(array.As<float>().SequenceEqual(items));
        Assert.True(array.As<float>(20, 4).SequenceEqual(items.AsSpan(20)));
    }

    [Fact]
    public unsafe void StartsOnItsAlignment()
    {
        Writer.WriteArray<byte>(new byte[3], [3]);
        using Frame frame = Reader.Acquire();
        ArrayView array = frame.Array();
        fixed (byte* first = array.Bytes)
        {
            Assert.Equal(0, (nint)first % 64);
        }
    }

    [Fact]
    public void OfEachTypeArrives()
    {
        AssertArrives([true, false], ItemKind.Boolean);
        AssertArrives<sbyte>([1, -1], ItemKind.Integer);
        AssertArrives<short>([1, -1], ItemKind.Integer);
        AssertArrives([1, -1], ItemKind.Integer);
        AssertArrives<long>([1, -1], ItemKind.Integer);
        AssertArrives<nint>([1, -1], ItemKind.Integer);
        AssertArrives<byte>([1, 2], ItemKind.Natural);
        AssertArrives<ushort>([1, 2], ItemKind.Natural);
        AssertArrives<uint>([1, 2], ItemKind.Natural);
        AssertArrives<ulong>([1, 2], ItemKind.Natural);
        AssertArrives<nuint>([1, 2], ItemKind.Natural);
        AssertArrives<Half>([(Half)0.5, Half.NaN], ItemKind.Real);
        AssertArrives([0.5f], ItemKind.Real);
        AssertArrives([0.5], ItemKind.Real);
        AssertArrives([new Complex(1, -1)], ItemKind.Complex);
        AssertArrives([new Point(1, 2)], ItemKind.Record);
    }

    [Fact]
    public void WithoutDimensionsIsOneItem()
    {
        Writer.WriteArray([42], []);
        using Frame frame = Reader.Acquire();
        ArrayView array = frame.Array();
        Assert.Equal(0, array.Dimensions);
        Assert.True(array.As<int>().SequenceEqual([42]));
    }

    [Fact]
    public void WithoutItemsIsAnArray()
    {
        Writer.WriteArray<int>([], [3, 0]);
        using Frame frame = Reader.Acquire();
        ArrayView array = frame.Array();
        Assert.Equal([3L, 0], array.Shape.ToArray());
        Assert.True(array.As<int>().IsEmpty);
    }

    [Fact]
    public void IsFilledInPlace()
    {
        using (ArrayClaim<double> claim = Square(Writer, 2))
        {
            Assert.Equal((nuint)4, claim.Count);
            claim.Items.Fill(0.25);
            claim.Slice(3, 1)[0] = 1;
            Assert.Equal(1ul, claim.Commit());
        }
        using Frame frame = Reader.Acquire();
        ArrayView array = frame.Array();
        Assert.True(array.As<double>().SequenceEqual([0.25, 0.25, 0.25, 1]));

        // The claim may leave a method, the shape that it was made with need not.
        static ArrayClaim<double> Square(Writer writer, long side) => writer.ClaimArray<double>([side, side]);
    }

    [Fact]
    public void ClaimThatIsNotCommittedIsNothing()
    {
        using (ArrayClaim<int> claim = Writer.ClaimArray<int>([4]))
        {
            claim.Items.Clear();
        }
        Assert.False(Reader.TryAcquire(out _));
    }

    [Fact]
    public void OfALeaseIsTheSame()
    {
        Writer.WriteArray([1, 2, 3], [3]);
        using FrameLease lease = Reader.Acquire().ToLease();
        Assert.True(lease.Array().As<int>().SequenceEqual([1, 2, 3]));
    }

    [Fact]
    public void ShapeThatTakesAnotherNumberIsMisuse()
    {
        Assert.Throws<MisuseException>(() => Writer.WriteArray([1, 2, 3], [2, 2]));
        Assert.Throws<MisuseException>(() => Writer.WriteArray([1, 2, 3], [-3]));
        Assert.Throws<MisuseException>(() => Writer.WriteArray<int>([], new long[33]));
        Assert.Throws<MisuseException>(() => Writer.WriteArray<int>([1], [long.MaxValue, 4]));
        Writer.Write("the writer goes on"u8);
    }

    [Fact]
    public void OfAnotherTypeSaysWhatItIs()
    {
        Writer.WriteArray([1, 2], [2]);
        using Frame frame = Reader.Acquire();
        foreach (string problem in new[] { Refused<float>(frame), Refused<uint>(frame), Refused<long>(frame) })
        {
            Assert.Contains("Integer of 4 bytes", problem);
        }
    }

    [Fact]
    public void FrameWithoutAHeaderIsIncompatible()
    {
        Writer.Write(new byte[100]);
        using FrameLease lease = Reader.Acquire().ToLease();
        Assert.Throws<IncompatibleException>(() => lease.Array().Dimensions);
    }

    [Fact]
    public void HeaderThatLiesIsIncompatible()
    {
        Writer.WriteArray([1, 2], [2]);
        byte[] payload;
        using (Frame frame = Reader.Acquire())
        {
            payload = frame.Bytes.ToArray();
        }
        payload[0x40] = 3; // one item more than there is
        Writer.Write(payload);
        using FrameLease lease = Reader.Acquire().ToLease();
        Assert.Throws<IncompatibleException>(() => lease.Array().Dimensions);
    }

    [Fact]
    public void OfBigEndianItemsIsNoSpanOfThem()
    {
        Writer.WriteArray([1, 2], [2]);
        byte[] payload;
        using (Frame frame = Reader.Acquire())
        {
            payload = frame.Bytes.ToArray();
        }
        payload[0x21] = 1;
        Writer.Write(payload);
        using Frame swapped = Reader.Acquire();
        Assert.True(swapped.Array().IsBigEndian);
        Assert.Contains("most significant", Refused<int>(swapped));
    }

    private static string Refused<T>(Frame frame)
        where T : unmanaged
    {
        try
        {
            frame.Array().As<T>();
            return "not at all";
        }
        catch (IncompatibleException incompatible)
        {
            return incompatible.Message;
        }
    }

    private void AssertArrives<T>(T[] items, ItemKind kind)
        where T : unmanaged
    {
        Writer.WriteArray<T>(items, [items.Length]);
        using Frame frame = Reader.Acquire();
        ArrayView array = frame.Array();
        Assert.Equal((kind, (nuint)Unsafe.SizeOf<T>()), (array.Kind, array.ItemSize));
        Assert.Equal(items, array.As<T>().ToArray());
    }

    private record struct Point(int X, int Y);
}
