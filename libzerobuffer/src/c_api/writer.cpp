// SPDX-License-Identifier: MIT
// zb_writer_*: a zb_writer is a WriterEngine, a zb_claim is a ClaimLease.
#include <cstddef>
#include <span>
#include <string_view>

#include "c_api/boundary.hpp"
#include "c_api/convert.hpp"
#include "endpoint/engine.hpp"

using namespace zerobuffer;
using c_api::guarded;
using c_api::misuse;
using detail::ClaimLease;
using detail::WriterEngine;

static_assert(sizeof(zb_claim) == sizeof(ClaimLease) && offsetof(zb_claim, writer) == offsetof(ClaimLease, writer) &&
                  offsetof(zb_claim, ticket) == offsetof(ClaimLease, ticket),
              "a claim is one struct with two names");
// libstdc++ keeps a span as pointer and length: slices of the caller are read in place.
static_assert(sizeof(zb_slice) == sizeof(Bytes), "slices of C and of C++ are one");

namespace {

WriterEngine* engine(zb_writer* writer) noexcept { return reinterpret_cast<WriterEngine*>(writer); }
ClaimLease& lease(zb_claim* claim) noexcept { return *reinterpret_cast<ClaimLease*>(claim); }

const char* wrong(const zb_writer* writer, std::int64_t timeout, const void* argument) noexcept {
    if (writer == nullptr) { return "writer is NULL; pass what zb_writer_create or zb_writer_open gave"; }
    if (!c_api::is_timeout(timeout)) { return "timeout is negative; pass nanoseconds, 0, or ZB_FOREVER"; }
    return argument == nullptr ? "a pointer argument is NULL; pass where the bytes or the result are" : nullptr;
}

constexpr const char* null_data = "zb_writer_write: data is NULL but its size is not 0; pass the bytes";

bool has_null(const zb_slice* slices, std::uint64_t count) noexcept {
    for (std::uint64_t i = 0; i < count; ++i) {
        if (slices[i].data == nullptr && slices[i].size != 0) { return true; }
    }
    return false;
}

template <WriterEngine* make(std::string_view, const Options&)>
zb_status attach(const char* name, const zb_options* options, zb_writer** writer) noexcept {
    if (name == nullptr || writer == nullptr) { return misuse("zb_writer: name or result pointer is NULL; pass both"); }
    *writer = nullptr;
    return guarded([&] {
        *writer = reinterpret_cast<zb_writer*>(make(name, c_api::options_of(options)));
        return Status::ok;
    });
}

}  // namespace

zb_status zb_writer_create(const char* name, const zb_options* options, zb_writer** writer) {
    return attach<&WriterEngine::create>(name, options, writer);
}

zb_status zb_writer_open(const char* name, const zb_options* options, zb_writer** writer) {
    return attach<&WriterEngine::open>(name, options, writer);
}

void zb_writer_shutdown(zb_writer* writer) {
    if (writer != nullptr) { engine(writer)->close(); }
}

void zb_writer_close(zb_writer* writer) {
    if (writer != nullptr) { engine(writer)->dispose(); }
}

zb_status zb_writer_wait(zb_writer* writer, uint64_t size, int64_t timeout) {
    if (const char* problem = wrong(writer, timeout, writer)) { return misuse(problem); }
    return guarded([&] { return engine(writer)->wait(size, timeout); });
}

zb_status zb_writer_claim(zb_writer* writer, uint64_t size, int64_t timeout, zb_claim* claim) {
    if (const char* problem = wrong(writer, timeout, claim)) { return misuse(problem); }
    return guarded([&] { return engine(writer)->claim(size, lease(claim), timeout); });
}

zb_status zb_writer_commit(zb_claim* claim, uint64_t size, uint64_t* sequence) {
    if (claim == nullptr || claim->writer == nullptr) {
        return misuse("zb_writer_commit: this claim is not open; commit or abort each claim once");
    }
    return guarded([&] {
        const std::uint64_t number = engine(claim->writer)->commit(lease(claim), size);
        if (sequence != nullptr) { *sequence = number; }
        return Status::ok;
    });
}

zb_status zb_writer_abort(zb_claim* claim) {
    if (claim == nullptr || claim->writer == nullptr || !engine(claim->writer)->abort(lease(claim))) {
        return misuse("zb_writer_abort: this claim is not open; commit or abort each claim once");
    }
    return ZB_OK;
}

zb_status zb_writer_write(zb_writer* writer, const void* data, uint64_t size, int64_t timeout, uint64_t* sequence) {
    if (const char* problem = wrong(writer, timeout, writer)) { return misuse(problem); }
    if (data == nullptr && size != 0) { return misuse(null_data); }
    return guarded([&] {
        std::uint64_t number = 0;
        const Status status = engine(writer)->write({static_cast<const std::byte*>(data), size}, timeout, number);
        if (status == Status::ok && sequence != nullptr) { *sequence = number; }
        return status;
    });
}

zb_status zb_writer_writev(zb_writer* writer, const zb_slice* parts, uint64_t count, int64_t timeout,
                           uint64_t* sequence) {
    if (const char* problem = wrong(writer, timeout, count == 0 ? static_cast<const void*>(writer) : parts)) {
        return misuse(problem);
    }
    if (has_null(parts, count)) { return misuse(null_data); }
    return guarded([&] {
        std::uint64_t number = 0;
        const Status status =
            engine(writer)->write_parts({reinterpret_cast<const Bytes*>(parts), count}, timeout, number);
        if (status == Status::ok && sequence != nullptr) { *sequence = number; }
        return status;
    });
}

zb_status zb_writer_write_many(zb_writer* writer, const zb_slice* frames, uint64_t count, int64_t timeout,
                               uint64_t* written) {
    if (const char* problem = wrong(writer, timeout, written)) { return misuse(problem); }
    *written = 0;
    if (count != 0 && (frames == nullptr || has_null(frames, count))) {
        return misuse("zb_writer_write_many: a frame is NULL but its size is not 0; pass the bytes");
    }
    return guarded([&] {
        return engine(writer)->write_many({reinterpret_cast<const Bytes*>(frames), count}, timeout, *written);
    });
}

zb_status zb_writer_publish_metadata(zb_writer* writer, const void* data, uint64_t size) {
    const void* const needed = size == 0 ? static_cast<const void*>(writer) : data;
    if (const char* problem = wrong(writer, 0, needed)) { return misuse(problem); }
    return guarded([&] {
        engine(writer)->publish_metadata({static_cast<const std::byte*>(data), size});
        return Status::ok;
    });
}

zb_status zb_writer_wait_for_peer(zb_writer* writer, int64_t timeout) {
    if (const char* problem = wrong(writer, timeout, writer)) { return misuse(problem); }
    return guarded([&] { return engine(writer)->wait_for_peer(timeout); });
}

zb_status zb_writer_cancel(zb_writer* writer) {
    if (const char* problem = wrong(writer, 0, writer)) { return misuse(problem); }
    return guarded([&] {
        engine(writer)->cancel();
        return Status::ok;
    });
}

zb_status zb_writer_properties(zb_writer* writer, zb_properties* properties) {
    if (const char* problem = wrong(writer, 0, properties)) { return misuse(problem); }
    c_api::fill(*properties, engine(writer)->geometry());
    return ZB_OK;
}

zb_status zb_writer_stats(zb_writer* writer, zb_stats* stats) {
    if (const char* problem = wrong(writer, 0, stats)) { return misuse(problem); }
    return guarded([&] {
        c_api::fill(*stats, engine(writer)->stats());
        return Status::ok;
    });
}
