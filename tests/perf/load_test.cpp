// SPDX-License-Identifier: MIT
#include "load.hpp"

#include <gtest/gtest.h>

namespace zerobuffer::perf {
namespace {

TEST(ParseStat, AddsIdleAndWaitingForDisksOfTheWholeMachine) {
    const MachineTime time = parse_stat(
        "cpu  10 20 30 400 5 6 7 8 0 0\n"
        "cpu0 5 10 15 200 2 3 3 4 0 0\n"
        "cpu1 5 10 15 200 3 3 4 4 0 0\n"
        "intr 1 2 3\n"
        "ctxt 99\n",
        100);
    EXPECT_EQ(time.idle, std::chrono::milliseconds(4050));
    EXPECT_EQ(time.cpus, 2U);
}

TEST(ParseStat, FindsNothingInOtherText) {
    const MachineTime time = parse_stat("btime 5\n", 100);
    EXPECT_EQ(time.idle, std::chrono::nanoseconds(0));
    EXPECT_EQ(time.cpus, 0U);
}

}  // namespace
}  // namespace zerobuffer::perf
