// SPDX-License-Identifier: MIT
// zerobuffer_endpoint: the C# endpoint of perf/CONTRACT.md. A stamp is Stopwatch.GetTimestamp, some 25 ns of each round
// trip.
using System;
using System.Linq;
using System.Text.Json;
using ZeroBuffer.Perf;

try
{
    if (args.Contains("--describe"))
    {
        Result.Print("", Describe);
        return 0;
    }
    Setup setup = Setup.Parse(args);
    if (!Transport.All.TryGetValue(setup.Transport, out Func<Setup, Transport>? make))
    {
        throw new BadArgumentsException($"there is no transport {setup.Transport} here: see --describe");
    }
    // A runtime cannot be forked.
    if (setup.Role is Role.PairRtt or Role.PairStream)
    {
        throw new BadArgumentsException($"{setup.Transport} connects by name: use ping, echo, source or sink");
    }
    // Before anything is made: memory then lies near the CPU that uses it.
    if (setup.Cpu is { } cpu)
    {
        Libc.Pin(cpu);
    }
    using Transport transport = make(setup);
    Result.Print("ready", static _ => { });
    Result result = transport.Play(setup);
    Result.Print("result", json => result.Write(json, setup));
    return 0;
}
catch (Exception failure)
{
    Result.Print("error", json => json.WriteString("message", failure.Message));
    return 1;
}

static void Describe(Utf8JsonWriter json)
{
    json.WriteString("language", "csharp");
    json.WriteString("version", Environment.Version.ToString());
    json.WritePropertyName("transports");
    JsonSerializer.Serialize(json, Transport.All.Keys.ToArray());
    json.WritePropertyName("roles");
    JsonSerializer.Serialize(json, Enum.GetValues<Role>().Select(Names.Of).ToArray());
    foreach (var kind in (string[])["inherited", "polling"])
    {
        json.WriteStartArray(kind);
        json.WriteEndArray();
    }
}
