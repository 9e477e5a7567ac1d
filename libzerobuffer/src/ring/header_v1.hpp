// SPDX-License-Identifier: MIT
// Frame headers of v1 lie at any byte offset: they are copied, never cast.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "wire/layout_v1.hpp"

namespace zerobuffer::ring {

struct HeaderV1 {
    std::uint64_t size;
    std::uint64_t sequence;
};
static_assert(sizeof(HeaderV1) == wire::header_size_v1);

inline HeaderV1 load_header(const std::byte* from) noexcept {
    HeaderV1 header;
    std::memcpy(&header, from, sizeof header);
    std::atomic_signal_fence(std::memory_order_acquire);  // the checks are on this copy: it is not made twice
    return header;
}

inline void store_header(std::byte* to, const HeaderV1& header) noexcept { std::memcpy(to, &header, sizeof header); }

inline constexpr HeaderV1 wrap_marker{0, 0};
inline bool is_marker(const HeaderV1& header) noexcept { return header.size == 0 && header.sequence == 0; }

}  // namespace zerobuffer::ring
