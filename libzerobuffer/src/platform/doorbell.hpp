// SPDX-License-Identifier: MIT
// Sleeping on a 32-bit word in shared memory, and waking who sleeps there. man 2 futex, shared flavour.
#pragma once

#include <cstdint>

namespace zerobuffer::platform {

enum class Woken { rung, timeout, interrupted };

// Sleeps while the word is `value`, at most `nanoseconds` of monotonic time. May wake early for no reason.
Woken sleep_on(const std::uint32_t& word, std::uint32_t value, std::int64_t nanoseconds) noexcept;

// Wakes everybody who sleeps on the word.
void wake(const std::uint32_t& word) noexcept;

}  // namespace zerobuffer::platform
