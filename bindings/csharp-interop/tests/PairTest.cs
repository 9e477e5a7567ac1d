// SPDX-License-Identifier: MIT
namespace ZeroBuffer.Tests;

/// <summary>A reader and a writer of one buffer.</summary>
public abstract class PairTest : BufferTest
{
    private protected PairTest(ReaderOptions? options = null) => (Reader, Writer) = Pair(options);

    protected Reader Reader { get; }

    protected Writer Writer { get; }

    protected override void Close()
    {
        Writer.Dispose();
        Reader.Dispose();
    }
}
