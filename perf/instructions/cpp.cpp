// SPDX-License-Identifier: MIT
// The operations in C++.
#include <array>
#include <optional>
#include <span>
#include <stdexcept>

#include <zerobuffer/zerobuffer.hpp>

#include "operations.hpp"

namespace zerobuffer::perf {

namespace measured {

// noipa: called as it stands, whatever the compiler knows about it.
[[gnu::noipa]] void cpp_write(Writer& writer, Bytes frame) { (void)writer.write(frame); }
[[gnu::noipa]] void cpp_write_parts(Writer& writer, std::span<const Bytes> parts) { (void)writer.write_parts(parts); }
[[gnu::noipa]] void cpp_claim_commit(Writer& writer) { (void)writer.claim(frame_size)->commit(); }
[[gnu::noipa]] std::size_t cpp_write_many(Writer& writer, std::span<const Bytes> frames) {
    return writer.write_many(frames);
}
[[gnu::noipa]] std::optional<Frame> cpp_acquire(Reader& reader) { return reader.acquire(); }
[[gnu::noipa]] std::optional<Frame> cpp_acquire_nothing(Reader& reader) { return reader.acquire(no_wait); }
[[gnu::noipa]] std::size_t cpp_acquire_many(Reader& reader, std::span<Frame> frames) {
    return reader.acquire_many(frames);
}
[[gnu::noipa]] void cpp_release(Frame& frame) { frame.release(); }
[[gnu::noipa]] void cpp_release_many(Reader& reader, std::span<Frame> frames) { reader.release_many(frames); }

}  // namespace measured

namespace {

void require(bool done) {
    if (!done) { throw std::runtime_error("an operation of C++ did not do what is counted"); }
}

void take_one(Reader& reader) { require(reader.acquire(no_wait).has_value()); }

}  // namespace

void run_cpp(const std::string& name, Layout layout, long rounds) {
    Options options;
    options.layout = layout;
    options.capacity = ring_size;
    Reader reader = Reader::create(name, options);
    Writer writer = Writer::open(name, options);
    const std::array<std::byte, frame_size> content{};
    const Bytes frame = content;
    const std::array<Bytes, 2> halves{frame.first(frame_size / 2), frame.last(frame_size / 2)};
    std::array<Bytes, batch> many;
    many.fill(frame);
    std::array<Frame, batch> frames;
    for (long round = 0; round < rounds; ++round) {
        measured::cpp_write(writer, frame);
        std::optional<Frame> taken = measured::cpp_acquire(reader);
        require(taken.has_value());
        measured::cpp_release(*taken);
        require(!measured::cpp_acquire_nothing(reader).has_value());
        measured::cpp_write_parts(writer, halves);
        take_one(reader);
        measured::cpp_claim_commit(writer);
        take_one(reader);
        require(measured::cpp_write_many(writer, many) == batch);
        require(measured::cpp_acquire_many(reader, frames) == batch);
        measured::cpp_release_many(reader, frames);
    }
}

}  // namespace zerobuffer::perf
