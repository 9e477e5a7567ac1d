// SPDX-License-Identifier: MIT
// Replaces operator new of the program it is linked into.
#pragma once

#include <cstdint>

namespace zerobuffer::ring {

/// How often operator new was called.
std::uint64_t allocations();

}  // namespace zerobuffer::ring
