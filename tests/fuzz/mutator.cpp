// SPDX-License-Identifier: MIT
// Mutates an input record by record, now and then byte by byte as libFuzzer does by itself.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>

#include "records.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace zerobuffer::fuzz {
namespace {

constexpr std::size_t unit = sizeof(Record);

std::size_t below(std::minstd_rand& random, std::size_t limit) { return random() % limit; }

// Opens a gap of one record before record `at`.
std::size_t make_room(std::uint8_t* data, std::size_t size, std::size_t at) {
    std::memmove(data + (at + 1) * unit, data + at * unit, size - at * unit);
    return size + unit;
}

std::size_t drop(std::uint8_t* data, std::size_t size, std::size_t at) {
    std::memmove(data + at * unit, data + (at + 1) * unit, size - (at + 1) * unit);
    return size - unit;
}

std::size_t change(std::uint8_t* data, std::size_t size, std::size_t at, std::minstd_rand& random) {
    constexpr std::size_t fields[][2] = {{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 4}};
    const auto& [offset, width] = fields[below(random, 5)];
    LLVMFuzzerMutate(data + at * unit + offset, width, width);
    return size;
}

}  // namespace
}  // namespace zerobuffer::fuzz

using namespace zerobuffer::fuzz;

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned int seed) {
    std::minstd_rand random(seed);
    const std::size_t choice = below(random, 16);
    if (choice == 0 || size < 2 * unit) { return LLVMFuzzerMutate(data, size, most); }
    size -= size % unit;
    const std::size_t count = size / unit;
    const std::size_t at = below(random, count);
    const std::size_t other = below(random, count);
    if (choice <= 7 || size + unit > most) { return change(data, size, at, random); }
    if (choice <= 9) { return drop(data, size, 1 + below(random, count - 1)); }
    if (choice <= 11) {
        std::swap_ranges(data + at * unit, data + (at + 1) * unit, data + other * unit);
        return size;
    }
    std::uint8_t copy[unit];
    std::memcpy(copy, data + other * unit, unit);
    size = make_room(data, size, at);
    if (choice <= 13) {
        std::memcpy(data + at * unit, copy, unit);
    } else {
        for (std::size_t i = 0; i < unit; ++i) {
            data[at * unit + i] = static_cast<std::uint8_t>(random() >> 8U);
        }
    }
    return size;
}
