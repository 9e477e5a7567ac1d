// SPDX-License-Identifier: MIT
#include "ticks.hpp"

#include <chrono>
#include <thread>

namespace zerobuffer::perf {

namespace {

double calibrate() {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    const std::uint64_t first = ticks();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::uint64_t last = ticks();
    const std::chrono::duration<double, std::nano> elapsed = Clock::now() - begin;
    return elapsed.count() / static_cast<double>(last - first);
}

}  // namespace

double nanoseconds_per_tick() {
    static const double rate = calibrate();
    return rate;
}

}  // namespace zerobuffer::perf
