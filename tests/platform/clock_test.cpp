// SPDX-License-Identifier: MIT
#include "platform/clock.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace zerobuffer::platform {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

std::int64_t monotonic() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

TEST(Now, IsTheMonotonicClockInNanoseconds) {
    const std::int64_t before = monotonic();
    const std::int64_t time = now();
    EXPECT_LE(before, time);
    EXPECT_LE(time, monotonic());
}

TEST(Deadline, PassesAtItsTimeAndNotBefore) {
    const Deadline deadline(1000, 50);
    EXPECT_EQ(deadline.at(), 1050);
    EXPECT_FALSE(deadline.passed(1049));
    EXPECT_TRUE(deadline.passed(1050));
    EXPECT_TRUE(deadline.passed(most));
}

TEST(Deadline, TellsWhatIsLeft) {
    const Deadline deadline(1000, 50);
    EXPECT_EQ(deadline.remaining(1000), 50);
    EXPECT_EQ(deadline.remaining(1050), 0);
    EXPECT_EQ(deadline.remaining(1060), -10);
}

TEST(Deadline, OfNoTimeHasPassedAtOnce) { EXPECT_TRUE(Deadline(1000, 0).passed(1000)); }

TEST(Deadline, NegativeMeansNever) {
    for (const std::int64_t timeout : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
        const Deadline deadline(1000, timeout);
        EXPECT_EQ(deadline.at(), most);
        EXPECT_FALSE(deadline.passed(most - 1));
    }
}

TEST(Deadline, SaturatesInsteadOfPassingTheEndOfTime) {
    EXPECT_EQ(Deadline(1000, most).at(), most);
    EXPECT_EQ(Deadline(1000, most - 999).at(), most);
    EXPECT_EQ(Deadline(1000, most - 1000).at(), most);
    EXPECT_EQ(Deadline(1000, most - 1001).at(), most - 1);
    EXPECT_EQ(Deadline(most, most).at(), most);
}

}  // namespace
}  // namespace zerobuffer::platform
