// SPDX-License-Identifier: MIT
// What waiting needs to know about processors.
#pragma once

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

// Processors that this thread may run on. Spinning on a single one would keep the peer from running.
int available_cpus() noexcept;

}  // namespace zerobuffer::platform
