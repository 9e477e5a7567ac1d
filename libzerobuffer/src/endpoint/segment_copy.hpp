// SPDX-License-Identifier: MIT
// The beginning of a segment as it was one moment, for whoever looks at it from outside and has no part in it: it may be
// anybody's file, sparse in a full folder or cut by its owner at any time, and looking must not end the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "platform/shared_file.hpp"

namespace zerobuffer::endpoint {

class SegmentCopy {
public:
    // Bytes [0, size), or as many as there are. Aligned as a mapping is, for the control blocks. Throws Error.
    SegmentCopy(const platform::SharedFile& file, std::uint64_t size)
        : lines_(size / sizeof(Line) + 1), size_(file.read(0, {data(), size})) {}

    [[nodiscard]] const std::byte* data() const noexcept { return lines_.data()->bytes; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

private:
    struct alignas(64) Line {
        std::byte bytes[64];
    };

    [[nodiscard]] std::byte* data() noexcept { return lines_.data()->bytes; }

    std::vector<Line> lines_;
    std::uint64_t size_;
};

}  // namespace zerobuffer::endpoint
