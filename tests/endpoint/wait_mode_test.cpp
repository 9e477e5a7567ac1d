// SPDX-License-Identifier: MIT
// Every way to wait, with and without the kernel's help for fences, on several processors and on one, delivers every frame.
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>

#include <cstdlib>
#include <thread>
#include <tuple>

#include "endpoint/image.hpp"
#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

// The library reads it whenever an endpoint attaches.
void use_membarrier(bool use) {
    if (use) {
        ::unsetenv("ZEROBUFFER_NO_MEMBARRIER");
    } else {
        ::setenv("ZEROBUFFER_NO_MEMBARRIER", "1", 1);
    }
}

std::string mode_name(WaitMode mode) {
    return mode == WaitMode::adaptive ? "adaptive" : mode == WaitMode::spin ? "spin" : "block";
}

using Ways = std::tuple<Layout, WaitMode, bool>;

class WaitModes : public BufferTest, public testing::WithParamInterface<Ways> {
protected:
    WaitModes() { use_membarrier(std::get<2>(GetParam())); }

    static Options options() {
        Options options = make_options(std::get<0>(GetParam()));
        options.wait_mode = std::get<1>(GetParam());
        return options;
    }
};

std::string ways_name(const testing::TestParamInfo<Ways>& info) {
    return testing::PrintToString(std::get<0>(info.param)) + "_" + mode_name(std::get<1>(info.param)) + "_" +
           (std::get<2>(info.param) ? "membarrier" : "without");
}

INSTANTIATE_TEST_SUITE_P(Ways, WaitModes,
                         testing::Combine(layouts(),
                                          testing::Values(WaitMode::adaptive, WaitMode::spin, WaitMode::block),
                                          testing::Bool()),
                         ways_name);

// One frame at a time there and back: each side waits for the other one every time.
TEST_P(WaitModes, PingPongDeliversEveryFrame) {
    constexpr std::uint64_t rounds = 400;
    const std::string back = unique_name();
    auto ping_reader = Reader::create(name_, options());
    auto pong_reader = Reader::create(back, options());
    auto ping_writer = Writer::open(name_, options());
    auto pong_writer = Writer::open(back, options());
    std::thread echo([&] {
        for (std::uint64_t number = 1; number <= rounds; ++number) {
            pong_writer.write(ping_reader.acquire()->bytes());
        }
    });
    for (std::uint64_t number = 1; number <= rounds; ++number) {
        write_frame(ping_writer, 100, number, forever);
        ASSERT_TRUE(holds(*pong_reader.acquire(), 100, number));
    }
    echo.join();
}

// The ring is full or empty most of the time: both sides wait in turn.
TEST_P(WaitModes, StreamDeliversEveryFrame) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_, options());
    std::thread stream([&] {
        for (std::uint64_t number = 1; number <= 3000; ++number) {
            write_frame(writer, 1000, number, forever);
        }
    });
    for (std::uint64_t number = 1; number <= 3000; ++number) {
        const auto frame = reader.acquire();
        ASSERT_EQ(frame->sequence(), number);
        ASSERT_TRUE(holds(*frame, 1000, number));
    }
    stream.join();
}

// A regular stream is what the adaptive mode predicts: it sleeps most of the gap and spins across the arrival.
TEST_P(WaitModes, RegularStreamDeliversEveryFrame) {
    constexpr long gap = 1'500'000;
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_, options());
    std::thread stream([&] {
        timespec next{};
        ::clock_gettime(CLOCK_MONOTONIC, &next);
        for (std::uint64_t number = 1; number <= 60; ++number) {
            // Every tenth frame is late, as frames of cameras are.
            next.tv_nsec += number % 10 == 0 ? 3 * gap : gap;
            next.tv_sec += next.tv_nsec / 1'000'000'000;
            next.tv_nsec %= 1'000'000'000;
            ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, nullptr);
            write_frame(writer, 100, number, forever);
        }
    });
    for (std::uint64_t number = 1; number <= 60; ++number) {
        ASSERT_TRUE(holds(*reader.acquire(), 100, number));
    }
    stream.join();
    EXPECT_GT(reader.stats().waits, 0);
}

class MixedFences : public BufferTest {};

