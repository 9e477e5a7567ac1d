// SPDX-License-Identifier: MIT
// Layout v1: the wire protocol of ZeroBuffer 1.0, byte-exact, as docs/format.md states it. The control block (OIEB) has 128
// bytes; frames are packed without padding; a header of size 0 is a wrap marker; a tail below 16 bytes is one by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <zerobuffer/options.hpp>

#include "wire/geometry.hpp"

namespace zerobuffer::wire {

inline constexpr std::uint64_t block_unit_v1 = 64;
inline constexpr std::uint64_t header_size_v1 = 16;  // u64 payload size, u64 sequence; at any byte offset

struct ControlV1 {
    std::uint32_t oieb_size;  // 128
    std::uint8_t version[4];  // 1.0.0.0
    std::uint64_t metadata_size;
    std::uint64_t metadata_free_bytes;
    std::uint64_t metadata_written_bytes;
    std::uint64_t payload_size;
    std::uint64_t payload_free_bytes;     // both sides, atomic add and subtract
    std::uint64_t payload_write_pos;      // writer; capacity and 0 mean the same
    std::uint64_t payload_read_pos;       // reader, moved when a frame is taken, not when it is released
    std::uint64_t payload_written_count;  // writer; frames and markers
    std::uint64_t payload_read_count;     // reader; frames and markers
    std::uint64_t writer_pid;             // 0: none
    std::uint64_t reader_pid;             // 0: none
    std::uint64_t reserved[4];
};
static_assert(sizeof(ControlV1) == 128);
static_assert(offsetof(ControlV1, metadata_size) == 0x08);
static_assert(offsetof(ControlV1, metadata_free_bytes) == 0x10);
static_assert(offsetof(ControlV1, metadata_written_bytes) == 0x18);
static_assert(offsetof(ControlV1, payload_size) == 0x20);
static_assert(offsetof(ControlV1, payload_free_bytes) == 0x28);
static_assert(offsetof(ControlV1, payload_write_pos) == 0x30);
static_assert(offsetof(ControlV1, payload_read_pos) == 0x38);
static_assert(offsetof(ControlV1, payload_written_count) == 0x40);
static_assert(offsetof(ControlV1, payload_read_count) == 0x48);
static_assert(offsetof(ControlV1, writer_pid) == 0x50);
static_assert(offsetof(ControlV1, reader_pid) == 0x58);

struct LayoutV1 {
    static constexpr Layout id = Layout::v1;
    using Control = ControlV1;

    static constexpr std::uint64_t largest_frame(std::uint64_t capacity) noexcept { return capacity - header_size_v1; }

    static Geometry plan(std::string_view name, const Options& options);
    // Initialises a zero-filled segment; oieb_size is stored last, with release.
    static void format(ControlV1& control, const Geometry& geometry, std::uint64_t reader_pid) noexcept;
    static Geometry check(std::string_view name, const ControlV1& control, std::uint64_t file_size);
};

}  // namespace zerobuffer::wire
