// SPDX-License-Identifier: MIT
// The published package, told what to do line by line. Frames are SIZE bytes, each the low byte of the frame's number.
//   create NAME CAPACITY     a reader       -> ok
//   connect NAME             a writer       -> ok
//   send COUNT SIZE                         -> sent COUNT
//   take COUNT SIZE                         -> took COUNT, or what was wrong
//   close                                   -> ok
using System;
using System.Globalization;
using System.Linq;
using ZeroBuffer;

Reader? reader = null;
Writer? writer = null;
while (Console.In.ReadLine() is { } line)
{
    string answer;
    switch (line.Split(' '))
    {
        case ["create", var name, var capacity]:
            reader = new Reader(name, new BufferConfig(1024, Number(capacity)));
            answer = "ok";
            break;
        case ["connect", var name]:
            writer = new Writer(name);
            answer = "ok";
            break;
        case ["send", var count, var size]:
            answer = Send(Number(count), Number(size));
            break;
        case ["take", var count, var size]:
            answer = Take(Number(count), Number(size));
            break;
        default:
            writer?.Dispose();
            reader?.Dispose();
            answer = "ok";
            break;
    }
    Console.Out.WriteLine(answer);
    Console.Out.Flush();
}

static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

string Send(int count, int size)
{
    for (int number = 1; number <= count; ++number)
    {
        writer!.WriteFrame(Enumerable.Repeat((byte)number, size).ToArray());
    }
    return $"sent {count}";
}

string Take(int count, int size)
{
    for (int number = 1; number <= count; ++number)
    {
        using Frame frame = reader!.ReadFrame(TimeSpan.FromSeconds(30));
        if (!frame.IsValid || frame.Sequence != (ulong)number)
        {
            return $"frame {number}: valid {frame.IsValid}, sequence {frame.Sequence}";
        }
        if (frame.Span.Length != size || frame.Span.IndexOfAnyExcept((byte)number) >= 0)
        {
            return $"frame {number}: {frame.Span.Length} bytes, or other ones than were sent";
        }
    }
    return $"took {count}";
}
