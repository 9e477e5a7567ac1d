// SPDX-License-Identifier: MIT
// The input of every fuzz target: records of eight bytes. The first one sets the scene, each further one is a step. The
// mutator adds, drops, moves and repeats whole records, so that a step keeps its meaning wherever it goes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>

namespace zerobuffer::fuzz {

struct Record {
    std::uint8_t step = 0;
    std::uint8_t a = 0;
    std::uint8_t b = 0;
    std::uint8_t c = 0;
    std::uint32_t number = 0;
};
static_assert(sizeof(Record) == 8);

class Records {
public:
    Records(const std::uint8_t* data, std::size_t size) noexcept : rest_(data, size) {}

    /// What is missing of the last one is zero; nothing after that.
    std::optional<Record> next() noexcept {
        if (rest_.empty()) { return std::nullopt; }
        Record record;
        const std::size_t size = std::min(sizeof record, rest_.size());
        std::memcpy(&record, rest_.data(), size);
        rest_ = rest_.subspan(size);
        return record;
    }

private:
    std::span<const std::uint8_t> rest_;
};

/// What a liar writes where `now` stands: limits, neighbours of limits, and anything at all.
inline std::uint64_t lie(std::uint8_t kind, std::uint32_t number, std::uint64_t now, std::uint64_t capacity) noexcept {
    const auto near = static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int8_t>(number)));
    constexpr std::uint64_t most = ~std::uint64_t{0};
    switch (kind % 16) {
        case 0:
            return 0;
        case 1:
            return 1;
        case 2:
            return most;
        case 3:
            return std::uint64_t{1} << 63U;
        case 4:
            return most >> 1U;
        case 5:
            return capacity + near;
        case 6:
            return now + near;
        case 7:
            return number;
        case 8:
            return std::uint64_t{number} << 32U | number;
        case 9:
            return most - number;
        case 10:
            return now ^ (std::uint64_t{1} << number % 64U);
        case 11:
            return capacity - 128 + near;
        case 12:
            return (std::uint64_t{1} << 32U) + near;
        case 13:
            return most - 2 * capacity + near;
        case 14:
            return number % 64;
        default:
            return capacity * (number % 256) + (number >> 8U) % 64;
    }
}

/// A promise that does not hold ends the program; the fuzzer keeps the input.
inline void require(bool holds, const char* promise) noexcept {
    if (holds) { return; }
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

/// Reads every cache line and the last byte, as a user of the frame would.
inline void read_all(const std::byte* data, std::uint64_t size) noexcept {
    const auto read = [&](std::uint64_t i) { static_cast<void>(*static_cast<const volatile std::byte*>(data + i)); };
    for (std::uint64_t i = 0; i < size; i += 64) {
        read(i);
    }
    if (size != 0) { read(size - 1); }
}

}  // namespace zerobuffer::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
