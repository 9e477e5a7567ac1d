// SPDX-License-Identifier: MIT
// The measuring loops. The warm-up and the measured part are the same compiled method.
using System;

namespace ZeroBuffer.Perf;

internal static class Loops
{
    internal static Result Play<E>(E end, Setup setup)
        where E : struct, End
    {
        Result result = new();
        ulong warmUp = (ulong)setup.WarmUp;
        ulong last = warmUp + (ulong)setup.Frames;
        switch (setup.Role, setup.Rate)
        {
            case (Role.Ping, _):
                Measure(result, warmUp, last, new Histogram(), Pinged, end);
                Judge(result, above: result.Latency!.Least + Result.WaitSlice);
                break;
            case (Role.Echo, _):
                Measure(result, warmUp, last, null, static (end, first, last, _) => Answer(end, first, last), end);
                break;
            case (Role.Source, null):
                Measure(result, warmUp, last, null, static (end, first, last, _) => Send(end, first, last), end);
                break;
            case (Role.Sink, null):
                Measure(result, warmUp, last, null, static (end, first, last, _) => Receive(end, first, last), end);
                break;
            case (Role.Source, { } rate):
                Libc.ShortenTimerSlack();
                long start = Libc.Now;
                double gap = 1e9 / rate;
                Part<E> send = (end, first, last, _) => SendPaced(end, first, last, start, gap);
                Measure(result, warmUp, last, null, send, end);
                break;
            default:
                Histogram corrected = new();
                result.Corrected = corrected;
                Part<E> receive = (end, first, last, latency) => ReceivePaced(end, first, last, latency!, corrected);
                Measure(result, warmUp, last, new Histogram(), receive, end);
                Judge(result, above: Result.WaitSlice);
                break;
        }
        return result;
    }

    /// <summary>Frames <paramref name="first"/> up to and with <paramref name="last"/>.</summary>
    private delegate void Part<E>(E end, ulong first, ulong last, Histogram? latency);

    private static void Measure<E>(Result result, ulong warmUp, ulong last, Histogram? latency, Part<E> part, E end)
    {
        // Compiles what takes a reading, too.
        result.Begin = Usage.Take();
        part(end, 1, warmUp, latency);
        latency?.Clear();
        result.Corrected?.Clear();
        result.Begin = Usage.Take();
        part(end, warmUp + 1, last, latency);
        result.End = Usage.Take();
        result.Latency = latency;
    }

    private static void Judge(Result result, ulong above) => result.LateWakeups = result.Latency!.CountAbove(above);

    private static void Pinged<E>(E end, ulong first, ulong last, Histogram? latency)
        where E : struct, End
    {
        long begin = Libc.Now;
        for (ulong number = first; number <= last; ++number)
        {
            end.Send(number);
            end.Receive(number);
            long now = Libc.Now;
            latency!.Add((ulong)(now - begin));
            begin = now;
        }
    }

    private static void Answer<E>(E end, ulong first, ulong last)
        where E : struct, End
    {
        for (ulong number = first; number <= last; ++number)
        {
            end.Answer(number);
        }
    }

    private static void Send<E>(E end, ulong first, ulong last)
        where E : struct, End
    {
        for (ulong number = first; number <= last; ++number)
        {
            end.Send(number);
        }
    }

    private static void Receive<E>(E end, ulong first, ulong last)
        where E : struct, End
    {
        for (ulong number = first; number <= last; ++number)
        {
            end.Receive(number);
        }
    }

    private static void SendPaced<E>(E end, ulong first, ulong last, long start, double gap)
        where E : struct, End
    {
        for (ulong number = first; number <= last; ++number)
        {
            long due = start + (long)Math.Round(gap * (number - 1));
            Libc.SleepUntil(due);
            end.SendDue(number, due);
        }
    }

    private static void ReceivePaced<E>(E end, ulong first, ulong last, Histogram latency, Histogram corrected)
        where E : struct, End
    {
        for (ulong number = first; number <= last; ++number)
        {
            (long sent, long due) = end.ReceiveDue(number);
            latency.Add((ulong)sent);
            corrected.Add((ulong)due);
        }
    }
}
