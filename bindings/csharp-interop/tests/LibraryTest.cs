// SPDX-License-Identifier: MIT
using ZeroBuffer.Interop;

namespace ZeroBuffer.Tests;

public sealed class LibraryTest
{
    [Fact]
    public void OfThisVersionIsFine() => Assert.Null(LibraryLoader.Problem(Native.ZB_ABI_VERSION, knowsOptions: true));

    [Fact]
    public void OfAnotherVersionIsRefused()
    {
        string? problem = LibraryLoader.Problem(Native.ZB_ABI_VERSION + 1, knowsOptions: true);
        Assert.Contains("version 2", problem);
        Assert.Contains("ZEROBUFFER_LIBRARY", problem);
    }

    [Fact]
    public void ThatKnowsFewerOptionsIsRefused() =>
        Assert.Contains("zb_options", LibraryLoader.Problem(Native.ZB_ABI_VERSION, knowsOptions: false));

    [Fact]
    public void SaysItsVersion() => Assert.Matches(@"^\d+\.\d+\.\d+$", ZeroBuffers.LibraryVersion);
}
