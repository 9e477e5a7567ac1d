// SPDX-License-Identifier: MIT
// zb_reader_*: a zb_reader is a ReaderEngine, a zb_frame is a FrameLease.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "c_api/boundary.hpp"
#include "c_api/convert.hpp"
#include "endpoint/engine.hpp"

using namespace zerobuffer;
using c_api::guarded;
using c_api::misuse;
using detail::FrameLease;
using detail::ReaderEngine;

static_assert(sizeof(zb_frame) == sizeof(FrameLease) && offsetof(zb_frame, reader) == offsetof(FrameLease, reader) &&
                  offsetof(zb_frame, end) == offsetof(FrameLease, end),
              "a frame is one struct with two names");

namespace {

ReaderEngine* engine(zb_reader* reader) noexcept { return reinterpret_cast<ReaderEngine*>(reader); }
FrameLease& lease(zb_frame* frame) noexcept { return *reinterpret_cast<FrameLease*>(frame); }

// What every call checks first. Nothing: fine.
const char* wrong(const zb_reader* reader, std::int64_t timeout, const void* result) noexcept {
    if (reader == nullptr) { return "reader is NULL; pass what zb_reader_create or zb_reader_open gave"; }
    if (!c_api::is_timeout(timeout)) { return "timeout is negative; pass nanoseconds, 0, or ZB_FOREVER"; }
    return result == nullptr ? "the result pointer is NULL; pass where the result goes" : nullptr;
}

template <ReaderEngine* make(std::string_view, const Options&)>
zb_status attach(const char* name, const zb_options* options, zb_reader** reader) noexcept {
    if (name == nullptr || reader == nullptr) { return misuse("zb_reader: name or result pointer is NULL; pass both"); }
    *reader = nullptr;
    return guarded([&] {
        *reader = reinterpret_cast<zb_reader*>(make(name, c_api::options_of(options)));
        return Status::ok;
    });
}

}  // namespace

zb_status zb_reader_create(const char* name, const zb_options* options, zb_reader** reader) {
    return attach<&ReaderEngine::create>(name, options, reader);
}

zb_status zb_reader_open(const char* name, const zb_options* options, zb_reader** reader) {
    return attach<&ReaderEngine::open>(name, options, reader);
}

void zb_reader_shutdown(zb_reader* reader) {
    if (reader != nullptr) { engine(reader)->close(); }
}

void zb_reader_close(zb_reader* reader) {
    if (reader != nullptr) { engine(reader)->dispose(); }
}

zb_status zb_reader_wait(zb_reader* reader, int64_t timeout) {
    if (const char* problem = wrong(reader, timeout, reader)) { return misuse(problem); }
    return guarded([&] { return engine(reader)->wait(timeout); });
}

zb_status zb_reader_acquire(zb_reader* reader, int64_t timeout, zb_frame* frame) {
    if (const char* problem = wrong(reader, timeout, frame)) { return misuse(problem); }
    return guarded([&] { return engine(reader)->acquire(lease(frame), timeout); });
}

zb_status zb_reader_acquire_latest(zb_reader* reader, int64_t timeout, zb_frame* frame) {
    if (const char* problem = wrong(reader, timeout, frame)) { return misuse(problem); }
    return guarded([&] { return engine(reader)->acquire_latest(lease(frame), timeout); });
}

zb_status zb_reader_acquire_many(zb_reader* reader, uint64_t limit, int64_t timeout, zb_frame* frames,
                                 uint64_t* count) {
    if (const char* problem = wrong(reader, timeout, count)) { return misuse(problem); }
    *count = 0;
    if (frames == nullptr || limit == 0) {
        return misuse("zb_reader_acquire_many: no room for frames; pass an array and its size");
    }
    return guarded([&] {
        std::size_t taken = 0;
        const Status status = engine(reader)->acquire_many({&lease(frames), limit}, timeout, taken);
        *count = taken;
        return status;
    });
}

zb_status zb_reader_release(zb_frame* frame) {
    if (frame == nullptr || frame->reader == nullptr || !engine(frame->reader)->release(lease(frame))) {
        return misuse("zb_reader_release: this frame is not held; release each frame once");
    }
    return ZB_OK;
}

zb_status zb_reader_release_many(zb_frame* frames, uint64_t count) {
    if (count == 0) { return ZB_OK; }
    if (frames == nullptr) { return misuse("zb_reader_release_many: frames is NULL; pass the frames to release"); }
    const std::span<zb_frame> all(frames, count);
    const auto held =
        std::find_if(all.begin(), all.end(), [](const zb_frame& frame) { return frame.reader != nullptr; });
    const auto same = [&](const zb_frame& frame) { return frame.reader == held->reader; };
    if (held != all.begin() || !std::all_of(all.begin(), all.end(), same)) {
        return misuse("zb_reader_release_many: a frame is not held, or of another reader; nothing was released");
    }
    return engine(held->reader)->release_many({&lease(frames), count})
               ? ZB_OK
               : misuse("zb_reader_release_many: a frame was released before; release each frame once");
}

zb_status zb_reader_metadata(zb_reader* reader, int64_t timeout, void* buffer, uint64_t capacity, uint64_t* size) {
    if (const char* problem = wrong(reader, timeout, size)) { return misuse(problem); }
    return guarded([&] {
        std::optional<std::vector<std::byte>> metadata;
        const Status status = engine(reader)->metadata(timeout, metadata);
        return status == Status::ok ? c_api::copy_out(*metadata, buffer, capacity, *size) : status;
    });
}

zb_status zb_reader_wait_for_peer(zb_reader* reader, int64_t timeout) {
    if (const char* problem = wrong(reader, timeout, reader)) { return misuse(problem); }
    return guarded([&] { return engine(reader)->wait_for_peer(timeout); });
}

zb_status zb_reader_cancel(zb_reader* reader) {
    if (const char* problem = wrong(reader, 0, reader)) { return misuse(problem); }
    return guarded([&] {
        engine(reader)->cancel();
        return Status::ok;
    });
}

zb_status zb_reader_properties(zb_reader* reader, zb_properties* properties) {
    if (const char* problem = wrong(reader, 0, properties)) { return misuse(problem); }
    c_api::fill(*properties, engine(reader)->geometry());
    return ZB_OK;
}

zb_status zb_reader_stats(zb_reader* reader, zb_stats* stats) {
    if (const char* problem = wrong(reader, 0, stats)) { return misuse(problem); }
    return guarded([&] {
        c_api::fill(*stats, engine(reader)->stats());
        return Status::ok;
    });
}
