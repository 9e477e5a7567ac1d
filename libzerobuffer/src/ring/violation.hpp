// SPDX-License-Identifier: MIT
// What a ring found in shared memory that no correct peer writes. Plain data, so that the hot path stays free of strings;
// endpoint turns it into the message.
#pragma once

#include <cstdint>

namespace zerobuffer::ring {

struct Violation {
    const char* field = nullptr;  // static storage; nullptr: none
    std::uint64_t found = 0;
    std::uint64_t expected = 0;
};

enum class Room { there, full, too_large, corrupt };
enum class Take { taken, none, corrupt };

}  // namespace zerobuffer::ring
