// SPDX-License-Identifier: MIT
// Making and attaching, the same for both sides.
namespace ZeroBuffer.Interop;

internal static unsafe class Opening
{
    internal static ReaderHandle Reader(string name, ReaderOptions? options, bool create, out zb_properties properties)
    {
        zb_options wanted = Prepare(options ?? new ReaderOptions());
        ReaderHandle handle = new();
        nint reader = 0;
        fixed (byte* encoded = Arguments.Name(name))
        {
            Failure.Check(create
                ? Native.zb_reader_create(encoded, &wanted, &reader)
                : Native.zb_reader_open(encoded, &wanted, &reader));
        }
        handle.Take(reader);
        fixed (zb_properties* result = &properties)
        {
            Native.zb_reader_properties(reader, result);
        }
        return handle;
    }

    internal static WriterHandle Writer(string name, WriterOptions? options, bool create, out zb_properties properties)
    {
        zb_options wanted = Prepare(options ?? new WriterOptions());
        WriterHandle handle = new();
        nint writer = 0;
        fixed (byte* encoded = Arguments.Name(name))
        {
            Failure.Check(create
                ? Native.zb_writer_create(encoded, &wanted, &writer)
                : Native.zb_writer_open(encoded, &wanted, &writer));
        }
        handle.Take(writer);
        fixed (zb_properties* result = &properties)
        {
            Native.zb_writer_properties(writer, result);
        }
        return handle;
    }

    private static zb_options Prepare(BufferOptions options)
    {
        LibraryLoader.Require();
        return options.ForLibrary();
    }
}
