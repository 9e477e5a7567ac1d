// SPDX-License-Identifier: MIT
// Log-linear histogram: exact up to 511, then 256 steps per octave (0.4 %), up to 2^40. Plain data without pointers, so
// that one process fills it in shared memory and another reads it afterwards. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace zerobuffer::perf {

class Histogram {
public:
    void add(std::uint64_t value) noexcept;
    /// Also touches every page, so that no sample pays for it.
    void clear() noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// Smallest value added, 0 if there is none.
    [[nodiscard]] std::uint64_t least() const noexcept { return count_ == 0 ? 0 : least_; }
    /// Largest value added, 0 if there is none.
    [[nodiscard]] std::uint64_t largest() const noexcept { return largest_; }
    /// How many values lie in steps above the one that holds `value`.
    [[nodiscard]] std::uint64_t count_above(std::uint64_t value) const noexcept;
    /// Calls visit(middle, count) for every step that holds values, ascending.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (std::size_t step = 0; step < steps; ++step) {
            if (counts_[step] != 0) { visit(middle_of(step), counts_[step]); }
        }
    }
    /// The middle of the step that holds the given share of the values; 0 if there are none. share: 0 to 1.
    [[nodiscard]] double quantile(double share) const noexcept;

private:
    static constexpr unsigned step_bits = 8;
    static constexpr unsigned largest_bits = 40;
    static constexpr std::size_t steps = (largest_bits - step_bits + 1) << step_bits;

    static std::size_t step_of(std::uint64_t value) noexcept;
    static double middle_of(std::size_t step) noexcept;

    std::array<std::uint32_t, steps> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t least_ = UINT64_MAX;
    std::uint64_t largest_ = 0;
};

}  // namespace zerobuffer::perf
