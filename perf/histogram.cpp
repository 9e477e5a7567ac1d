// SPDX-License-Identifier: MIT
#include "histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace zerobuffer::perf {

std::size_t Histogram::step_of(std::uint64_t value) noexcept {
    const std::uint64_t bounded = std::min(value, (std::uint64_t{1} << largest_bits) - 1);
    const auto width = static_cast<unsigned>(std::bit_width(bounded));
    const unsigned shift = width > step_bits + 1 ? width - step_bits - 1 : 0;
    return (static_cast<std::size_t>(shift) << step_bits) + static_cast<std::size_t>(bounded >> shift);
}

double Histogram::middle_of(std::size_t step) noexcept {
    const std::size_t octave = step >> step_bits;
    // The first two octaves share the shift 0: every value below 512 has a step of its own.
    const std::size_t shift = octave == 0 ? 0 : octave - 1;
    const double lowest = std::ldexp(static_cast<double>(step - (shift << step_bits)), static_cast<int>(shift));
    return lowest + (std::ldexp(1.0, static_cast<int>(shift)) - 1.0) / 2.0;
}

void Histogram::add(std::uint64_t value) noexcept {
    ++counts_[step_of(value)];
    ++count_;
    least_ = std::min(least_, value);
    largest_ = std::max(largest_, value);
}

void Histogram::clear() noexcept {
    counts_.fill(0);
    count_ = 0;
    least_ = UINT64_MAX;
    largest_ = 0;
}

std::uint64_t Histogram::count_above(std::uint64_t value) const noexcept {
    std::uint64_t above = 0;
    for (std::size_t step = step_of(value) + 1; step < steps; ++step) {
        above += counts_[step];
    }
    return above;
}

double Histogram::quantile(double share) const noexcept {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t step = 0; step < steps; ++step) {
        seen += counts_[step];
        if (counts_[step] != 0 && seen >= wanted) { return middle_of(step); }
    }
    return 0.0;
}

}  // namespace zerobuffer::perf
