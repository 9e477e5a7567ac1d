// SPDX-License-Identifier: MIT
// How a failed expectation shows a Woken.
#pragma once

#include <array>
#include <ostream>

#include "platform/doorbell.hpp"

namespace zerobuffer::platform {

inline void PrintTo(Woken woken, std::ostream* out) {
    *out << std::array{"rung", "timeout", "interrupted"}.at(static_cast<std::size_t>(woken));
}

}  // namespace zerobuffer::platform
