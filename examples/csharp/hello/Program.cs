// SPDX-License-Identifier: MIT
// hello read [NAME]: prints what comes. hello write [NAME]: sends five frames; each text is written where the reader will find it.
using System;
using System.Text;
using ZeroBuffer;

string name = args.Length > 1 ? args[1] : "hello";
try
{
    if (args is ["read", ..])
    {
        using Reader reader = Reader.Create(name);
        foreach (Frame frame in reader) // ends when the writer closes
        {
            Console.WriteLine($"{frame.Sequence}: {Encoding.UTF8.GetString(frame.Bytes)}");
        }
        return 0;
    }
    using Writer writer = Writer.Open(name, new WriterOptions { WaitForPeer = TimeSpan.FromSeconds(10) }); // for the buffer
    for (int number = 1; number <= 5; ++number)
    {
        using Claim claim = writer.Claim(64);
        claim.Commit(Encoding.UTF8.GetBytes($"hello {number}", claim.Bytes));
    }
    return 0;
}
catch (ZeroBufferException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
