// SPDX-License-Identifier: MIT
// What the producers and consumers of the demo agree on: a frame is a preface of 64 bytes and then the payload, so that
// the payload keeps the alignment of the frame. The same in Python: examples/stream.py. Plain data, any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace demo {

/// Little-endian. The metadata of the stream says how long it is, so that a reader may skip what it does not know.
struct Preface {
    std::uint64_t committed_ns;  ///< CLOCK_MONOTONIC, one clock for all processes of a machine
    std::uint64_t place;         ///< offset in the segment's file where the payload was produced, or `nowhere`
    std::uint64_t checksum;      ///< of the payload, see checksum()
    std::uint64_t media_ns;      ///< time within the recording
    std::array<std::uint64_t, 4> reserved;
};
static_assert(sizeof(Preface) == 64);

/// The payload was not produced inside the segment: somebody had to copy it there.
inline constexpr std::uint64_t nowhere = UINT64_MAX;

/// Sum of little-endian 64-bit words, in blocks of 512 words whose sums are weighted by 1, 3, 5, ...: a lost, changed or
/// displaced block shows, and both a C++ loop and NumPy compute it at memory speed. The last word is filled with zeros.
inline std::uint64_t checksum(std::span<const std::byte> payload) {
    constexpr std::size_t block_size = 512 * sizeof(std::uint64_t);
    std::array<std::uint64_t, 512> words{};
    std::uint64_t total = 0;
    std::uint64_t weight = 1;
    while (!payload.empty()) {
        const std::size_t taken = std::min(block_size, payload.size());
        if (taken < block_size) { words.fill(0); }
        std::memcpy(words.data(), payload.data(), taken);
        std::uint64_t sum = 0;
        for (const std::uint64_t word : words) {
            sum += word;
        }
        total += weight * sum;
        weight += 2;
        payload = payload.subspan(taken);
    }
    return total;
}

}  // namespace demo
