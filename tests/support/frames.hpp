// SPDX-License-Identifier: MIT
// Frames that both ends make up for themselves: size and bytes follow from a seed and the number of the frame. The bytes
// are 64-bit words that differ from each other and from those of any other frame. frames.py does the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include <zerobuffer/zerobuffer.hpp>

namespace zerobuffer::test {

// splitmix64: every bit of the result depends on every bit of the state.
inline std::uint64_t mixed(std::uint64_t state) noexcept {
    state += 0x9e3779b97f4a7c15U;
    state = (state ^ (state >> 30U)) * 0xbf58476d1ce4e5b9U;
    state = (state ^ (state >> 27U)) * 0x94d049bb133111ebU;
    return state ^ (state >> 31U);
}

class Pattern {
public:
    explicit Pattern(std::uint64_t seed = 0) noexcept : seed_(seed) {}

    /// In 1..largest.
    [[nodiscard]] std::uint64_t size(std::uint64_t number, std::uint64_t largest) const noexcept {
        return 1 + mixed(mixed(seed_) ^ number) % largest;
    }

    void fill(std::span<std::byte> bytes, std::uint64_t number) const noexcept {
        each_word(bytes.size(), number, [&](std::size_t at, std::uint64_t word, std::size_t part) {
            std::memcpy(bytes.data() + at, &word, part);
            return true;
        });
    }

    [[nodiscard]] bool matches(std::span<const std::byte> bytes, std::uint64_t number) const noexcept {
        return each_word(bytes.size(), number, [&](std::size_t at, std::uint64_t word, std::size_t part) {
            return std::memcmp(bytes.data() + at, &word, part) == 0;
        });
    }

    [[nodiscard]] std::vector<std::byte> bytes(std::uint64_t size, std::uint64_t number) const {
        std::vector<std::byte> made(size);
        fill(made, number);
        return made;
    }

private:
    template <class Use>
    bool each_word(std::size_t size, std::uint64_t number, Use&& use) const noexcept {
        std::uint64_t word = mixed(mixed(seed_ + 1) ^ number);
        for (std::size_t at = 0; at < size; at += sizeof word, word += 0x9e3779b97f4a7c15U) {
            if (!use(at, word, size - at < sizeof word ? size - at : sizeof word)) { return false; }
        }
        return true;
    }

    std::uint64_t seed_;
};

/// Writes the frame of that number in place. Its sequence, or nothing when the ring stayed full.
inline std::optional<std::uint64_t> write_frame(Writer& writer, std::uint64_t size, std::uint64_t number,
                                                Timeout timeout = no_wait, Pattern pattern = Pattern()) {
    auto claim = writer.claim(size, timeout);
    if (!claim) { return std::nullopt; }
    pattern.fill(claim->bytes(), number);
    return claim->commit();
}

inline bool holds(const Frame& frame, std::uint64_t size, std::uint64_t number, Pattern pattern = Pattern()) {
    return frame.size() == size && pattern.matches(frame.bytes(), number);
}

}  // namespace zerobuffer::test
