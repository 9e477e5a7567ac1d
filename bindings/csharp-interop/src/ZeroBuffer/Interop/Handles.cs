// SPDX-License-Identifier: MIT
// Who owns an endpoint. Disposing of a reader or writer shuts it down and leaves the pointer valid; only when nothing
// refers to it any more does the handle close it. So calls need neither a count nor a lock to be safe from each other.
using System;
using System.Runtime.InteropServices;

namespace ZeroBuffer.Interop;

/// <summary>Owns one endpoint of the library; closes it when nothing refers to it any more.</summary>
internal abstract class EndpointHandle : SafeHandle
{
    protected EndpointHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The endpoint: valid as long as this object is reachable.</summary>
    internal nint Pointer => handle;
}

internal sealed class ReaderHandle : EndpointHandle
{
    internal void Take(nint reader) => SetHandle(reader);

    protected override bool ReleaseHandle()
    {
        Native.zb_reader_close(handle);
        return true;
    }
}

internal sealed class WriterHandle : EndpointHandle
{
    internal void Take(nint writer) => SetHandle(writer);

    protected override bool ReleaseHandle()
    {
        Native.zb_writer_close(handle);
        return true;
    }
}
