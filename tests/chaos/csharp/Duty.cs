// SPDX-License-Identifier: MIT
// duty.hpp in C#.
using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;

namespace ZeroBuffer.Programs;

internal abstract unsafe partial class Duty
{
    /// <summary>How long a wait lasts before it looks whether to leave.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    protected static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private readonly string _role;
    private ulong _sampled;

    protected Duty(string role, string name, Account* account, SideAccount* own, SideAccount* peer)
    {
        _role = role;
        Name = name;
        All = account;
        Own = own;
        Peer = peer;
        Incarnation = own->Incarnation.Value;
        Epoch = account->Epoch.Value;
        Pattern = new Pattern(account->Seed.Value);
    }

    /// <summary>The other side, seen before a call that may report its loss.</summary>
    protected readonly record struct Sight(ulong Incarnation, ulong At, bool IsAttached);

    protected string Name { get; }

    protected Account* All { get; }

    protected SideAccount* Own { get; }

    protected SideAccount* Peer { get; }

    protected ulong Incarnation { get; }

    protected ulong Epoch { get; set; }

    protected Pattern Pattern { get; }

    protected bool IsV1 => All->Layout.Value == 1;

    protected bool ShallLeave => Own->Leave.Value == Incarnation;

    protected Layout Layout => IsV1 ? Layout.V1 : Layout.V2;

    protected long Capacity => (long)All->Capacity.Value;

    protected WaitMode Mode => (WaitMode)Own->WaitMode.Value;

    protected static ulong Now => (ulong)Stopwatch.GetTimestamp();

    protected int SizeOf(ulong number) => sizeof(ulong) + Pattern.Size(number, All->Largest.Value);

    protected void Fill(Span<byte> bytes, ulong number)
    {
        MemoryMarshal.Write(bytes, in number);
        Pattern.Fill(bytes[sizeof(ulong)..], number);
    }

    protected void Fault(string what, ulong found, ulong expected)
    {
        static string Text(ulong number) =>
            $"{Account.EpochOf(number)}:{number - Account.BeginOf(Account.EpochOf(number))}";

        Console.Error.WriteLine($"{_role} {Incarnation}: {what}: {Text(found)}, expected {Text(expected)}");
        // Two workers of one side are never there at once.
        Own->Faults.Value += 1;
    }

    protected void SayAttached(ulong firstNumber)
    {
        Own->FirstNumber.Value = firstNumber;
        Own->AttachedAt.Value = Now;
        Own->Attached.Value = Incarnation;
    }

    /// <summary>As long as it is held, and a moment of the pace.</summary>
    protected void Pause(ulong number)
    {
        while (Own->Hold.Value == Incarnation)
        {
            Sleep(200_000);
        }
        ulong longest = Own->Pace.Value;
        if (longest != 0)
        {
            Sleep(Pattern.Mixed(number) % longest);
        }
    }

    protected Sight Look()
    {
        bool here = Peer == &All->Reader || Account.EpochOf(Peer->FirstNumber.Value) == All->Epoch.Value;
        bool attached = here && Peer->Attached.Value == Peer->Incarnation.Value;
        ulong incarnation = Peer->Incarnation.Value;
        return new Sight(incarnation, Now, attached && Peer->Attached.Value == incarnation);
    }

    /// <summary>Of a loss that the call after <paramref name="before"/> reported.</summary>
    protected void Judge(Sight before, PeerLostException loss)
    {
        bool wasThere = before.IsAttached && All->Epoch.Value == Epoch;
        bool died = loss is PeerDiedException;
        if (died && wasThere && Peer->Harmed.Value < before.Incarnation)
        {
            Fault("a living peer was reported dead", before.Incarnation, 0);
        }
        if (!died && wasThere && Peer->Leave.Value < before.Incarnation)
        {
            Fault("a peer that did not close was reported closed", before.Incarnation, 0);
        }
        bool isFresh = Peer->Incarnation.Value == before.Incarnation && before.At < Peer->KilledAt.Value;
        if (died && wasThere && isFresh && _sampled != before.Incarnation)
        {
            _sampled = before.Incarnation;
            Own->Detected.Value = Now - Peer->KilledAt.Value;
        }
        Own->Reports.Value += 1;
    }

    /// <summary>
    /// What <paramref name="make"/> returns, as soon as that is something: the predecessor is taken apart and, v1, the
    /// reader there.
    /// </summary>
    protected T? AttachPatiently<T>(Func<T?> make)
        where T : class
    {
        while (!ShallLeave)
        {
            try
            {
                if (make() is { } made)
                {
                    return made;
                }
            }
            catch (BusyException)
            {
            }
            catch (ZeroBufferException failure) when (IsV1 && failure.Status is Status.NotFound or Status.NotReady)
            {
            }
            Thread.Yield();
        }
        return null;
    }

    private static void Sleep(ulong nanoseconds)
    {
        TimeSpec length = new() { Nanoseconds = (nint)nanoseconds };
        NanoSleep(&length, null);
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(TimeSpec* length, TimeSpec* rest);

    private struct TimeSpec
    {
        internal nint Seconds;
        internal nint Nanoseconds;
    }
}
