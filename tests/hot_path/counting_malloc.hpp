// SPDX-License-Identifier: MIT
// Counts what this program takes from the heap, its libraries included: this program's malloc stands in for glibc's.
#pragma once

#include <cstdint>

namespace zerobuffer::test {

/// Allocations of all threads since the program began.
std::uint64_t allocations() noexcept;

}  // namespace zerobuffer::test
