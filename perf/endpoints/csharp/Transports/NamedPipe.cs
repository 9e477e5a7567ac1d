// SPDX-License-Identifier: MIT
// System.IO.Pipes, which on Linux are stream sockets in the folder for temporary files.
using System;
using System.IO.Pipes;
using System.Threading;

namespace ZeroBuffer.Perf;

internal sealed class NamedPipe : Transport
{
    private readonly PipeStream _pipe;

    internal NamedPipe(Setup setup) => _pipe = setup.Role is Role.Echo or Role.Sink
        ? new NamedPipeServerStream(setup.Name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.None)
        : new NamedPipeClientStream(".", setup.Name, PipeDirection.InOut, PipeOptions.None);

    public override void Dispose() => _pipe.Dispose();

    internal void Send(byte[] frame) => _pipe.Write(frame, 0, frame.Length);

    /// <summary>Exactly one frame of that size; throws when the other end is gone.</summary>
    internal void Receive(byte[] frame) => _pipe.ReadExactly(frame, 0, frame.Length);

    internal override Result Play(Setup setup)
    {
        Connect();
        return setup.Touch switch
        {
            Touch.Header => Loops.Play(new CopyingEnd<TouchHeader>(this, setup.Size), setup),
            Touch.Every => Loops.Play(new CopyingEnd<TouchEvery>(this, setup.Size), setup),
            _ => Loops.Play(new CopyingEnd<TouchNone>(this, setup.Size), setup),
        };
    }

    private void Connect()
    {
        if (_pipe is NamedPipeClientStream client)
        {
            client.Connect(Setup.Patience);
            return;
        }
        using CancellationTokenSource patience = new(Setup.Patience);
        try
        {
            ((NamedPipeServerStream)_pipe).WaitForConnectionAsync(patience.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"nobody connected to the pipe within {Setup.Patience.TotalSeconds} s");
        }
    }
}
