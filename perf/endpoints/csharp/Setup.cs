// SPDX-License-Identifier: MIT
// What the endpoint was asked for; perf/CONTRACT.md explains each.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;

namespace ZeroBuffer.Perf;

internal enum Role
{
    Ping,
    Echo,
    Source,
    Sink,
    PairRtt,
    PairStream,
}

internal enum Touch
{
    None,
    Header,
    Every,
    Copy,
}

/// <summary>Options that make no sense; the message names the option.</summary>
internal sealed class BadArgumentsException(string message) : Exception(message);

internal sealed record Setup
{
    /// <summary>How long an end waits for its other end.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly string[] Known =
    [
        "--transport", "--name", "--size", "--layout", "--alignment", "--capacity", "--touch", "--wait", "--frames",
        "--warm-up", "--rate", "--cpu", "--peer-cpu",
    ];

    internal required Role Role { get; init; }

    internal required string Transport { get; init; }

    internal required string Name { get; init; }

    internal required int Size { get; init; }

    internal required Layout Layout { get; init; }

    internal required int Alignment { get; init; }

    internal required long Capacity { get; init; }

    internal required Touch Touch { get; init; }

    internal required WaitMode Wait { get; init; }

    internal required long Frames { get; init; }

    internal required long WarmUp { get; init; }

    internal required double? Rate { get; init; }

    internal required int? Cpu { get; init; }

    internal static Setup Parse(string[] arguments)
    {
        (string role, Dictionary<string, string> options) = Split(arguments);
        string Needed(string name) =>
            options.GetValueOrDefault(name) ?? throw new BadArgumentsException($"{name} is missing");
        Setup setup = new()
        {
            Role = Choice<Role>("role", role),
            Transport = Needed("--transport"),
            Name = Needed("--name"),
            Size = Whole<int>("--size", Needed("--size"), 16),
            Layout = Choice<Layout>("--layout", options.GetValueOrDefault("--layout", "v2")),
            Alignment = Whole<int>("--alignment", options.GetValueOrDefault("--alignment", "64"), 1),
            Capacity = Whole<long>("--capacity", options.GetValueOrDefault("--capacity", "16777216"), 1),
            Touch = Choice<Touch>("--touch", options.GetValueOrDefault("--touch", "none")),
            Wait = Choice<WaitMode>("--wait", options.GetValueOrDefault("--wait", "adaptive")),
            Frames = Whole<long>("--frames", Needed("--frames"), 1),
            WarmUp = Whole<long>("--warm-up", options.GetValueOrDefault("--warm-up", "0"), 0),
            Rate = options.TryGetValue("--rate", out string? rate) ? Real("--rate", rate) : null,
            Cpu = options.TryGetValue("--cpu", out string? cpu) ? Whole<int>("--cpu", cpu, 0) : null,
        };
        setup.Check(options);
        return setup;
    }

    private static (string Role, Dictionary<string, string> Options) Split(string[] arguments)
    {
        string? role = null;
        Dictionary<string, string> options = [];
        for (int i = 0; i < arguments.Length; ++i)
        {
            string word = arguments[i];
            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                role = role is null ? word : throw new BadArgumentsException($"{word}: the role is {role} already");
                continue;
            }
            if (!Known.Contains(word))
            {
                throw new BadArgumentsException($"{word}: there is no such option");
            }
            if (++i == arguments.Length)
            {
                throw new BadArgumentsException($"{word} needs a value");
            }
            options[word] = arguments[i];
        }
        return (role ?? throw new BadArgumentsException("role is missing"), options);
    }

    private static T Choice<T>(string option, string word)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (Names.Of(value) == word)
            {
                return value;
            }
        }
        string choices = string.Join(", ", Enum.GetValues<T>().Select(Names.Of));
        throw new BadArgumentsException($"{option} {word}: use {choices}");
    }

    private static T Whole<T>(string option, string word, T least)
        where T : struct, System.Numerics.INumber<T> =>
        T.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out T value) && value >= least
            ? value
            : throw new BadArgumentsException($"{option} must be a whole number, at least {least}");

    private static double Real(string option, string word) =>
        double.TryParse(word, CultureInfo.InvariantCulture, out double value) && value > 0
            ? value
            : throw new BadArgumentsException($"{option} must be above 0");

    private void Check(Dictionary<string, string> options)
    {
        bool isNamed = Name.Length is > 0 and <= 100;
        if (!isNamed || !Name.All(letter => char.IsAsciiLetterOrDigit(letter) || "._-".Contains(letter)))
        {
            throw new BadArgumentsException("--name must be 1 to 100 of A-Z a-z 0-9 . _ -");
        }
        if (Size % 8 != 0)
        {
            throw new BadArgumentsException("--size must be a multiple of 8, at least 16");
        }
        if (Rate is not null && Role is Role.Ping or Role.Echo or Role.PairRtt)
        {
            throw new BadArgumentsException("--rate is for source, sink and pair-stream");
        }
        if (options.ContainsKey("--peer-cpu") && Role is not (Role.PairRtt or Role.PairStream))
        {
            throw new BadArgumentsException("--peer-cpu is for pair-rtt and pair-stream");
        }
    }
}

internal static class Names
{
    /// <summary>As the contract writes it.</summary>
    internal static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
