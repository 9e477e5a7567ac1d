// SPDX-License-Identifier: MIT
// Guarded mode: a peer that truncates the segment makes an access beyond its new end fault. Inside a guarded range the
// handler puts a private page of zeros there and marks the range; every other SIGBUS goes to the handler that was
// installed before. Opt-in, because a signal handler is process-wide. man 2 sigaction.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace zerobuffer::platform {

class TruncationGuard {
public:
    // Sets `word`, if it is 0, to `value` from the handler when [begin, begin + size) faults. At most 256 ranges; Error(misuse) beyond.
    TruncationGuard(const std::byte* begin, std::uint64_t size, std::atomic<std::uint8_t>& word, std::uint8_t value);
    ~TruncationGuard();
    TruncationGuard(const TruncationGuard&) = delete;
    TruncationGuard& operator=(const TruncationGuard&) = delete;

private:
    std::size_t slot_;
};

}  // namespace zerobuffer::platform
