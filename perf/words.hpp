// SPDX-License-Identifier: MIT
// Frames of which every byte is written and read: one number as 64-bit words, and the sum of words. Sizes are multiples of 8;
// layout v1 puts payloads at any byte, so words are copied and not cast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace zerobuffer::perf {

inline void write_words(std::span<std::byte> bytes, std::uint64_t number) noexcept {
    for (std::size_t at = 0; at < bytes.size(); at += sizeof number) {
        std::memcpy(&bytes[at], &number, sizeof number);
    }
}

inline std::uint64_t sum_of_words(std::span<const std::byte> bytes) noexcept {
    std::uint64_t sum = 0;
    for (std::size_t at = 0; at < bytes.size(); at += sizeof sum) {
        std::uint64_t word = 0;
        std::memcpy(&word, &bytes[at], sizeof word);
        sum += word;
    }
    return sum;
}

}  // namespace zerobuffer::perf
