// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using ZeroBuffer;

namespace VideoConsumer;

/// <summary>What a producer of the demo writes in front of each payload: see examples/producer/stream.hpp.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal readonly struct Preface
{
    internal readonly ulong CommittedNs;
    internal readonly ulong Place;
    internal readonly ulong Checksum;
    internal readonly ulong MediaNs;
}

/// <summary>Checks every frame of a stream and counts what is wrong.</summary>
internal sealed class Account(SegmentMap segment, Clip clip)
{
    private ulong _next = 1;

    internal Clip Clip => clip;

    internal long Frames { get; private set; }

    /// <summary>Sequences that never came.</summary>
    internal ulong Lost { get; private set; }

    /// <summary>Payloads that do not have the checksum of their preface.</summary>
    internal long Damaged { get; private set; }

    /// <summary>Payloads that do not lie where the producer produced them.</summary>
    internal long Copied { get; private set; }

    internal void Take(Frame frame)
    {
        Preface preface = MemoryMarshal.Read<Preface>(frame.Bytes);
        var payload = frame.Bytes[clip.Preface..];
        ++Frames;
        Lost += frame.Sequence - _next;
        _next = frame.Sequence + 1;
        Damaged += Checksum.Of(payload) == preface.Checksum ? 0 : 1;
        Copied += segment.PlaceOf(payload) == preface.Place ? 0 : 1;
        clip.Observe(payload);
    }
}
