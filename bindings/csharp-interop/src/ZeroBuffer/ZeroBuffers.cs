// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using ZeroBuffer.Interop;

namespace ZeroBuffer;

/// <summary>Buffers seen from outside, and the library itself. Any thread.</summary>
public static unsafe class ZeroBuffers
{
    /// <summary>Version of the library in use, as in <c>2.0.0</c>.</summary>
    public static string LibraryVersion
    {
        get
        {
            LibraryLoader.Require();
            return Arguments.Text(Native.zb_version());
        }
    }

    /// <summary>Looks at a buffer without attaching and without a store.</summary>
    /// <exception cref="BadNameException">Not a name for a buffer.</exception>
    /// <exception cref="NotFoundException">There is none.</exception>
    /// <exception cref="PermissionDeniedException">This user may not read it.</exception>
    /// <exception cref="NotReadyException">It is half built.</exception>
    /// <exception cref="IncompatibleException">It is of another version, or no buffer at all.</exception>
    /// <exception cref="CorruptException">It holds what no correct peer writes.</exception>
    public static Snapshot Inspect(string name)
    {
        LibraryLoader.Require();
        zb_snapshot snapshot;
        fixed (byte* encoded = Arguments.Name(name))
        {
            Failure.Check(Native.zb_inspect(encoded, &snapshot));
        }
        return Value(&snapshot);
    }

    /// <summary>
    /// Every buffer of both layouts that this user can see, by name; broken ones with a status and a problem.
    /// </summary>
    public static IReadOnlyList<Snapshot> List()
    {
        LibraryLoader.Require();
        ulong count = 0;
        while (true)
        {
            // Others make buffers meanwhile: leave room for a few.
            zb_snapshot[] snapshots = new zb_snapshot[count + 16];
            fixed (zb_snapshot* first = snapshots)
            {
                Failure.Check(Native.zb_list_buffers(first, (ulong)snapshots.Length, &count));
                if (count > (ulong)snapshots.Length)
                {
                    continue;
                }
                Snapshot[] values = new Snapshot[count];
                for (int i = 0; i < values.Length; ++i)
                {
                    values[i] = Value(first + i);
                }
                return values;
            }
        }
    }

    /// <summary>
    /// Removes every buffer that no live process holds, unread frames included, and what creators that died left
    /// behind.
    /// </summary>
    /// <param name="dryRun">Only say which.</param>
    /// <returns>Their names.</returns>
    public static IReadOnlyList<string> Clean(bool dryRun = false)
    {
        LibraryLoader.Require();
        ulong count;
        Failure.Check(Native.zb_clean(1, null, 0, &count));
        // Others die meanwhile: leave room for their names.
        zb_name[] names = new zb_name[count + 64];
        fixed (zb_name* first = names)
        {
            Failure.Check(Native.zb_clean(dryRun ? 1u : 0, first, (ulong)names.Length, &count));
        }
        string[] removed = new string[Math.Min(count, (ulong)names.Length)];
        for (int i = 0; i < removed.Length; ++i)
        {
            removed[i] = Text(names[i].text);
        }
        return removed;
    }

    private static Snapshot Value(zb_snapshot* snapshot) =>
        new(*snapshot, Text(snapshot->name), Problem(snapshot), Metadata(snapshot));

    // A list says what is wrong with a number only; asking again gives the words.
    private static string Problem(zb_snapshot* snapshot)
    {
        if (snapshot->status == (uint)Status.Ok)
        {
            return "";
        }
        zb_snapshot again;
        return Native.zb_inspect((byte*)&snapshot->name, &again) == Status.Ok
            ? $"buffer '{Text(snapshot->name)}': is well again; look again"
            : Failure.LastMessage();
    }

    // What is published now; null when it went since the snapshot was taken.
    private static byte[]? Metadata(zb_snapshot* snapshot)
    {
        if (snapshot->metadata_published == 0)
        {
            return null;
        }
        byte[] metadata = new byte[snapshot->metadata_bytes];
        ulong size;
        fixed (byte* first = metadata)
        {
            Status status = Native.zb_inspect_metadata((byte*)&snapshot->name, first, (ulong)metadata.Length, &size);
            return status == Status.Ok ? metadata.AsSpan(0, (int)size).ToArray() : null;
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
