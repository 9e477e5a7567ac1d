// SPDX-License-Identifier: MIT
// Layout v2: the control block of 8 KiB and its rules, as docs/format.md states them. Little-endian, plain data.
// Positions only grow; offset = position % capacity. Who writes a line is part of the format.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <zerobuffer/options.hpp>

#include "wire/geometry.hpp"

namespace zerobuffer::wire {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

inline constexpr std::uint32_t version_v2 = 2;                 // major, minor, patch, reserved as four bytes: 2.0.0.0
inline constexpr std::uint64_t magic_v2 = 0x3230474e4952425a;  // "ZBRING02"
inline constexpr std::uint64_t segment_unit_v2 = 64U << 10U;   // pages have 4, 16 or 64 KiB
inline constexpr std::uint32_t frame_header_size = 16;

// In front of every frame. The sequence word is the commit: 0 means not there yet.
struct FrameHeader {
    std::uint64_t payload_size;
    std::uint64_t sequence;
};
static_assert(sizeof(FrameHeader) == frame_header_size);

// Written by one side only: the producer line by the writer, the consumer line by the reader.
struct alignas(128) CursorLine {
    std::uint64_t position;    // bytes produced / released
    std::uint64_t sequence;    // of the last frame produced / released; 0: none yet
    std::uint64_t generation;  // odd: attached; even, not 0: closed; 0: never came
    std::uint8_t reserved[104];
};
static_assert(sizeof(CursorLine) == 128);

// What a side does before it sleeps to see what its ringer published without a fence.
enum class SleepersFence : std::uint32_t {
    own = 0,         // nothing: the ringer must fence, too
    membarrier = 1,  // enough for a ringer that registered for it
    nap = 2,         // a first, short sleep, and another look: enough for every ringer
};

// One per side. A pair of words that the other side reads with one load after each publish.
struct alignas(128) DoorbellLine {
    std::uint32_t bell;    // 0 awake, 1 about to sleep: whoever publishes next must wake
    std::uint32_t fences;  // a SleepersFence
    std::uint8_t reserved[120];
};
static_assert(sizeof(DoorbellLine) == 128);

// Rare events in the life of the buffer, one writer each, for observers.
struct alignas(128) StatisticsLine {
    std::uint64_t waits;
    std::uint64_t sleeps;
    std::uint64_t wakes;
    std::uint64_t timeouts;
    std::uint64_t skipped;
    std::uint8_t reserved[88];
};
static_assert(sizeof(StatisticsLine) == 128);

struct ControlV2 {
    std::uint32_t oieb_size;  // 8192; with the version the last store of a creation
    std::uint32_t version;
    std::uint64_t metadata_size;
    std::uint64_t metadata_free_bytes;
    std::uint64_t metadata_written_bytes;
    std::uint64_t payload_size;
    std::uint64_t payload_offset;
    std::uint64_t metadata_offset;
    std::uint32_t alignment;
    std::uint32_t flags;
    std::uint64_t magic;
    std::uint64_t creation_id;
    std::uint64_t writer_pid;
    std::uint64_t reader_pid;
    std::uint64_t metadata_version;  // odd while the metadata is being written
    std::uint8_t reserved_identity[24];
    CursorLine producer;
    CursorLine consumer;
    DoorbellLine reader_doorbell;
    DoorbellLine writer_doorbell;
    StatisticsLine producer_statistics;
    StatisticsLine consumer_statistics;
    std::uint8_t reserved_lines[128];
    std::uint8_t reserved_consumers[16][256];  // fan-out and pipelines, zero for now
    std::uint8_t reserved_tail[0xc00];
};
static_assert(sizeof(ControlV2) == 8192);
static_assert(offsetof(ControlV2, metadata_size) == 0x08);
static_assert(offsetof(ControlV2, metadata_free_bytes) == 0x10);
static_assert(offsetof(ControlV2, metadata_written_bytes) == 0x18);
static_assert(offsetof(ControlV2, payload_size) == 0x20);
static_assert(offsetof(ControlV2, payload_offset) == 0x28);
static_assert(offsetof(ControlV2, metadata_offset) == 0x30);
static_assert(offsetof(ControlV2, alignment) == 0x38);
static_assert(offsetof(ControlV2, flags) == 0x3c);
static_assert(offsetof(ControlV2, magic) == 0x40);
static_assert(offsetof(ControlV2, creation_id) == 0x48);
static_assert(offsetof(ControlV2, writer_pid) == 0x50);
static_assert(offsetof(ControlV2, reader_pid) == 0x58);
static_assert(offsetof(ControlV2, metadata_version) == 0x60);
static_assert(offsetof(ControlV2, producer) == 0x80);
static_assert(offsetof(ControlV2, consumer) == 0x100);
static_assert(offsetof(ControlV2, reader_doorbell) == 0x180);
static_assert(offsetof(ControlV2, writer_doorbell) == 0x200);
static_assert(offsetof(ControlV2, producer_statistics) == 0x280);
static_assert(offsetof(ControlV2, consumer_statistics) == 0x300);
static_assert(offsetof(ControlV2, reserved_consumers) == 0x400);

struct LayoutV2 {
    static constexpr Layout id = Layout::v2;
    using Control = ControlV2;

    // Header plus the gap up to the payload; also the room that the cleared next header needs.
    static constexpr std::uint64_t header_unit(std::uint64_t alignment) noexcept {
        return alignment > frame_header_size ? alignment : frame_header_size;
    }
    // Ring bytes of one frame. `payload` is at most the capacity, so the sum cannot overflow.
    static constexpr std::uint64_t frame_size(std::uint64_t payload, std::uint64_t alignment) noexcept {
        return (header_unit(alignment) + payload + alignment - 1) & ~(alignment - 1);
    }
    static constexpr std::uint64_t largest_frame(std::uint64_t capacity, std::uint64_t alignment) noexcept {
        return capacity - 2 * header_unit(alignment);
    }

    // The shape of a new segment. Throws Error(misuse) that names the option.
    static Geometry plan(std::string_view name, const Options& options);
    // Initialises a zero-filled segment; its first eight bytes are stored last, with release.
    static void format(ControlV2& control, const Geometry& geometry, std::uint64_t creation_id) noexcept;
    // Checks a foreign control block. Throws Error(not_ready, incompatible or corrupt) that names field and value.
    static Geometry check(std::string_view name, const ControlV2& control, std::uint64_t file_size);
};

}  // namespace zerobuffer::wire
