// SPDX-License-Identifier: MIT
// One side of a chaos run in C#: a process for each life, because a runtime cannot be forked.
//   ChaosWorker writer|reader ACCOUNT-FILE NAME
using System;
using System.IO;
using System.Linq;
using ZeroBuffer.Programs;

if (args is not [("writer" or "reader") and var role, var path, var name])
{
    Console.Error.WriteLine("usage: ChaosWorker writer|reader ACCOUNT-FILE NAME");
    return 2;
}
try
{
    unsafe
    {
        Account* account = Account.Map(path);
        if (role == "writer")
        {
            new ChaosWriter(name, account).Run();
        }
        else
        {
            new ChaosReader(name, account).Run();
        }
    }
    // Once it closed in order: neither a mapping nor a descriptor of the buffer.
    string[] left =
    [
        .. File.ReadLines("/proc/self/maps").Where(line => line.Contains(name, StringComparison.Ordinal)),
        .. Directory.EnumerateFiles("/proc/self/fd").Select(link => File.ResolveLinkTarget(link, false)?.FullName ?? "")
            .Where(target => target.Contains(name, StringComparison.Ordinal)),
    ];
    foreach (string thing in left)
    {
        Console.Error.WriteLine($"{role} left behind: {thing}");
    }
    return left.Length == 0 ? 0 : 1;
}
catch (Exception failure)
{
    Console.Error.WriteLine($"{role} {Environment.ProcessId}: {failure}");
    return 1;
}
