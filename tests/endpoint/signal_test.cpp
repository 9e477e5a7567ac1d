// SPDX-License-Identifier: MIT
// Signals that arrive while a call waits.
#include <signal.h>
#include <sys/time.h>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

using Clock = std::chrono::steady_clock;

volatile sig_atomic_t signals_seen = 0;

// One signal each millisecond whose handler interrupts system calls.
class Interruptions {
public:
    Interruptions() {
        struct sigaction action {};
        action.sa_handler = [](int) { signals_seen = signals_seen + 1; };
        ::sigaction(SIGALRM, &action, &before_);
        signals_seen = 0;
        set(1000);
    }
    Interruptions(const Interruptions&) = delete;
    Interruptions& operator=(const Interruptions&) = delete;
    ~Interruptions() {
        set(0);
        ::sigaction(SIGALRM, &before_, nullptr);
    }

private:
    static void set(suseconds_t microseconds) {
        const itimerval interval{{0, microseconds}, {0, microseconds}};
        ::setitimer(ITIMER_REAL, &interval, nullptr);
    }
    struct sigaction before_ {};
};

class Signals : public EveryLayout {
protected:
    static Options blocking() {
        Options blocking = options();
        blocking.wait_mode = WaitMode::block;
        return blocking;
    }
    static Options interruptible() {
        Options interruptible = blocking();
        interruptible.interruptible = true;
        return interruptible;
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, Signals, layouts(), layout_name);

TEST_P(Signals, DoNotShortenAWait) {
    auto reader = Reader::create(name_, blocking());
    auto writer = Writer::open(name_, blocking());
    while (write_frame(writer, 1000, 1)) {}
    std::vector<Frame> held(writer.stats().frames);
    ASSERT_EQ(reader.acquire_many(held, no_wait), held.size());
    const std::vector<std::function<bool()>> waits = {
        [&] { return reader.acquire(70ms).has_value(); }, [&] { return reader.wait(70ms); },
        [&] { return reader.metadata(70ms).has_value(); }, [&] { return writer.claim(1000, 70ms).has_value(); }};
    for (const auto& wait : waits) {
        const Interruptions interruptions;
        const auto start = Clock::now();
        EXPECT_FALSE(wait());
        EXPECT_GE(Clock::now() - start, 70ms);
        EXPECT_GT(signals_seen, 0);
    }
}

TEST_P(Signals, EndAnInterruptibleWait) {
    auto reader = Reader::create(name_, interruptible());
    auto writer = Writer::open(name_, interruptible());
    while (write_frame(writer, 1000, 1)) {}
    std::vector<Frame> held(writer.stats().frames);
    ASSERT_EQ(reader.acquire_many(held, no_wait), held.size());
    const std::vector<std::pair<const char*, std::function<bool()>>> waits = {
        {"acquire", [&] { return reader.acquire(deadline).has_value(); }},
        {"wait", [&] { return reader.wait(deadline); }},
        {"metadata", [&] { return reader.metadata(deadline).has_value(); }},
        {"claim", [&] { return writer.claim(1000, deadline).has_value(); }}};
    for (const auto& [call, wait] : waits) {
        const Interruptions interruptions;
        EXPECT_THAT(failure_of(wait), says(Status::interrupted, name_, "interrupted by a signal", "call again"))
            << call;
    }
}

// Bindings look for signals of their own in between, which other threads may have received.
TEST_P(Signals, InterruptibleWaitEndsWithItsSliceWithoutOne) {
    auto reader = Reader::create(name_, interruptible());
    auto writer = Writer::open(name_, interruptible());
    const auto interrupted = has(Status::interrupted);
    EXPECT_THAT(failure_of([&] { return reader.acquire(1s); }), interrupted);
    EXPECT_THAT(failure_of([&] { return reader.wait(1s); }), interrupted);
    EXPECT_THAT(failure_of([&] { return reader.metadata(1s); }), interrupted);
    while (write_frame(writer, 1000, 1)) {}
    EXPECT_THAT(failure_of([&] { return writer.claim(1000, 1s); }), interrupted);
    static_cast<void>(reader.acquire_latest(no_wait));
}

TEST_P(Signals, InterruptibleWaitThatIsRungAgainAndAgainEndsAllTheSame) {
    auto reader = Reader::create(name_, interruptible());
    auto writer = Writer::open(name_);
    writer.publish_metadata(bytes_of("x"));
    std::atomic<bool> ended{false};
    std::thread ringer([&] {
        while (!ended) {
            writer.publish_metadata(bytes_of("x"));  // nothing new, but it rings
            std::this_thread::yield();
        }
    });
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::interrupted));
    ended = true;
    ringer.join();
}

TEST_P(Signals, InterruptibleWaitForAPeerEndsWithItsSlice) {
    auto reader = Reader::create(name_, interruptible());
    EXPECT_THAT(failure_of([&] { return reader.wait_for_peer(1s); }), has(Status::interrupted));
}

TEST_P(Signals, InterruptedWaitLosesNothing) {
    auto reader = Reader::create(name_, interruptible());
    auto writer = Writer::open(name_);
    {
        const Interruptions interruptions;
        EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::interrupted));
    }
    write_frame(writer, 10, 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
    EXPECT_FALSE(reader.acquire(1ms));
}

TEST_P(Signals, InterruptibleWaitShorterThanASliceEndsWithItsTime) {
    auto reader = Reader::create(name_, interruptible());
    EXPECT_FALSE(reader.acquire(5ms));
}

}  // namespace
}  // namespace zerobuffer::test
