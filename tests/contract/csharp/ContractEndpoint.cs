// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Text.Json;

namespace ZeroBuffer.Programs;

internal sealed class ContractEndpoint : IDisposable
{
    private Reader? _reader;
    private Writer? _writer;
    private FrameLease? _held;

    internal string Run(string line) => line.Split(' ') switch
    {
        ["create", var layout, var capacity, var wait, var name] => Create(layout, capacity, wait, name),
        ["reader", var wait, var name] => OpenReader(wait, name),
        ["writer", var wait, var name] => OpenWriter(wait, name),
        ["send", var seed, var first, var count, var largest] =>
            Send(new Pattern(Number(seed)), Number(first), Number(count), Number(largest)),
        ["take", var seed, var count, var largest] => Take(new Pattern(Number(seed)), Number(count), Number(largest)),
        ["hold"] => Hold(),
        ["echo", var count] => Echo(Number(count)),
        ["call", var seed, var count, var largest] => Call(new Pattern(Number(seed)), Number(count), Number(largest)),
        ["close"] => Close(),
        _ => throw new ArgumentException($"no such command: {line}"),
    };

    public void Dispose()
    {
        _held?.Dispose();
        _writer?.Dispose();
        _reader?.Dispose();
    }

    private static ulong Number(string word) => ulong.Parse(word, CultureInfo.InvariantCulture);

    private static WaitMode Mode(string wait) => Enum.Parse<WaitMode>(wait, ignoreCase: true);

    /// <summary>The status of what the step throws, as the C++ program names it.</summary>
    private static string Ending(Action step)
    {
        try
        {
            step();
            return "ok";
        }
        catch (WrongFrameException)
        {
            return "wrong";
        }
        catch (ZeroBufferException failure)
        {
            Console.Error.WriteLine(failure.Message);
            return JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.Status.ToString());
        }
    }

    private string Create(string layout, string capacity, string wait, string name)
    {
        ReaderOptions options = new()
        {
            Layout = layout == "v1" ? Layout.V1 : Layout.V2,
            Capacity = (long)Number(capacity),
            WaitMode = Mode(wait),
        };
        return Ending(() => _reader = Reader.Create(name, options));
    }

    private string OpenReader(string wait, string name)
    {
        string end = Ending(() => _reader = Reader.Open(name, new ReaderOptions { WaitMode = Mode(wait) }));
        return end == "ok" ? $"ok {_reader!.Stats().Sequence}" : end;
    }

    private string OpenWriter(string wait, string name)
    {
        string end = Ending(() => _writer = Writer.Open(name, new WriterOptions { WaitMode = Mode(wait) }));
        return end == "ok" ? $"ok {_writer!.Stats().Sequence}" : end;
    }

    private string Send(Pattern pattern, ulong first, ulong count, ulong largest)
    {
        ulong sent = 0;
        ulong last = 0;
        string end = Ending(() =>
        {
            for (; sent < count; ++sent)
            {
                ulong number = first + sent;
                using Claim claim = _writer!.Claim(pattern.Size(number, largest));
                pattern.Fill(claim.Bytes, number);
                last = claim.Commit();
            }
        });
        return $"sent {sent} {last} {end}";
    }

    private string Take(Pattern pattern, ulong count, ulong largest)
    {
        ulong taken = 0;
        ulong first = 0;
        ulong last = 0;
        string end = Ending(() =>
        {
            while (taken < count)
            {
                using Frame frame = _reader!.Acquire();
                ulong number = frame.Sequence;
                bool follows = taken == 0 || number == last + 1;
                ++taken;
                first = first == 0 ? number : first;
                last = number;
                Require(follows && Holds(frame, pattern, number, largest));
            }
        });
        return $"took {taken} {first} {last} {end}";
    }

    private string Hold()
    {
        string end = Ending(() =>
        {
            using Frame frame = _reader!.Acquire();
            _held = frame.ToLease();
        });
        return end == "ok" ? $"held {_held!.Sequence}" : end;
    }

    private string Echo(ulong count)
    {
        ulong echoed = 0;
        string end = Ending(() =>
        {
            for (; echoed < count; ++echoed)
            {
                using Frame frame = _reader!.Acquire();
                _writer!.Write(frame.Bytes);
            }
        });
        return $"echoed {echoed} {end}";
    }

    private string Call(Pattern pattern, ulong count, ulong largest)
    {
        ulong called = 0;
        byte[] content = new byte[largest];
        string end = Ending(() =>
        {
            while (called < count)
            {
                Span<byte> bytes = content.AsSpan(0, pattern.Size(called, largest));
                pattern.Fill(bytes, called);
                _writer!.Write(bytes);
                using Frame frame = _reader!.Acquire();
                Require(Holds(frame, pattern, called, largest));
                ++called;
            }
        });
        return $"called {called} {end}";
    }

    private string Close()
    {
        Dispose();
        _held = null;
        _writer = null;
        _reader = null;
        return "ok";
    }

    private static bool Holds(Frame frame, Pattern pattern, ulong number, ulong largest) =>
        frame.Size == (nuint)pattern.Size(number, largest) && pattern.Matches(frame.Bytes, number);

    private static void Require(bool isRight)
    {
        if (!isRight)
        {
            throw new WrongFrameException();
        }
    }

    /// <summary>A frame that is not what was sent.</summary>
    private sealed class WrongFrameException : Exception;
}
