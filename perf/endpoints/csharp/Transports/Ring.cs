// SPDX-License-Identifier: MIT
// The library under measurement, through its public interface. A round trip uses NAME-request and NAME-response.
using System;

namespace ZeroBuffer.Perf;

internal sealed class Ring : Transport
{
    private readonly Reader? _reader;
    private Writer? _writer;

    internal Ring(Setup setup)
    {
        if (setup.Role == Role.Source)
        {
            return;
        }
        _reader = Reader.Create(NameOf(setup, read: true), new ReaderOptions
        {
            Capacity = setup.Capacity,
            Alignment = setup.Alignment,
            Layout = setup.Layout,
            WaitMode = setup.Wait,
        });
    }

    public override void Dispose()
    {
        _writer?.Dispose();
        _reader?.Dispose();
    }

    internal override Result Play(Setup setup)
    {
        if (setup.Role != Role.Sink)
        {
            WriterOptions options = new() { WaitMode = setup.Wait, WaitForPeer = Setup.Patience };
            _writer = Writer.Open(NameOf(setup, read: false), options);
        }
        Rehearse(setup);
        if (_reader is not null && !_reader.WaitForPeer(Setup.Patience))
        {
            throw new TimeoutException($"no writer came to {_reader.Name} within {Setup.Patience.TotalSeconds} s");
        }
        return setup.Touch switch
        {
            Touch.None => Loops.Play(new RingEnd<TouchNone>(_writer!, _reader!, setup.Size), setup),
            Touch.Header => Loops.Play(new RingEnd<TouchHeader>(_writer!, _reader!, setup.Size), setup),
            Touch.Every => Loops.Play(new RingEnd<TouchEvery>(_writer!, _reader!, setup.Size), setup),
            _ => Loops.Play(new RingEnd<TouchCopy>(_writer!, _reader!, setup.Size), setup),
        };
    }

    // The runtime finds each function of the library when it is called first, which costs it time and some objects. The
    // measured part may be the first to wait, so that everything it may call is called here, on a ring of this process.
    private static void Rehearse(Setup setup)
    {
        TimeSpan moment = TimeSpan.FromMilliseconds(1);
        byte[] large = new byte[4096];
        using Reader reader = Reader.Create(setup.Name + "-rehearsal", new ReaderOptions { Capacity = 64 << 10 });
        using Writer writer = Writer.Open(setup.Name + "-rehearsal");
        while (writer.TryWrite(large, moment))
        {
        }
        if (writer.TryClaim(large.Length, out _, moment))
        {
            throw new InvalidOperationException("a full ring has room");
        }
        while (reader.TryAcquire(out Frame frame, moment))
        {
            frame.Dispose();
        }
        writer.Write(large.AsSpan(0, 16));
        reader.Acquire().Dispose();
    }

    private static string NameOf(Setup setup, bool read) => setup.Role switch
    {
        Role.Ping => setup.Name + (read ? "-response" : "-request"),
        Role.Echo => setup.Name + (read ? "-request" : "-response"),
        _ => setup.Name,
    };
}
