// SPDX-License-Identifier: MIT
#include "platform/fence.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "child.hpp"
#include "platform/clock.hpp"

namespace zerobuffer::platform {
namespace {

TEST(Membarrier, CanBeSwitchedOff) {
    EXPECT_EQ(outcome_of([] {
                  ::setenv("ZEROBUFFER_NO_MEMBARRIER", "1", 1);
                  EXPECT_FALSE(register_membarrier());
              }),
              0);
}

TEST(Membarrier, CanBeRegisteredAgain) { EXPECT_EQ(register_membarrier(), register_membarrier()); }

/// Two threads: each stores its own word, fences, and loads the other's. Both must never find what was there before: that
/// would be a sleeper and a ringer that miss each other.
class StoreThenLoad : public testing::Test {
protected:
    static constexpr int rounds = 3000;

    int missed(bool asymmetric) {
        return missed(rounds, asymmetric, [asymmetric] { sleeper_fence(asymmetric); });
    }

    template <class Fence>
    int missed(int count, bool asymmetric, Fence&& sleepers) {
        std::thread sleeper([&] { play(count, sleeping_, ringing_, saw_ringing_, sleepers); });
        play(count, ringing_, sleeping_, saw_sleeping_, [&] { ringer_fence(asymmetric); });
        sleeper.join();
        return missed_;
    }

private:
    template <class Fence>
    void play(int count, std::atomic<int>& own, std::atomic<int>& peers, std::atomic<int>& saw, Fence&& fence) {
        for (int round = 1; round <= count; ++round) {
            meet(2 * round - 1);
            own.store(round, std::memory_order_relaxed);
            fence();
            saw.store(peers.load(std::memory_order_relaxed), std::memory_order_relaxed);
            meet(2 * round);
            if (&own == &sleeping_ && saw_ringing_.load() != round && saw_sleeping_.load() != round) { ++missed_; }
        }
    }
    /// Both go on when both are here.
    void meet(int time) {
        arrived_.fetch_add(1);
        while (arrived_.load() < 2 * time) {
            std::this_thread::yield();
        }
    }

    std::atomic<int> sleeping_{0};
    std::atomic<int> ringing_{0};
    std::atomic<int> saw_sleeping_{0};
    std::atomic<int> saw_ringing_{0};
    std::atomic<int> arrived_{0};
    int missed_ = 0;
};

TEST_F(StoreThenLoad, OneOfTwoSeesTheOtherWithAFenceOnEachSide) { EXPECT_EQ(missed(false), 0); }

TEST_F(StoreThenLoad, OneOfTwoSeesTheOtherWithABarrierOnTheSleepersSide) {
    if (!register_membarrier()) { GTEST_SKIP() << "this kernel has no membarrier(2) for us"; }
    EXPECT_EQ(missed(true), 0);
}

TEST_F(StoreThenLoad, OneOfTwoSeesTheOtherAfterANapOfTheSleeper) {
    const auto nap = [] {
        sleeper_fence(false);
        sleep_for(stores_show_within);
    };
    EXPECT_EQ(missed(300, true, nap), 0);
}

}  // namespace
}  // namespace zerobuffer::platform
