// SPDX-License-Identifier: MIT
#include "endpoint/metadata.hpp"

#include <algorithm>
#include <cstring>

#include "wire/shared_word.hpp"

namespace zerobuffer::endpoint {
namespace {

// The payload of a block may change while a reader copies it; word by word with relaxed loads that is a race of values, not
// of the language.
void copy_words(std::byte* to, const std::byte* from, std::uint64_t size) noexcept {
    for (std::uint64_t at = 0; at < size; ++at) {
        to[at] = wire::load_relaxed(from[at]);
    }
}

void store_words(std::byte* to, const std::byte* from, std::uint64_t size) noexcept {
    for (std::uint64_t at = 0; at < size; ++at) {
        wire::store_relaxed(to[at], from[at]);
    }
}

struct Found {
    const std::byte* bytes;
    std::uint64_t length;
};

// Length, then bytes; `written` counts both. Nothing if they do not agree: an old writer stores them one by one.
std::optional<Found> find(const std::byte* block, std::uint64_t written, std::uint64_t block_size,
                          ring::Violation& violation) noexcept {
    if (written > block_size) { violation = {"metadata_written_bytes", written, block_size}; }
    if (written < wire::metadata_prefix || written > block_size) { return std::nullopt; }
    const std::uint64_t length = wire::load_relaxed(*reinterpret_cast<const std::uint64_t*>(block));
    if (length > block_size - wire::metadata_prefix) {
        violation = {"metadata length", length, block_size - wire::metadata_prefix};
    }
    if (length > written - wire::metadata_prefix) { return std::nullopt; }
    return Found{block + wire::metadata_prefix, length};
}

Metadata copy(const std::optional<Found>& found) {
    if (!found) { return std::nullopt; }
    std::vector<std::byte> bytes(found->length);
    copy_words(bytes.data(), found->bytes, found->length);
    return bytes;
}

void store_block(std::byte* block, std::span<const std::byte> bytes) noexcept {
    wire::store_relaxed(*reinterpret_cast<std::uint64_t*>(block), std::uint64_t{bytes.size()});
    store_words(block + wire::metadata_prefix, bytes.data(), bytes.size());
}

// In place: what is there may be long.
bool equal(const Found& found, std::span<const std::byte> bytes) noexcept {
    return found.length == bytes.size() &&
           std::equal(bytes.begin(), bytes.end(), found.bytes,
                      [](std::byte own, const std::byte& theirs) { return own == wire::load_relaxed(theirs); });
}

}  // namespace

Metadata load_metadata(const wire::ControlV1& control, const std::byte* segment, const wire::Geometry& geometry,
                       ring::Violation& violation) {
    // metadata edge, pairs with store_metadata()
    const std::uint64_t written = wire::load_acquire(control.metadata_written_bytes);
    return copy(find(segment + geometry.metadata_offset, written, geometry.metadata_size, violation));
}

Metadata load_metadata(const wire::ControlV2& control, const std::byte* segment, const wire::Geometry& geometry,
                       ring::Violation& violation) {
    // A seqlock (Boehm, "Can seqlocks get along with programming language memory models?", 2012). Bounded: a writer that is
    // at it, or died at it, reads as none; the doorbell tells of the next try.
    for (int attempt = 0; attempt < 8; ++attempt) {
        // metadata edge, pairs with store_metadata()
        const std::uint64_t before = wire::load_acquire(control.metadata_version);
        if (before % 2 != 0) { continue; }
        const std::uint64_t written = wire::load_acquire(control.metadata_written_bytes);
        ring::Violation found;
        Metadata metadata = copy(find(segment + geometry.metadata_offset, written, geometry.metadata_size, found));
        std::atomic_thread_fence(std::memory_order_acquire);  // the copies above come before the look below
        if (wire::load_relaxed(control.metadata_version) == before) {
            violation = found;
            return metadata;
        }
    }
    return std::nullopt;
}

Published store_metadata(wire::ControlV1& control, std::byte* segment, const wire::Geometry& geometry,
                         std::span<const std::byte> bytes, bool) {
    ring::Violation ignored;
    const auto published = find(segment + geometry.metadata_offset, wire::load_acquire(control.metadata_written_bytes),
                                geometry.metadata_size, ignored);
    if (published) { return equal(*published, bytes) ? Published::unchanged : Published::conflict; }
    const std::uint64_t written = wire::metadata_prefix + bytes.size();
    store_block(segment + geometry.metadata_offset, bytes);
    wire::store_release(control.metadata_free_bytes, geometry.metadata_size - written);
    wire::store_release(control.metadata_written_bytes, written);  // metadata edge
    return Published::done;
}

Published store_metadata(wire::ControlV2& control, std::byte* segment, const wire::Geometry& geometry,
                         std::span<const std::byte> bytes, bool first) {
    const std::uint64_t version = wire::load_relaxed(control.metadata_version);
    // Odd: an earlier writer died in the middle, and what is there is nobody's.
    if (version % 2 == 0) {
        ring::Violation ignored;
        const auto published =
            find(segment + geometry.metadata_offset, wire::load_acquire(control.metadata_written_bytes),
                 geometry.metadata_size, ignored);
        if (published && equal(*published, bytes)) { return Published::unchanged; }
    }
    if (!first) { return Published::conflict; }
    const std::uint64_t odd = version | 1U;
    wire::store_release(control.metadata_version, odd);
    std::atomic_thread_fence(std::memory_order_release);  // the odd version comes before the bytes below
    const std::uint64_t written = wire::metadata_prefix + bytes.size();
    store_block(segment + geometry.metadata_offset, bytes);
    wire::store_release(control.metadata_free_bytes, geometry.metadata_size - written);
    wire::store_release(control.metadata_written_bytes, written);
    wire::store_release(control.metadata_version, odd + 1);  // metadata edge
    return Published::done;
}

}  // namespace zerobuffer::endpoint
