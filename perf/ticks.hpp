// SPDX-License-Identifier: MIT
// The clock of the measuring loops: the processor's counter, calibrated against the monotonic clock. Any thread.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#else
#include <chrono>
#endif

namespace zerobuffer::perf {

/// Without the fence the counter is read ahead of the load that ends a round trip, which reports trips of 20 ns.
inline std::uint64_t ticks() noexcept {
#if defined(__x86_64__)
    _mm_lfence();
    return __rdtsc();
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

/// For polling loops: leaves the line to the core that is about to write it.
inline void relax() noexcept {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield" ::: "memory");
#endif
}

/// Calibrated at the first call, which takes 50 ms; forked children inherit it.
double nanoseconds_per_tick();

}  // namespace zerobuffer::perf
