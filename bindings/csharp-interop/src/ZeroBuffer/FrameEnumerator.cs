// SPDX-License-Identifier: MIT
using System.Threading;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>The frames of a reader, one after the other: what <c>foreach (Frame frame in reader)</c> uses.</summary>
public ref struct FrameEnumerator
{
    private readonly Reader _reader;
    private Frame _current;

    internal FrameEnumerator(Reader reader)
    {
        _reader = reader;
        _current = default;
    }

    /// <summary>The frame; disposed of at the next step.</summary>
    public readonly Frame Current => _current;

    /// <summary>Gives the frame back and waits for the next one.</summary>
    /// <returns>False when the writer closed and no frame is left.</returns>
    /// <exception cref="ZeroBufferException">As <see cref="Reader.Acquire"/>, but for the end of the
    /// stream.</exception>
    public bool MoveNext()
    {
        _current.Dispose();
        Status status = _reader.Take(out _current, Timeout.InfiniteTimeSpan);
        return status != Status.PeerClosed && Failure.Check(status);
    }

    /// <summary>Gives the frame back.</summary>
    public readonly void Dispose() => _current.Dispose();
}
