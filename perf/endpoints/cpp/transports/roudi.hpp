// SPDX-License-Identifier: MIT
// RouDi, the daemon of iceoryx, for the life of this process.
#pragma once

#include <cstdint>

namespace zerobuffer::perf {

/// Starts it with `count` chunks of `size` bytes, and returns when it takes clients. It ends after this process has ended,
/// however that was. Call it once, before there are threads. An earlier one that is just ending is waited for, a foreign one
/// that stays is an error. Throws std::runtime_error.
void start_roudi(std::uint64_t size, std::uint64_t count);

/// CPU time that the daemon which this process started has used so far; 0 without one.
std::int64_t roudi_cpu_ns();

}  // namespace zerobuffer::perf
