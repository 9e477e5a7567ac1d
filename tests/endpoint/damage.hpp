// SPDX-License-Identifier: MIT
// One way in which a segment is damaged, and what is said of it: the rows of the tables in damage_v1_test and damage_v2_test.
#pragma once

#include <functional>
#include <ostream>

#include "endpoint/image.hpp"
#include "support/buffer_test.hpp"

namespace zerobuffer::test {

struct Damage {
    const char* label;
    std::function<void(const Image&)> apply;
    Status status;
    const char* cause;
};

inline void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.label; }

template <class Word>
std::function<void(const Image&)> store(std::uint64_t offset, Word word) {
    return [=](const Image& image) { image.store<Word>(offset, word); };
}

inline std::function<void(const Image&)> resize(std::uint64_t size) {
    return [=](const Image& image) { image.resize(size); };
}

inline constexpr auto label_of = [](const auto& test) { return test.param.label; };

inline constexpr std::uint64_t huge = std::uint64_t{1} << 62U;

}  // namespace zerobuffer::test
