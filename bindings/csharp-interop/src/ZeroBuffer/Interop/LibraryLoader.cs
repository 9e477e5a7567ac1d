// SPDX-License-Identifier: MIT
// Finds libzerobuffer.so, and checks once that it is the one that these files declare.
using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeroBuffer.Interop;

internal static unsafe class LibraryLoader
{
    /// <summary>The path of the library to use, and no other.</summary>
    internal const string Variable = "ZEROBUFFER_LIBRARY";

    private const string FileName = "libzerobuffer.so";
    private static volatile bool _isChecked;

    // Before anything else in the assembly: the just-in-time compiler may ask for a function before its caller runs.
#pragma warning disable CA2255 // meant for applications, and for exactly this
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Initialise() => NativeLibrary.SetDllImportResolver(typeof(LibraryLoader).Assembly, Resolve);

    /// <summary>Every way into the library leads through here first.</summary>
    /// <exception cref="DllNotFoundException">There is no library, or it cannot be loaded.</exception>
    /// <exception cref="IncompatibleException">The library is of another version.</exception>
    internal static void Require()
    {
        if (!_isChecked)
        {
            Check();
            _isChecked = true;
        }
    }

    /// <summary>What is wrong with a library of this version that knows options of this size; null: nothing.</summary>
    internal static string? Problem(uint version, bool knowsOptions)
    {
        if (version != Native.ZB_ABI_VERSION)
        {
            return $"{FileName}: its binary interface has version {version}, and this assembly was made for " +
                   $"{Native.ZB_ABI_VERSION}; install the two from one release, or set {Variable} to the path of the right one";
        }
        foreach ((string name, int here, int there) in Sizes())
        {
            if (here != there)
            {
                return $"{FileName}: {name} has {there} bytes in version {version} and {here} here; only 64-bit processes " +
                       "are supported, start one";
            }
        }
        return knowsOptions
            ? null
            : $"{FileName}: zb_options of {sizeof(zb_options)} bytes are unknown to it; install a library at least as new as " +
              "this assembly";
    }

    // Any change of a struct is another version of the interface, so these numbers are those of ZB_ABI_VERSION.
    internal static IEnumerable<(string Name, int Here, int There)> Sizes()
    {
        yield return ("zb_options", Unsafe.SizeOf<zb_options>(), 72);
        yield return ("zb_frame", Unsafe.SizeOf<zb_frame>(), 48);
        yield return ("zb_claim", Unsafe.SizeOf<zb_claim>(), 32);
        yield return ("zb_slice", Unsafe.SizeOf<zb_slice>(), 16);
        yield return ("zb_array", Unsafe.SizeOf<zb_array>(), 568);
        yield return ("zb_properties", Unsafe.SizeOf<zb_properties>(), 32);
        yield return ("zb_stats", Unsafe.SizeOf<zb_stats>(), 88);
        yield return ("zb_side", Unsafe.SizeOf<zb_side>(), 64);
        yield return ("zb_snapshot", Unsafe.SizeOf<zb_snapshot>(), 472);
        yield return ("zb_name", Unsafe.SizeOf<zb_name>(), 256);
    }

    private static void Check()
    {
        zb_options options;
        string? problem = Problem(Native.zb_abi_version(), Native.zb_options_init(&options, (ulong)sizeof(zb_options)) == Status.Ok);
        if (problem is not null)
        {
            throw new IncompatibleException(problem);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Native.Library)
        {
            return 0;
        }
        nint library;
        string? named = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(named))
        {
            return NativeLibrary.TryLoad(named, out library) ? library : throw NotFound($"{Variable} is '{named}', which cannot be loaded");
        }
        foreach (string path in Places())
        {
            if (File.Exists(path) && NativeLibrary.TryLoad(path, out library))
            {
                return library;
            }
        }
        // Where the runtime itself looks: what the application's packages brought, then the system.
        return NativeLibrary.TryLoad(name, assembly, searchPath, out library) || NativeLibrary.TryLoad(FileName + ".2", out library)
            ? library
            : throw NotFound($"it is not in {string.Join(", ", Places())}, nor where the system has its libraries");
    }

    private static DllNotFoundException NotFound(string cause) =>
        new($"{FileName}: {cause}; install the package ZeroBuffer.Interop, or set {Variable} to the path of the library");

    // Beside the application, which is also where the assembly is.
    private static IEnumerable<string> Places()
    {
        string folder = AppContext.BaseDirectory;
        yield return Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", FileName);
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            yield return Path.Combine(folder, "runtimes", "linux-x64", "native", FileName);
        }
        yield return Path.Combine(folder, FileName);
    }
}
