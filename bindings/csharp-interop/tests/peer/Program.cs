// SPDX-License-Identifier: MIT
// The other process of a test: holds one side of a buffer until its input ends, or until somebody kills it.
//   peer write NAME   attaches as the writer, sends "one", says "ready"
//   peer read NAME    attaches as the reader, acquires a frame, says "ready", and holds it
using System;
using ZeroBuffer;

switch (args)
{
    case ["write", var name]:
        using (Writer writer = Writer.Open(name, new WriterOptions { WaitForPeer = TimeSpan.FromSeconds(30) }))
        {
            writer.Write("one"u8);
            Hold();
        }
        return 0;
    case ["read", var name]:
        using (Reader reader = Reader.Open(name, new ReaderOptions { WaitForPeer = TimeSpan.FromSeconds(30) }))
        {
            using Frame frame = reader.Acquire();
            Hold();
        }
        return 0;
    default:
        Console.Error.WriteLine("usage: peer write|read NAME");
        return 2;
}

static void Hold()
{
    Console.WriteLine("ready");
    Console.In.ReadToEnd();
}
