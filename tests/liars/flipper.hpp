// SPDX-License-Identifier: MIT
// Flipper: rewrites words of a segment at full speed, as a hostile process with the permission to do so.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <zerobuffer/zerobuffer.hpp>

namespace zerobuffer::test {

/// Which words are hit. `harmless`: those that may cost a peer time, but never a frame.
enum class Target { everything, cursors, ring, metadata, harmless };
inline constexpr int target_count = 5;
const char* name_of(Target target);

class Flipper {
public:
    /// The segment under that name. Keeps its mapping when the name goes.
    Flipper(const std::string& name, Layout layout, std::uint64_t seed);
    Flipper(const Flipper&) = delete;
    Flipper& operator=(const Flipper&) = delete;
    ~Flipper();

    /// `count` flips with `pause` turns of a spin after each.
    void flip(Target target, std::uint64_t count, std::uint64_t pause);
    /// What the segment was at first: without it nobody knows it for a buffer that may be replaced.
    void repair_identity();

private:
    struct Word {
        std::uint64_t offset;
        unsigned width;
    };
    [[nodiscard]] Word choose(Target target);
    [[nodiscard]] std::uint64_t lie(std::uint64_t now);
    [[nodiscard]] std::uint64_t random() { return random_(); }

    Layout layout_;
    std::uint64_t size_ = 0;
    std::uint64_t capacity_ = 0;
    std::byte* segment_ = nullptr;
    std::array<std::byte, 0x80> identity_{};
    std::mt19937_64 random_;
};

}  // namespace zerobuffer::test
