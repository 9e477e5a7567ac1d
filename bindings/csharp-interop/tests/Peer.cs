// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;

namespace ZeroBuffer.Tests;

/// <summary>The other process: see peer/Program.cs. Started and ready, until it is told to end or killed.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    internal Peer(string role, string buffer)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ZeroBuffer.Peer.dll"));
        start.ArgumentList.Add(role);
        start.ArgumentList.Add(buffer);
        _process = Process.Start(start)!;
        Assert.Equal("ready", _process.StandardOutput.ReadLine());
    }

    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    internal void End()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        Assert.Equal(0, _process.ExitCode);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
