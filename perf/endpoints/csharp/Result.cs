// SPDX-License-Identifier: MIT
// What an end found out, and how it is printed.
using System;
using System.IO;
using System.Text;
using System.Text.Json;

namespace ZeroBuffer.Perf;

internal sealed class Result
{
    /// <summary>A wait that ended later than this after its frame was there was ended by its slice.</summary>
    internal const ulong WaitSlice = 50_000_000;

    internal Usage Begin { get; set; }

    internal Usage End { get; set; }

    internal Histogram? Latency { get; set; }

    internal Histogram? Corrected { get; set; }

    internal ulong? LateWakeups { get; set; }

    internal static void Print(string @event, Action<Utf8JsonWriter> write)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            if (@event.Length > 0)
            {
                json.WriteString("event", @event);
            }
            write(json);
            json.WriteEndObject();
        }
        Console.Out.Write(Encoding.UTF8.GetString(line.ToArray()) + "\n");
        Console.Out.Flush();
    }

    internal void Write(Utf8JsonWriter json, Setup setup)
    {
        json.WriteString("role", Names.Of(setup.Role));
        json.WriteNumber("frames", setup.Frames);
        json.WriteNumber("elapsed_ns", End.Time - Begin.Time);
        json.WriteNumber("cpu_ns", End.CpuNanoseconds - Begin.CpuNanoseconds);
        json.WriteNumber("voluntary_switches", End.Used.VoluntarySwitches - Begin.Used.VoluntarySwitches);
        json.WriteNumber("involuntary_switches", End.Used.InvoluntarySwitches - Begin.Used.InvoluntarySwitches);
        json.WriteNumber("minor_faults", End.Used.MinorFaults - Begin.Used.MinorFaults);
        json.WriteNumber("major_faults", End.Used.MajorFaults - Begin.Used.MajorFaults);
        WriteAllocations(json, setup.Frames);
        WriteOptional(json, "late_wakeups", LateWakeups);
        json.WriteNumber("pid", Environment.ProcessId);
        Write(json, "histogram", Latency);
        Write(json, "corrected", Corrected);
    }

    // The collected heap tells bytes alone: how many objects they were is known only where there were none.
    private void WriteAllocations(Utf8JsonWriter json, long frames)
    {
        long managed = End.ManagedBytes - Begin.ManagedBytes;
        ulong allocations = End.Allocations - Begin.Allocations;
        ulong bytes = End.AllocatedBytes - Begin.AllocatedBytes + (ulong)managed;
        WriteOptional(json, "allocations", managed == 0 ? Math.Round((double)allocations / frames, 4) : null);
        WriteOptional(json, "allocated_bytes", Math.Round((double)bytes / frames, 4));
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, Histogram? histogram)
    {
        if (histogram is null)
        {
            return;
        }
        json.WriteStartObject(name);
        json.WriteString("unit", "ns");
        json.WriteNumber("least", histogram.Least);
        json.WriteNumber("largest", histogram.Largest);
        json.WriteStartArray("steps");
        histogram.ForEach((middle, count) =>
        {
            json.WriteStartArray();
            json.WriteNumberValue(middle);
            json.WriteNumberValue(count);
            json.WriteEndArray();
        });
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
