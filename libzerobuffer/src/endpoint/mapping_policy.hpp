// SPDX-License-Identifier: MIT
// How an endpoint maps the payload, from its options.
#pragma once

#include <cstdint>

#include <zerobuffer/options.hpp>

#include "endpoint/role.hpp"
#include "platform/shared_file.hpp"
#include "wire/geometry.hpp"

namespace zerobuffer::endpoint {

// Touching more than this at attach would surprise; the option asks for it.
inline constexpr std::uint64_t largest_automatic_prefault = 64U << 20U;

// The part before the ring is as large as whoever made the buffer says: a file with holes costs its maker nothing.
inline bool wants_prefault(const Options& options, const wire::Geometry& geometry) noexcept {
    return options.prefault == Prefault::always ||
           (options.prefault == Prefault::automatic && geometry.capacity <= largest_automatic_prefault &&
            geometry.payload_offset <= largest_automatic_prefault);
}

// Readers cannot write into frames, whatever their libraries do, unless they asked for it.
inline platform::Access payload_access(Role role, const Options& options) noexcept {
    return role == Role::writer || options.writable ? platform::Access::read_write : platform::Access::read_only;
}

}  // namespace zerobuffer::endpoint
