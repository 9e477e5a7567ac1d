// SPDX-License-Identifier: MIT
using System.IO;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>One side of a buffer, seen from outside.</summary>
public sealed record Side
{
    internal Side(in zb_side side)
    {
        Position = side.position;
        Sequence = side.sequence;
        Generation = side.generation;
        Waits = side.waits;
        Sleeps = side.sleeps;
        Wakes = side.wakes;
        Timeouts = side.timeouts;
        Pid = side.pid;
        State = (PeerState)side.state;
    }

    /// <summary>Ring bytes produced or released since the buffer was made (v2); offset in the ring (v1).</summary>
    public ulong Position { get; }

    /// <summary>Last frame committed or released (v2); frames and markers counted (v1).</summary>
    public ulong Sequence { get; }

    /// <summary>v2: odd while attached, even after closing, 0 never attached. v1: 0.</summary>
    public ulong Generation { get; }

    /// <summary>v2: as in <see cref="Stats"/>, in the life of the buffer. v1: 0.</summary>
    public ulong Waits { get; }

    /// <summary>As <see cref="Waits"/>.</summary>
    public ulong Sleeps { get; }

    /// <summary>As <see cref="Waits"/>.</summary>
    public ulong Wakes { get; }

    /// <summary>As <see cref="Waits"/>.</summary>
    public ulong Timeouts { get; }

    /// <summary>Informs people only: other containers count differently.</summary>
    public uint Pid { get; }

    /// <summary>Whether it is there.</summary>
    public PeerState State { get; }
}

/// <summary>
/// A buffer seen from outside. Taken without disturbing it, so the values may be of slightly different moments.
/// </summary>
public sealed record Snapshot
{
    internal Snapshot(in zb_snapshot snapshot, string name, string problem, byte[]? metadata)
    {
        Name = name;
        Problem = problem;
        Metadata = metadata;
        Status = (Status)snapshot.status;
        Layout = (Layout)snapshot.layout;
        FileSize = snapshot.file_size;
        Capacity = snapshot.capacity;
        MaxFrame = snapshot.max_frame;
        MetadataSize = snapshot.metadata_size;
        CreationId = snapshot.creation_id;
        Used = snapshot.used;
        Unread = snapshot.unread;
        Alignment = snapshot.alignment;
        Permissions = (UnixFileMode)snapshot.mode;
        UserId = snapshot.uid;
        Writer = new Side(snapshot.writer);
        Reader = new Side(snapshot.reader);
    }

    /// <summary>The name of the buffer.</summary>
    public string Name { get; }

    /// <summary>
    /// <see cref="Status.Ok"/>; otherwise what is wrong: then only the name, the size of the file, permissions and
    /// owner count.
    /// </summary>
    public Status Status { get; }

    /// <summary>Why <see cref="Status"/> is not <see cref="Status.Ok"/>; empty otherwise.</summary>
    public string Problem { get; }

    /// <summary>The layout; 0 if unknown.</summary>
    public Layout Layout { get; }

    /// <summary>Bytes of shared memory.</summary>
    public ulong FileSize { get; }

    /// <summary>Bytes of the ring.</summary>
    public ulong Capacity { get; }

    /// <summary>Largest payload that a frame can ever have, in bytes.</summary>
    public ulong MaxFrame { get; }

    /// <summary>Bytes of the metadata block.</summary>
    public ulong MetadataSize { get; }

    /// <summary>What the writer has published, <c>null</c> if nothing.</summary>
    public byte[]? Metadata { get; }

    /// <summary>v2: random, tells two buffers of one name apart. v1: 0.</summary>
    public ulong CreationId { get; }

    /// <summary>Ring bytes not free.</summary>
    public ulong Used { get; }

    /// <summary>Frames committed and not yet released (v2), markers included (v1).</summary>
    public ulong Unread { get; }

    /// <summary>Of frame payloads, in bytes; 1 in v1.</summary>
    public uint Alignment { get; }

    /// <summary>File permission bits.</summary>
    public UnixFileMode Permissions { get; }

    /// <summary>Owner of the file.</summary>
    public uint UserId { get; }

    /// <summary>The side that writes.</summary>
    public Side Writer { get; }

    /// <summary>The side that reads.</summary>
    public Side Reader { get; }
}
