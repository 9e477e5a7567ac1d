// SPDX-License-Identifier: MIT
using System;
using System.IO;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>How a buffer lies in memory.</summary>
public enum Layout
{
    /// <summary>That of ZeroBuffer 1.x processes.</summary>
    V1 = 1,

    /// <summary>This library's own.</summary>
    V2 = 2,
}

/// <summary>How an endpoint waits. On one processor nobody spins.</summary>
public enum WaitMode
{
    /// <summary>Predict, spin briefly, sleep.</summary>
    Adaptive = 0,

    /// <summary>Never sleep.</summary>
    Spin = 1,

    /// <summary>Never spin.</summary>
    Block = 2,
}

/// <summary>Whether to touch every page when attaching.</summary>
public enum Prefault
{
    /// <summary>For rings of at most 64 MiB.</summary>
    Auto = 0,

    /// <summary>Always.</summary>
    Always = 1,

    /// <summary>Never.</summary>
    Never = 2,
}

/// <summary>How <c>Write</c> copies.</summary>
public enum CopyMode
{
    /// <summary>By the size of the ring.</summary>
    Auto = 0,

    /// <summary>Through the cache.</summary>
    Cached = 1,

    /// <summary>Around the cache, with streaming stores.</summary>
    Streaming = 2,
}

/// <summary>
/// How to make a buffer, or to attach to one. What is set for nothing, such as a capacity for opening, is ignored.
/// </summary>
public abstract record BufferOptions
{
    private protected BufferOptions()
    {
    }

    /// <summary>
    /// Creating: bytes of the ring. Layout v2 rounds up to 64 KiB. Four to eight large frames or 256 small ones make a
    /// good ring.
    /// </summary>
    public long Capacity { get; init; } = 16 << 20;

    /// <summary>Creating: bytes reserved for metadata, 8 of them for its length; 0 for none.</summary>
    public long MetadataSize { get; init; } = 4096;

    /// <summary>Creating: the layout; opening recognises it by itself.</summary>
    public Layout Layout { get; init; } = Layout.V2;

    /// <summary>
    /// Creating, layout v2: payloads start on it; a power of two, 16 to 4096. Layout v1 packs frames.
    /// </summary>
    public int Alignment { get; init; } = 64;

    /// <summary>Creating: file mode of a new buffer, whatever the umask.</summary>
    public UnixFileMode Permissions { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creating: throw away a buffer of that name that nobody holds, instead of taking it over.</summary>
    public bool Replace { get; init; }

    /// <summary>
    /// Opening: how long to wait for the buffer to appear; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>
    /// waits for ever.
    /// </summary>
    public TimeSpan WaitForPeer { get; init; }

    /// <summary>How this side waits.</summary>
    public WaitMode WaitMode { get; init; }

    /// <summary>Whether to touch every page now.</summary>
    public Prefault Prefault { get; init; }

    /// <summary>
    /// Survive a peer that truncates the memory: <see cref="CorruptException"/> instead of SIGBUS.
    /// </summary>
    public bool Guarded { get; init; }

    internal virtual zb_options ForLibrary()
    {
        zb_options options;
        unsafe
        {
            Failure.Check(Native.zb_options_init(&options, (ulong)sizeof(zb_options)));
        }
        options.capacity = Arguments.Size(Capacity, nameof(Capacity));
        options.metadata_size = Arguments.Size(MetadataSize, nameof(MetadataSize));
        options.wait_for_peer = Arguments.Nanoseconds(WaitForPeer);
        options.layout = (uint)Layout;
        options.alignment = (uint)Arguments.Size(Alignment, nameof(Alignment));
        options.permissions = (uint)Permissions;
        options.wait_mode = (uint)WaitMode;
        options.prefault = (uint)Prefault;
        options.replace = Replace ? 1u : 0;
        options.guarded = Guarded ? 1u : 0;
        return options;
    }
}

/// <summary>How to make a buffer as its reader, or to attach to one.</summary>
public sealed record ReaderOptions : BufferOptions
{
    /// <summary>Map frames writable, to edit them in place: <see cref="Frame.WritableBytes"/>.</summary>
    public bool Writable { get; init; }

    internal override zb_options ForLibrary()
    {
        zb_options options = base.ForLibrary();
        options.writable = Writable ? 1u : 0;
        return options;
    }
}

/// <summary>How to make a buffer as its writer, or to attach to one.</summary>
public sealed record WriterOptions : BufferOptions
{
    /// <summary>How <c>Write</c> copies.</summary>
    public CopyMode Copy { get; init; }

    internal override zb_options ForLibrary()
    {
        zb_options options = base.ForLibrary();
        options.copy = (uint)Copy;
        return options;
    }
}
