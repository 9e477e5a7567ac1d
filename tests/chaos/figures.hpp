// SPDX-License-Identifier: MIT
// What a chaos run counts and measures.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace zerobuffer::test {

class Latencies {
public:
    void add(std::uint64_t nanoseconds) {
        if (nanoseconds != 0) { all_.push_back(nanoseconds); }
    }
    void print(const char* what) {
        std::sort(all_.begin(), all_.end());
        if (all_.empty()) { return; }
        std::printf("  %-52s p50 %8.3f  p99 %8.3f  max %8.3f ms  (%zu)\n", what, share(50), share(99), share(100),
                    all_.size());
    }

private:
    [[nodiscard]] double share(std::size_t percent) const {
        const std::size_t at = std::min(all_.size() - 1, all_.size() * percent / 100);
        return static_cast<double>(all_[at]) / 1e6;
    }

    std::vector<std::uint64_t> all_;
};

struct Figures {
    std::uint64_t cycles = 0;
    std::uint64_t frames = 0;  // taken by readers, those that came again once
    std::uint64_t writer_kills = 0;
    std::uint64_t reader_kills = 0;
    std::uint64_t closings = 0;
    std::uint64_t buffers = 1;
    std::uint64_t stops = 0;
    std::uint64_t faults = 0;
    Latencies writer_loss;   // seen by a reader that waited
    Latencies reader_loss;   // seen by a writer that waited
    Latencies writer_first;  // first new frame after a writer came
    Latencies reader_first;
};

}  // namespace zerobuffer::test
