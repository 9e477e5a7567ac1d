// SPDX-License-Identifier: MIT
// Which names a buffer may have. Checked before the file system is touched.
#pragma once

#include <cstddef>
#include <string_view>

namespace zerobuffer::wire {

// Our own buffers; leaves room in 255 bytes for every prefix and suffix that any layout adds.
inline constexpr std::size_t longest_new_name = 200;
// Buffers of old peers: their semaphore files add ten bytes.
inline constexpr std::size_t longest_name = 245;

// 1 to 200 of [A-Za-z0-9._-], not starting with "." or "sem.". Throws Error(bad_name) that says what is wrong.
void check_new_name(std::string_view name);

// What an old peer may have made: 1 to 245 bytes without '/' and NUL, not "." or "..". Throws Error(bad_name).
void check_existing_name(std::string_view name);

}  // namespace zerobuffer::wire
