// SPDX-License-Identifier: MIT
// What one pair of processes measures, and the record in shared memory that it fills. Plain data.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "histogram.hpp"
#include "ticks.hpp"

namespace zerobuffer::perf {

/// Nanoseconds: of a round trip, or of one frame of a stream (then the median is the mean and the others are missing).
struct Figures {
    double median = 0;
    std::optional<double> p99;
    std::optional<double> least;
};

/// How many frames are measured, after how many that are not.
struct Effort {
    std::uint64_t warm_up = 0;
    std::uint64_t frames = 0;
};

/// Every sample is `per_sample` units of `nanoseconds` each.
inline Figures figures_of(const Histogram& samples, double nanoseconds, double per_sample = 1.0) {
    const double scale = nanoseconds / per_sample;
    return {samples.quantile(0.5) * scale, samples.quantile(0.99) * scale,
            static_cast<double>(samples.least()) * scale};
}

/// Runs trip(number), numbers counting from 1, and samples each whole cycle: the end of one is the begin of the next.
template <class Trip>
void sample_trips(const Effort& effort, Histogram& samples, Trip&& trip) {
    samples.clear();
    std::uint64_t number = 0;
    while (number < effort.warm_up) {
        trip(++number);
    }
    std::uint64_t begin = ticks();
    while (number < effort.warm_up + effort.frames) {
        trip(++number);
        const std::uint64_t end = ticks();
        samples.add(end - begin);
        begin = end;
    }
}

/// Runs take(number) for every frame of a stream; returns the ticks that the measured ones took together.
template <class Take>
std::uint64_t time_stream(const Effort& effort, Take&& take) {
    std::uint64_t number = 0;
    while (number < effort.warm_up) {
        take(++number);
    }
    const std::uint64_t begin = ticks();
    while (number < effort.warm_up + effort.frames) {
        take(++number);
    }
    return ticks() - begin;
}

inline Figures figures_of_stream(std::uint64_t elapsed_ticks, const Effort& effort) {
    return {static_cast<double>(elapsed_ticks) * nanoseconds_per_tick() / static_cast<double>(effort.frames), {}, {}};
}

}  // namespace zerobuffer::perf
