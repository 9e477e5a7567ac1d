// SPDX-License-Identifier: MIT
// What an endpoint can be measured over. Making one makes what the other end connects to (echo, sink); after it the
// endpoint says that it is ready. Play waits for the other end, or connects to it, for at most Setup.Patience, then
// measures. Dispose removes what was made.
using System;
using System.Collections.Generic;

namespace ZeroBuffer.Perf;

internal abstract class Transport : IDisposable
{
    /// <summary>A new one is added here.</summary>
    internal static readonly SortedDictionary<string, Func<Setup, Transport>> All = new(StringComparer.Ordinal)
    {
        ["pipe"] = setup => new NamedPipe(setup),
        ["zerobuffer"] = setup => new Ring(setup),
    };

    public abstract void Dispose();

    internal abstract Result Play(Setup setup);
}
