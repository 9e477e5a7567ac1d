// SPDX-License-Identifier: MIT
// Sleeps that fail: time goes on as asked, and the processor is not burnt.
#include <cerrno>

#include "faults/interposed.h"
#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

class WaitingCalls : public EveryLayout {
protected:
    static InterposedCall sleeping_call() { return is_v1() ? CALL_SEM_CLOCKWAIT : CALL_FUTEX_WAIT; }

    /// How many sleeps of one wait of 60 ms failed with that error, the first `times` at most. It never ends early.
    unsigned failed_sleeps(int error, unsigned times, WaitMode mode) {
        Options waiting = options();
        waiting.wait_mode = mode;
        auto reader = Reader::create(name_, waiting);
        CallPlan plan{sleeping_call(), 1, times, error, nullptr, 0, 0, nullptr};
        const auto start = std::chrono::steady_clock::now();
        follow_plan(&plan);
        const bool ready = reader.wait(brief);
        follow_plan(nullptr);
        EXPECT_FALSE(ready);
        EXPECT_GE(std::chrono::steady_clock::now() - start, brief) << "it ended early";
        return plan.hit;
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, WaitingCalls, layouts(), layout_name);

TEST_P(WaitingCalls, InterruptedOnesGoOnWithTheRemainingTime) {
    for (const WaitMode mode : {WaitMode::adaptive, WaitMode::block}) {
        EXPECT_EQ(failed_sleeps(EINTR, 1000, mode), 1000U) << "it never slept so often";
    }
}

// One look per millisecond is what is left: about 60, and fewer on a busy machine.
TEST_P(WaitingCalls, RefusedOnesDoNotSpin) {
    for (const int error : {EPERM, ENOSYS, EINVAL}) {
        for (const WaitMode mode : {WaitMode::adaptive, WaitMode::block}) {
            const unsigned failed = failed_sleeps(error, ~0U, mode);
            EXPECT_GE(failed, 1U);
            EXPECT_LE(failed, 100U);
        }
    }
}

}  // namespace
}  // namespace zerobuffer::test
