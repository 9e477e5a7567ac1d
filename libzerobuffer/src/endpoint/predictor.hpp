// SPDX-License-Identifier: MIT
// When the next frame (or room for one) will come, learned from when the last ones came: mean gap and mean deviation, as TCP
// estimates round trips (RFC 6298), and how late the own timed sleeps end. Private, one thread, no clock of its own.
#pragma once

#include <cstdint>

namespace zerobuffer::endpoint {

class Predictor {
public:
    Predictor() noexcept;

    // Absolute monotonic nanoseconds; all zero: no prediction, just sleep.
    struct Plan {
        std::int64_t sleep_until = 0;  // 0: do not sleep first
        std::int64_t spin_until = 0;   // 0: do not spin
    };

    // An awaited event came at `time`. `count` numbers events, so that those that needed no wait stretch no gap.
    void arrived(std::int64_t time, std::uint64_t count) noexcept;
    // A sleep that was to end by itself ended `late` nanoseconds after its time.
    void overslept(std::int64_t late) noexcept;
    [[nodiscard]] Plan plan(std::int64_t time) const noexcept;

private:
    std::int64_t last_time_ = 0;
    std::uint64_t last_count_ = 0;
    std::int64_t gap_ = 0;
    std::int64_t gap_deviation_ = 0;
    std::int64_t lateness_;
    std::int64_t lateness_deviation_;
    int samples_ = 0;
};

}  // namespace zerobuffer::endpoint
