// SPDX-License-Identifier: MIT
#include "platform/cpu.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include "child.hpp"

namespace zerobuffer::platform {
namespace {

cpu_set_t own_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    EXPECT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
    return set;
}

TEST(AvailableCpus, AreThoseThatThisThreadMayRunOn) {
    const cpu_set_t set = own_cpus();
    EXPECT_EQ(available_cpus(), CPU_COUNT(&set));
}

TEST(AvailableCpus, AreOneForAThreadThatIsPinned) {
    const int outcome = outcome_of([] {
        const cpu_set_t set = own_cpus();
        int first = 0;
        while (!CPU_ISSET(first, &set)) {
            ++first;
        }
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(first, &one);
        EXPECT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
        EXPECT_EQ(available_cpus(), 1);
    });
    EXPECT_EQ(outcome, 0);
}

TEST(AvailableCpus, AreThoseOfThePeerToo) {
    const cpu_set_t all = own_cpus();
    if (CPU_COUNT(&all) < 2) { GTEST_SKIP() << "this machine has one processor"; }
    const auto pid = static_cast<std::uint64_t>(::getpid());
    const int outcome = outcome_of([&] {
        int first = 0;
        while (!CPU_ISSET(first, &all)) {
            ++first;
        }
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(first, &one);
        EXPECT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
        EXPECT_EQ(available_cpus(pid), CPU_COUNT(&all)) << "the parent may use them all";
        EXPECT_EQ(available_cpus(static_cast<std::uint64_t>(::getpid())), 1);
    });
    EXPECT_EQ(outcome, 0);
}

TEST(Pause, ComesBack) { pause(); }

}  // namespace
}  // namespace zerobuffer::platform
