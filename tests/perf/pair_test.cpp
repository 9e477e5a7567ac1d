// SPDX-License-Identifier: MIT
#include "pair.hpp"

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <string>

#include <sched.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace zerobuffer::perf {
namespace {

struct Seen {
    std::atomic<int> cpu[2];
    std::atomic<int> process[2];
};

void stay() {
    for (;;) {
        pause();
    }
}

[[noreturn]] void interrupt_self(const Cpus& cpus) {
    take_interrupts();
    const pid_t self = getpid();
    try {
        run_pair(
            cpus, [=] { kill(self, SIGINT); }, stay);
    } catch (const Interrupted&) { _exit(130); }
    _exit(0);
}

class Pair : public testing::Test {
protected:
    void SetUp() override {
        const std::vector<int> allowed = allowed_cpus();
        if (allowed.size() < 2) { GTEST_SKIP() << "needs two CPUs"; }
        cpus_ = {allowed[0], allowed[1]};
    }

    std::string failure_of(const std::function<void()>& first, const std::function<void()>& second,
                           std::chrono::seconds limit = std::chrono::seconds(60)) {
        try {
            run_pair(cpus_, first, second, limit);
        } catch (const PairFailure& failure) { return failure.what(); }
        return {};
    }

    Cpus cpus_;
};

TEST_F(Pair, RunsTwoProcessesEachOnItsCpu) {
    const Shared<Seen> seen;
    const auto note = [&](int index) {
        // Read by the parent after both children were reaped.
        seen->cpu[index].store(sched_getcpu(), std::memory_order_relaxed);
        seen->process[index].store(getpid(), std::memory_order_relaxed);
    };
    run_pair(
        cpus_, [&] { note(0); }, [&] { note(1); });
    EXPECT_EQ(seen->cpu[0].load(std::memory_order_relaxed), cpus_.first);
    EXPECT_EQ(seen->cpu[1].load(std::memory_order_relaxed), cpus_.second);
    EXPECT_NE(seen->process[0].load(std::memory_order_relaxed), seen->process[1].load(std::memory_order_relaxed));
    EXPECT_NE(seen->process[0].load(std::memory_order_relaxed), getpid());
}

TEST_F(Pair, ReportsWhatAProcessThrewAndEndsTheOther) {
    EXPECT_EQ(failure_of([] { throw std::runtime_error("no ring"); }, stay), "first process: no ring");
    EXPECT_EQ(failure_of(stay, [] { throw std::runtime_error("no room"); }), "second process: no room");
}

TEST_F(Pair, ReportsAProgramThatFailed) {
    EXPECT_EQ(failure_of([] { execl("/bin/sh", "sh", "-c", "exit 7", nullptr); }, [] {}), "first process: exit code 7");
}

TEST_F(Pair, EndsBothAtTheLimit) { EXPECT_EQ(failure_of(stay, stay, std::chrono::seconds(0)), "no result after 0 s"); }

// In a process of its own: taking interrupts is for the rest of a process's life.
TEST_F(Pair, EndsBothWhenTheUserInterrupts) { EXPECT_EXIT(interrupt_self(cpus_), testing::ExitedWithCode(130), ""); }

}  // namespace
}  // namespace zerobuffer::perf
