// SPDX-License-Identifier: MIT
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>The other side of a buffer, as last seen.</summary>
public enum PeerState
{
    /// <summary>Nobody has come yet.</summary>
    Never = 0,

    /// <summary>There now.</summary>
    Attached = 1,

    /// <summary>Left in order.</summary>
    Closed = 2,

    /// <summary>Its process died without closing.</summary>
    Died = 3,
}

/// <summary>
/// Counters of one endpoint since it attached. Only rare events are counted; the rest follows from positions.
/// </summary>
public readonly record struct Stats
{
    internal Stats(in zb_stats stats)
    {
        Frames = stats.frames;
        Bytes = stats.bytes;
        Sequence = stats.sequence;
        Used = stats.used;
        Held = stats.held;
        Skipped = stats.skipped;
        Waits = stats.waits;
        Sleeps = stats.sleeps;
        Wakes = stats.wakes;
        Timeouts = stats.timeouts;
        Resumed = stats.resumed != 0;
        Peer = (PeerState)stats.peer;
    }

    /// <summary>Committed by this writer, or taken by this reader (skipped ones included).</summary>
    public ulong Frames { get; }

    /// <summary>Ring bytes of those frames: payload, headers, padding.</summary>
    public ulong Bytes { get; }

    /// <summary>Of the last such frame, 0 before the first of the buffer.</summary>
    public ulong Sequence { get; }

    /// <summary>Ring bytes that hold unreleased frames now.</summary>
    public ulong Used { get; }

    /// <summary>Frames acquired and not yet released, or claims open.</summary>
    public ulong Held { get; }

    /// <summary>Frames passed over by <c>AcquireLatest</c>.</summary>
    public ulong Skipped { get; }

    /// <summary>Calls that waited longer than a brief spin for a frame or for room.</summary>
    public ulong Waits { get; }

    /// <summary>Times this side slept in the kernel.</summary>
    public ulong Sleeps { get; }

    /// <summary>Times this side woke the other one.</summary>
    public ulong Wakes { get; }

    /// <summary>Waits that ended with the time.</summary>
    public ulong Timeouts { get; }

    /// <summary>This endpoint took over from an earlier one of its side.</summary>
    public bool Resumed { get; }

    /// <summary>The other side now.</summary>
    public PeerState Peer { get; }
}
