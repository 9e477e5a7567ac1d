// SPDX-License-Identifier: MIT
// What sender and receiver do with the bytes of a frame: perf/CONTRACT.md.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>

#include <time.h>

#include "setup.hpp"
#include "words.hpp"

namespace zerobuffer::perf {

inline constexpr std::size_t header_size = 64;
/// The two times of a frame that is sent at a rate; in every frame they are left out of the sum.
inline constexpr std::size_t stamps_size = 16;

inline std::int64_t monotonic_now() noexcept {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

template <Handling touch, class Byte>
std::span<Byte> touched(std::span<Byte> bytes) noexcept {
    return touch == Handling::header ? bytes.first(std::min(bytes.size(), header_size)) : bytes;
}

template <Handling touch>
void write_payload(std::span<std::byte> frame, std::uint64_t number) noexcept {
    if constexpr (touch == Handling::none) { return; }
    write_words(touched<touch>(frame), number);
}

template <Handling touch>
void read_payload(std::span<const std::byte> frame, std::uint64_t number) {
    if constexpr (touch == Handling::none) { return; }
    const std::span<const std::byte> bytes = touched<touch>(frame).subspan(stamps_size);
    if (sum_of_words(bytes) != bytes.size() / sizeof number * number) {
        throw std::runtime_error("frame " + std::to_string(number) + " came with other bytes than were sent");
    }
}

inline void stamp(std::span<std::byte> frame, std::int64_t due) noexcept {
    const std::int64_t times[] = {monotonic_now(), due};
    std::memcpy(frame.data(), times, sizeof times);
}

struct Stamps {
    std::int64_t sent = 0;
    std::int64_t due = 0;
};

inline Stamps stamps_of(std::span<const std::byte> frame) noexcept {
    Stamps stamps;
    static_assert(sizeof stamps == stamps_size);
    std::memcpy(&stamps, frame.data(), sizeof stamps);
    return stamps;
}

}  // namespace zerobuffer::perf