// One process has membarrier, the other one naps: the word of each side tells the other.
TEST_F(MixedFences, PingPongDeliversEveryFrame) {
    constexpr std::uint64_t rounds = 400;
    for (const bool helped : {true, false}) {
        const std::string there = unique_name();
        const std::string back = unique_name();
        Child echo([&](const Line& line) {
            use_membarrier(helped);
            auto reader = Reader::create(there, make_options(Layout::v2));
            auto writer = Writer::create(back, make_options(Layout::v2));
            line.put(1);
            for (std::uint64_t number = 1; number <= rounds; ++number) {
                writer.write(reader.acquire(deadline)->bytes());
            }
        });
        use_membarrier(!helped);
        echo.line().take();
        auto writer = Writer::open(there);
        auto reader = Reader::open(back);
        for (std::uint64_t number = 1; number <= rounds; ++number) {
            write_frame(writer, 100, number, deadline);
            ASSERT_TRUE(holds(*reader.acquire(deadline), 100, number));
        }
        EXPECT_EQ(echo.wait(), 0);
    }
}

// A membarrier per frame would interrupt the peer at work.
TEST_F(MixedFences, SideThatAlwaysSleepsFencesThePlainWay) {
    Options blocking = make_options(Layout::v2);
    blocking.wait_mode = WaitMode::block;
    const auto reader = Reader::create(name_, blocking);
    EXPECT_EQ(Image(name_).load<std::uint32_t>(v2_offset::reader_fences), 0);
}

TEST_F(MixedFences, SideWithoutMembarrierNaps) {
    use_membarrier(false);
    const auto reader = Reader::create(name_, make_options(Layout::v2));
    EXPECT_EQ(Image(name_).load<std::uint32_t>(v2_offset::reader_fences), 2);
}

class OneProcessor : public EveryLayout {
protected:
    static void pin() {
        cpu_set_t all;
        CPU_ZERO(&all);
        ASSERT_EQ(::sched_getaffinity(0, sizeof all, &all), 0);
        cpu_set_t one;
        CPU_ZERO(&one);
        for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
            if (CPU_ISSET(cpu, &all)) { CPU_SET(cpu, &one); }
        }
        ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    }
    /// A wait on one processor is a sleep, unless its time is over before it comes to it.
    static void await_a_sleep(Reader& reader) {
        await(
            [&] {
                EXPECT_FALSE(reader.acquire(1ms));
                return reader.stats().sleeps == 1;
            },
            "a wait that sleeps");
    }
    static bool are_several() {
        cpu_set_t all;
        CPU_ZERO(&all);
        return ::sched_getaffinity(0, sizeof all, &all) == 0 && CPU_COUNT(&all) > 1;
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, OneProcessor, layouts(), layout_name);

TEST_P(OneProcessor, NobodySpinsAndEveryFrameArrives) {
    Child child([this](const Line&) {
        pin();
        Options spinning = options();
        spinning.wait_mode = WaitMode::spin;
        auto reader = Reader::create(name_, spinning);
        auto writer = Writer::open(name_, spinning);
        await_a_sleep(reader);
        std::thread stream([&] {
            for (std::uint64_t number = 1; number <= 300; ++number) {
                write_frame(writer, 2000, number, forever);
            }
        });
        for (std::uint64_t number = 1; number <= 300; ++number) {
            EXPECT_TRUE(holds(*reader.acquire(), 2000, number));
        }
        stream.join();
    });
    EXPECT_EQ(child.wait(), 0);
}

TEST_P(OneProcessor, PinnedReaderSpinsOnceItsWriterHasComeOnAnotherOne) {
    if (!are_several()) { GTEST_SKIP() << "this machine has one processor"; }
    Child child([this](const Line& line) {
        pin();
        Options spinning = options();
        spinning.wait_mode = WaitMode::spin;
        auto reader = Reader::create(name_, spinning);
        await_a_sleep(reader);
        line.put(1);
        line.take();
        EXPECT_FALSE(reader.acquire(1ms));
        EXPECT_EQ(reader.stats().sleeps, 1) << "this wait was no sleep";
        line.put(1);
        line.wait_for_end();
    });
    child.line().take();
    auto writer = Writer::open(name_);
    child.line().put(1);
    child.line().take();
    child.line().close();
    EXPECT_EQ(child.wait(), 0);
}

TEST_P(OneProcessor, SpinningReaderOnSeveralSleepsNot) {
    if (!are_several()) { GTEST_SKIP() << "this machine has one processor"; }
    Options spinning = options();
    spinning.wait_mode = WaitMode::spin;
    auto reader = Reader::create(name_, spinning);
    EXPECT_FALSE(reader.acquire(1ms));
    EXPECT_EQ(reader.stats().sleeps, 0);
}

}  // namespace
}  // namespace zerobuffer::test
