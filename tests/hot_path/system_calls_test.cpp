// SPDX-License-Identifier: MIT
// The system is asked only to sleep and to wake, and neither happens while both sides are awake.
#include <sys/syscall.h>
#include <unistd.h>

#include "hot_path/system_calls.hpp"
#include "support/buffer_test.hpp"
#include "support/traced.hpp"

namespace zerobuffer::test {
namespace {

class Calls : public EveryLayout {
protected:
    /// Two processes, one frame at a time there and back: each waits for the other one every time.
    [[nodiscard]] std::optional<std::vector<SystemCalls>> trace_pair(WaitMode mode, std::uint64_t rounds) const {
        Options waiting = options();
        waiting.wait_mode = mode;
        waiting.wait_for_peer = deadline;
        const std::string back = unique_name();
        const auto caller = [&] {
            auto reader = Reader::create(back, waiting);
            auto writer = Writer::open(name_, waiting);
            mark();
            for (std::uint64_t number = 1; number <= rounds; ++number) {
                write_frame(writer, 100, number, forever);
                if (!holds(*reader.acquire(), 100, number)) { throw std::runtime_error("a wrong frame"); }
            }
            mark();
        };
        const auto echo = [&] {
            auto reader = Reader::create(name_, waiting);
            auto writer = Writer::open(back, waiting);
            static_cast<void>(reader.wait());
            mark();
            for (std::uint64_t number = 1; number <= rounds; ++number) {
                writer.write(reader.acquire()->bytes());
            }
            mark();
        };
        return trace({caller, echo});
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, Calls, layouts(), layout_name);

TEST_P(Calls, AreNoneForFramesThatNeedNoWait) {
    const auto calls = trace({[this] {
        auto reader = Reader::create(name_, options());
        auto writer = Writer::open(name_);
        const auto content = Pattern().bytes(200, 1);
        mark();
        for (int frame = 0; frame < 100'000; ++frame) {
            writer.write(content, no_wait);
            reader.acquire(no_wait)->release();
        }
        mark();
    }});
    if (!calls) { GTEST_SKIP() << ptrace_refused; }
    EXPECT_THAT(calls->front(), testing::IsEmpty());
}

TEST_P(Calls, OfATracedChildAreCounted) {
    const auto calls = trace({[] {
        mark();
        ::syscall(SYS_getuid);
        ::syscall(SYS_getuid);
        mark();
        ::syscall(SYS_getuid);
    }});
    if (!calls) { GTEST_SKIP() << ptrace_refused; }
    EXPECT_THAT(calls->front(), testing::ElementsAre(testing::Pair(SYS_getuid, 2)));
}

// Ten slices, in each a sleep and a look at the peer; however busy the machine is, there are not more.
TEST_P(Calls, AreAFewPerSliceForASideThatWaitsIdly) {
    constexpr std::uint64_t slices = 10;  // of 50 ms
    const auto calls = trace({[this] {
        auto reader = Reader::create(name_, options());
        auto writer = Writer::open(name_);
        mark();
        if (reader.acquire(500ms)) { throw std::runtime_error("a frame from nobody"); }
        mark();
    }});
    if (!calls) { GTEST_SKIP() << ptrace_refused; }
    std::uint64_t sum = 0;
    for (const auto& [call, count] : calls->front()) {
        sum += call == SYS_clock_gettime ? 0 : count;
    }
    EXPECT_GE(sum, slices);
    EXPECT_LE(sum, 4 * (slices + 1));
}

TEST_P(Calls, AreNoneForASpinningPairButALookAtThePeerNowAndThen) {
    if (::sysconf(_SC_NPROCESSORS_ONLN) < 2) { GTEST_SKIP() << "nobody spins on one processor"; }
    constexpr std::uint64_t rounds = 300;
    const auto both = trace_pair(WaitMode::spin, rounds);
    if (!both) { GTEST_SKIP() << ptrace_refused; }
    for (SystemCalls calls : *both) {
        // A peer that was not scheduled for a wait slice is looked at; clocks are read without the kernel where it helps.
        EXPECT_LT(calls[SYS_fcntl], rounds / 10);
        calls.erase(SYS_fcntl);
        calls.erase(SYS_clock_gettime);
        EXPECT_THAT(calls, testing::IsEmpty());
    }
}

TEST_P(Calls, AreOneToSleepAndOneToWakeForAPairThatSleepsForEveryFrame) {
    constexpr std::uint64_t rounds = 300;
    const auto start = std::chrono::steady_clock::now();
    const auto both = trace_pair(WaitMode::block, rounds);
    if (!both) { GTEST_SKIP() << ptrace_refused; }
    const auto slices = static_cast<std::uint64_t>((std::chrono::steady_clock::now() - start) / 50ms);
    for (SystemCalls calls : *both) {
        // The looks at the peer: one per slice, and at first one before each sleep until it is there.
        EXPECT_LT(calls[SYS_fcntl], slices + rounds / 10);
        EXPECT_LT(calls[SYS_futex], 2 * rounds + slices + rounds / 10);
        calls.erase(SYS_fcntl);
        calls.erase(SYS_futex);
        calls.erase(SYS_clock_gettime);
        EXPECT_THAT(calls, testing::IsEmpty());
    }
}

}  // namespace
}  // namespace zerobuffer::test
