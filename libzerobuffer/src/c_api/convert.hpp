// SPDX-License-Identifier: MIT
// From the structs of C++ to those of C, field by field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <zerobuffer/snapshot.hpp>
#include <zerobuffer/zerobuffer.h>

#include "wire/geometry.hpp"

namespace zerobuffer::c_api {

inline void fill(zb_stats& to, const Stats& from) noexcept {
    to = {from.frames,
          from.bytes,
          from.sequence,
          from.used,
          from.held,
          from.skipped,
          from.waits,
          from.sleeps,
          from.wakes,
          from.timeouts,
          from.resumed ? 1U : 0U,
          static_cast<std::uint32_t>(from.peer)};
}

inline void fill(zb_properties& to, const wire::Geometry& from) noexcept {
    to = {from.capacity, from.max_frame, from.metadata_size, static_cast<std::uint32_t>(from.layout), from.alignment};
}

// Copies `from` whole or not at all; `size` gets its length. Throws Error(too_large).
Status copy_out(const std::vector<std::byte>& from, void* to, std::uint64_t capacity, std::uint64_t& size);

}  // namespace zerobuffer::c_api
