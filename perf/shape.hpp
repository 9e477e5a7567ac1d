// SPDX-License-Identifier: MIT
// The frames of a case and the ring they go through: how large, how aligned, and what is done with their bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace zerobuffer::perf {

/// none: the payload is left alone, as by an application that works in place. every: the writer writes each byte in place,
/// the reader reads each. copy: in at the writer, out at the reader.
enum class Touch { none, every, copy };

struct Shape {
    std::uint64_t frame = 0;
    std::uint32_t alignment = 64;
    std::uint64_t capacity = 0;
    Touch touch = Touch::none;
};

/// Private memory of one process that frames are copied from and to; every page is touched beforehand.
inline std::vector<std::byte> scratch(std::uint64_t size) { return std::vector<std::byte>(size, std::byte{0x5a}); }

}  // namespace zerobuffer::perf
