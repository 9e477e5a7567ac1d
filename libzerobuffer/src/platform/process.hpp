// SPDX-License-Identifier: MIT
// Process ids, for people and for v1 peers. Never the base of a decision between v2 peers.
#pragma once

#include <cstdint>

namespace zerobuffer::platform {

std::uint32_t process_id() noexcept;

// Whether a process of that number exists here. Another user's counts; one in another PID namespace cannot be seen.
bool process_exists(std::uint64_t pid) noexcept;

// 64 random bits that tell two buffers apart. Not a secret.
std::uint64_t random_id() noexcept;

}  // namespace zerobuffer::platform
