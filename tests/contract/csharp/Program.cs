// SPDX-License-Identifier: MIT
// endpoint.cpp in C#: the same commands, the same answers, the same frames.
using System;
using ZeroBuffer.Programs;

using ContractEndpoint endpoint = new();
while (Console.In.ReadLine() is { } line)
{
    Console.Out.WriteLine(endpoint.Run(line));
    Console.Out.Flush();
}
