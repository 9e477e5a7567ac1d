// SPDX-License-Identifier: MIT
using System.Diagnostics;

namespace ZeroBuffer.Interop;

/// <summary>The end of a wait that is made of several. Starts with the first look.</summary>
internal readonly struct Deadline
{
    private readonly long _timeout;
    private readonly long _start;

    internal Deadline(long timeout)
    {
        _timeout = timeout;
        _start = timeout > 0 ? Stopwatch.GetTimestamp() : 0;
    }

    /// <summary>Nanoseconds left, 0 when the time is over.</summary>
    internal long Left
    {
        get
        {
            if (_timeout is 0 or Native.ZB_FOREVER)
            {
                return _timeout;
            }
            long elapsed = Stopwatch.GetElapsedTime(_start).Ticks * 100;
            return elapsed < _timeout ? _timeout - elapsed : 0;
        }
    }
}
