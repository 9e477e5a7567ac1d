// SPDX-License-Identifier: MIT
// The store-load fence of the doorbell, asymmetric where the kernel helps: the side about to sleep pays with
// membarrier(GLOBAL_EXPEDITED), which runs a full barrier on every processor that runs a registered process; the side that
// publishes frames then needs only a compiler barrier. Where the kernel does not, time does: a store shows by itself.
// man 2 membarrier; the argument is in docs/memory-model.md.
#pragma once

#include <atomic>
#include <cstdint>

namespace zerobuffer::platform {

// Registers this process for the barriers of others. False where the kernel or a sandbox refuses, or the environment
// variable ZEROBUFFER_NO_MEMBARRIER is set.
bool register_membarrier() noexcept;

// Nanoseconds. Store buffers empty by themselves, within microseconds at worst; the language asks for "a finite period of
// time" (C++20, [intro.progress]). Who waits for this long has waited for every store that was made before.
inline constexpr std::int64_t stores_show_within = 1'000'000;

// Sleeper, after it has announced and before it looks again. False: the kernel refused a membarrier that it had promised
// (a sandbox that came later), and only the own side was fenced.
bool sleeper_fence(bool asymmetric) noexcept;

// Ringer, after it has published and before it looks at the bell.
inline void ringer_fence(bool asymmetric) noexcept {
    if (asymmetric) {
        std::atomic_signal_fence(std::memory_order_seq_cst);  // the sleeper's membarrier does the rest
    } else {
        std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the fence in sleeper_fence()
    }
}

}  // namespace zerobuffer::platform
