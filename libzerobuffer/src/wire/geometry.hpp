// SPDX-License-Identifier: MIT
// Sizes of one segment, fixed at its creation, checked once when it is opened, and never read from shared memory again.
#pragma once

#include <cstdint>

#include <zerobuffer/options.hpp>

namespace zerobuffer::wire {

struct Geometry {
    Layout layout = Layout::v2;
    std::uint64_t capacity = 0;         // bytes of the ring
    std::uint64_t metadata_size = 0;    // bytes of the metadata block, its length prefix included
    std::uint64_t metadata_offset = 0;  // from the start of the segment
    std::uint64_t payload_offset = 0;   // from the start of the segment
    std::uint64_t file_size = 0;        // bytes of the segment
    std::uint64_t max_frame = 0;        // largest payload
    std::uint32_t alignment = 1;        // of frames

    // Two segments of the same shape can replace each other without anybody noticing.
    [[nodiscard]] bool same_shape(const Geometry& other) const noexcept {
        return layout == other.layout && capacity == other.capacity && metadata_size == other.metadata_size &&
               alignment == other.alignment;
    }
};

// Length prefix of the metadata block, both layouts.
inline constexpr std::uint64_t metadata_prefix = 8;

// Larger rings than any machine maps; keeps every later sum of sizes far from overflow.
inline constexpr std::uint64_t largest_capacity = std::uint64_t{1} << 46U;
inline constexpr std::uint64_t largest_metadata = std::uint64_t{1} << 40U;

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) noexcept {
    return (value + unit - 1) / unit * unit;
}

constexpr bool is_power_of_two(std::uint64_t value) noexcept { return value != 0 && (value & (value - 1)) == 0; }

}  // namespace zerobuffer::wire
