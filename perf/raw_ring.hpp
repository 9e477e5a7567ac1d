// SPDX-License-Identifier: MIT
// Shared memory mapped twice back to back, with frames at the offsets where layout v2 puts them, and nothing else: no
// headers, no checks. Made before the fork; both processes then use it at the same address.
#pragma once

#include <cstddef>
#include <cstdint>

#include "shape.hpp"

namespace zerobuffer::perf {

class RawRing {
public:
    explicit RawRing(const Shape& shape);
    RawRing(const RawRing&) = delete;
    RawRing& operator=(const RawRing&) = delete;
    ~RawRing();

    /// Payload of the frame that begins at `position`.
    [[nodiscard]] std::byte* payload(std::uint64_t position) const noexcept {
        return memory_ + position % capacity_ + header_unit_;
    }
    [[nodiscard]] std::uint64_t stride() const noexcept { return stride_; }
    /// How far the writer may be ahead of the reader.
    [[nodiscard]] std::uint64_t room() const noexcept { return capacity_ - header_unit_; }
    /// Touches every page of both views, in this process: a fork does not hand page tables of shared memory down.
    void populate() const;

private:
    std::uint64_t capacity_;
    std::uint64_t header_unit_;
    std::uint64_t stride_;
    std::byte* memory_;
};

}  // namespace zerobuffer::perf
