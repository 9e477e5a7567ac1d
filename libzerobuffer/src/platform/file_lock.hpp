// SPDX-License-Identifier: MIT
// Locks that the kernel drops when their holder dies, however it dies: byte ranges of open file descriptions (v2, and v1
// between our own peers) and whole files (v1 lock files). True across PID namespaces, users and PID reuse.
// An inherited descriptor or mapping keeps such a lock alive: the descriptors here are close-on-exec, never mapped, and
// closed in forked children. man 2 fcntl, "Open file description locks".
#pragma once

#include <cstdint>
#include <string>

namespace zerobuffer::platform {

struct ByteRange {
    std::int64_t start;
    std::int64_t length;
};

// Takes an exclusive lock without waiting. False: somebody else holds part of it. Throws Error, which names `object`.
bool try_lock(int descriptor, ByteRange range, const std::string& object = "shared-memory file");
void unlock(int descriptor, ByteRange range) noexcept;
// Whether another open file description holds part of it. A failed query counts as held: nothing is removed on a guess.
bool is_locked(int descriptor, ByteRange range) noexcept;
// How long the lock is, taken in one call, that another open file description holds in it; 0: none. A failed query: 1.
std::int64_t locked_length(int descriptor, ByteRange range) noexcept;

// flock(2) on a whole file, as the old protocol does.
bool try_lock_file(int descriptor) noexcept;

}  // namespace zerobuffer::platform
