// SPDX-License-Identifier: MIT
// Images of segments in tests/data, and the bytes of a struct to compare with them.
#pragma once

#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace zerobuffer {

/// The first `size` bytes of a segment. An image of v2 ends with its last byte that is not zero.
inline std::vector<std::byte> golden(const std::string& image, std::size_t size) {
    std::ifstream file(std::string(GOLDEN_FOLDER) + "/" + image, std::ios::binary);
    if (!file) { throw std::runtime_error("no image " + image); }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto bytes = std::as_bytes(std::span(text));
    std::vector<std::byte> segment(bytes.begin(), bytes.end());
    segment.resize(size);
    return segment;
}

template <class Struct>
std::vector<std::byte> bytes_of(const Struct& plain) {
    std::vector<std::byte> bytes(sizeof plain);
    std::memcpy(bytes.data(), &plain, sizeof plain);
    return bytes;
}

}  // namespace zerobuffer
