// SPDX-License-Identifier: MIT
// A frame that was taken and not yet released: where its bytes are, and the ring bytes that its release gives back.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ring/release_order.hpp"

namespace zerobuffer::ring {

struct Taken {
    const std::byte* data;
    std::uint64_t size;
    Extent extent;
};

}  // namespace zerobuffer::ring
