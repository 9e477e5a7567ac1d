// SPDX-License-Identifier: MIT
// What waiting needs to know about processors.
#pragma once

#include <cstdint>

namespace zerobuffer::platform {

// Tells the processor that this is a spin loop: saves power and leaves the polled line to its writer.
inline void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("isb" ::: "memory");
#else
    asm volatile("" ::: "memory");
#endif
}

// Processors that this thread or the process `peer` may run on; 0, or a process that is not known here, adds none. Spinning
// on a single one would keep the peer from running. man 2 sched_getaffinity
int available_cpus(std::uint64_t peer = 0) noexcept;

}  // namespace zerobuffer::platform
