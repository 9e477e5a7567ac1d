// SPDX-License-Identifier: MIT
// The operations through the C functions.
#include <array>
#include <memory>
#include <stdexcept>

#include <zerobuffer/zerobuffer.h>

#include "operations.hpp"

namespace zerobuffer::perf {

namespace measured {

[[gnu::noipa]] zb_status c_write(zb_writer* writer, const void* data) {
    return zb_writer_write(writer, data, frame_size, ZB_FOREVER, nullptr);
}
[[gnu::noipa]] zb_status c_write_parts(zb_writer* writer, const zb_slice* halves) {
    return zb_writer_writev(writer, halves, 2, ZB_FOREVER, nullptr);
}
[[gnu::noipa]] zb_status c_claim_commit(zb_writer* writer) {
    zb_claim claim;
    const zb_status status = zb_writer_claim(writer, frame_size, ZB_FOREVER, &claim);
    return status == ZB_OK ? zb_writer_commit(&claim, frame_size, nullptr) : status;
}
[[gnu::noipa]] zb_status c_write_many(zb_writer* writer, const zb_slice* frames, std::uint64_t* written) {
    return zb_writer_write_many(writer, frames, batch, ZB_FOREVER, written);
}
[[gnu::noipa]] zb_status c_acquire(zb_reader* reader, zb_frame* frame) {
    return zb_reader_acquire(reader, ZB_FOREVER, frame);
}
[[gnu::noipa]] zb_status c_acquire_nothing(zb_reader* reader, zb_frame* frame) {
    return zb_reader_acquire(reader, 0, frame);
}
[[gnu::noipa]] zb_status c_acquire_many(zb_reader* reader, zb_frame* frames, std::uint64_t* count) {
    return zb_reader_acquire_many(reader, batch, ZB_FOREVER, frames, count);
}
[[gnu::noipa]] zb_status c_release(zb_frame* frame) { return zb_reader_release(frame); }
[[gnu::noipa]] zb_status c_release_many(zb_frame* frames) { return zb_reader_release_many(frames, batch); }

}  // namespace measured

namespace {

void require(bool done) {
    if (!done) {
        throw std::runtime_error(std::string("an operation of C did not do what is counted: ") + zb_last_error());
    }
}

void require_ok(zb_status status) { require(status == ZB_OK); }

void take_one(zb_reader* reader) {
    zb_frame frame;
    require_ok(zb_reader_acquire(reader, 0, &frame));
    require_ok(zb_reader_release(&frame));
}

}  // namespace

void run_c(const std::string& name, Layout layout, long rounds) {
    zb_options options;
    require_ok(zb_options_init(&options, sizeof options));
    options.layout = static_cast<std::uint32_t>(layout);
    options.capacity = ring_size;
    zb_reader* created = nullptr;
    require_ok(zb_reader_create(name.c_str(), &options, &created));
    const std::unique_ptr<zb_reader, decltype(&zb_reader_close)> reader(created, &zb_reader_close);
    zb_writer* opened = nullptr;
    require_ok(zb_writer_open(name.c_str(), &options, &opened));
    const std::unique_ptr<zb_writer, decltype(&zb_writer_close)> writer(opened, &zb_writer_close);

    const std::array<std::byte, frame_size> content{};
    const std::array<zb_slice, 2> halves{
        {{content.data(), frame_size / 2}, {content.data() + frame_size / 2, frame_size / 2}}};
    std::array<zb_slice, batch> many;
    many.fill({content.data(), frame_size});
    std::array<zb_frame, batch> frames;
    std::uint64_t count = 0;
    for (long round = 0; round < rounds; ++round) {
        require_ok(measured::c_write(writer.get(), content.data()));
        require_ok(measured::c_acquire(reader.get(), frames.data()));
        require_ok(measured::c_release(frames.data()));
        require(measured::c_acquire_nothing(reader.get(), frames.data()) == ZB_TIMEOUT);
        require_ok(measured::c_write_parts(writer.get(), halves.data()));
        take_one(reader.get());
        require_ok(measured::c_claim_commit(writer.get()));
        take_one(reader.get());
        require_ok(measured::c_write_many(writer.get(), many.data(), &count));
        require(count == batch);
        require_ok(measured::c_acquire_many(reader.get(), frames.data(), &count));
        require(count == batch);
        require_ok(measured::c_release_many(frames.data()));
    }
}

}  // namespace zerobuffer::perf
