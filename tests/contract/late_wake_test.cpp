// SPDX-License-Identifier: MIT
// Late wake-ups under load: two sides on two processors exchange frames with random pauses, so that each sleeps and is woken
// thousands of times, in the midst of the other's announcing and ringing. A wake-up is late, and was lost, if a sleep ran out
// although the call of the other side that ended it, ring included, had returned a millisecond before. The kernel says which
// end a sleep had, so a busy machine makes nothing late: who was woken is woken, however long he waits for a processor.
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <zerobuffer/zerobuffer.hpp>

#include "endpoint/layout_sides.hpp"
#include "endpoint/reader_engine.hpp"
#include "endpoint/writer_engine.hpp"
#include "platform/clock.hpp"

namespace zerobuffer::endpoint {
namespace {

// One frame fits into 64 KiB, so that the sides take turns and no later event makes up for a wake-up that was lost.
constexpr std::uint64_t frame_size = 40'000;
constexpr std::uint64_t frames_that_fit = 1;
constexpr std::int64_t surely_before = 1'000'000;
constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max();

std::uint64_t frame_count() {
    const char* const asked = std::getenv("ZEROBUFFER_LATE_WAKE_FRAMES");
    return asked != nullptr ? std::strtoull(asked, nullptr, 10) : 3000;
}

// When the call returned that published, or released, the frame of that number. 0: not yet.
class Times {
public:
    explicit Times(std::uint64_t count) : times_(count + 1) {}
    void done(std::uint64_t number) { times_[number].store(platform::now(), std::memory_order_release); }
    [[nodiscard]] bool done_before(std::uint64_t number, std::int64_t time) const {
        const std::int64_t when = times_[number].load(std::memory_order_acquire);
        return when != 0 && when < time;
    }

private:
    std::vector<std::atomic<std::int64_t>> times_;
};

struct Watch {
    const Times* events = nullptr;
    std::uint64_t awaited = 0;
    std::uint64_t sleeps = 0;
    std::uint64_t late = 0;
    std::uint64_t unrung_every = 0;  // for the mutant: every so many rings are left out
    std::uint64_t rings = 0;
};

// The real side, whose sleeps are watched.
template <class Side>
class Watched : public Side {
public:
    using Side::Side;
    template <class Ready>
    platform::Woken sleep(Ready&& ready, std::int64_t nanoseconds) noexcept {
        const std::int64_t end = platform::now() + nanoseconds;
        const auto woken = Side::sleep(ready, nanoseconds);
        ++watch.sleeps;
        if (woken == platform::Woken::timeout && watch.events->done_before(watch.awaited, end - surely_before)) {
            ++watch.late;
        }
        return woken;
    }
    bool ring_peer() noexcept {
        if (watch.unrung_every != 0 && ++watch.rings % watch.unrung_every == 0) { return false; }
        return Side::ring_peer();
    }
    static inline Watch watch;
};
using WatchedReader = Watched<ReaderSideV2>;
using WatchedWriter = Watched<WriterSideV2>;

struct Dispose {
    void operator()(Endpoint* endpoint) const { endpoint->dispose(); }
};

void run_on(int processor) {
    cpu_set_t allowed;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    if (::sched_getaffinity(0, sizeof(allowed), &allowed) == 0 && CPU_ISSET(processor, &allowed)) {
        ::pthread_setaffinity_np(::pthread_self(), sizeof(one), &one);
    }
}

// Long enough to let the other side fall asleep, or so short that it is about to.
void pause(std::mt19937& random) {
    const std::int64_t length = random() % 2 == 0 ? random() % 300'000 : random() % 20'000;
    if (length > 20'000) { return platform::sleep_for(length); }
    for (const std::int64_t end = platform::now() + length; platform::now() < end;) {}
}

struct Way {
    WaitMode mode;
    bool has_membarrier;
};

class LateWakeUps : public testing::TestWithParam<Way> {
protected:
    LateWakeUps() {
        options_.capacity = 64U << 10U;
        options_.wait_mode = GetParam().mode;
        if (!GetParam().has_membarrier) { ::setenv("ZEROBUFFER_NO_MEMBARRIER", "1", 1); }
    }
    ~LateWakeUps() override { ::unsetenv("ZEROBUFFER_NO_MEMBARRIER"); }

    void exchange(std::uint64_t unrung_every) {
        WatchedReader::watch = {&published_, 0, 0, 0, 0, 0};
        WatchedWriter::watch = {&released_, 0, 0, 0, unrung_every, 0};
        const std::unique_ptr<ReaderOf<WatchedReader>, Dispose> reader(
            new ReaderOf<WatchedReader>(name_, options_, SegmentV2::create(Role::reader, name_, options_)));
        std::thread writing([&] { write(); });
        run_on(1);
        std::mt19937 random(2);
        for (std::uint64_t number = 1; number <= count_; ++number) {
            detail::FrameLease frame;
            WatchedReader::watch.awaited = number;
            ASSERT_EQ(reader->acquire(frame, no_end), Status::ok);
            pause(random);
            ASSERT_TRUE(reader->release(frame));
            released_.done(number);
        }
        writing.join();
    }

    void write() {
        run_on(0);
        const std::unique_ptr<WriterOf<WatchedWriter>, Dispose> writer(
            new WriterOf<WatchedWriter>(name_, options_, SegmentV2::open(Role::writer, name_, options_)));
        std::mt19937 random(1);
        const std::vector<std::byte> frame(frame_size);
        for (std::uint64_t number = 1; number <= count_; ++number) {
            WatchedWriter::watch.awaited = number > frames_that_fit ? number - frames_that_fit : 0;
            std::uint64_t sequence = 0;
            ASSERT_EQ(writer->write(frame, no_end, sequence), Status::ok);
            published_.done(number);
            pause(random);
        }
    }

    void report() const {
        std::printf("[ figures  ] %llu frames; reader: %llu sleeps, %llu late; writer: %llu sleeps, %llu late\n",
                    static_cast<unsigned long long>(count_),
                    static_cast<unsigned long long>(WatchedReader::watch.sleeps),
                    static_cast<unsigned long long>(WatchedReader::watch.late),
                    static_cast<unsigned long long>(WatchedWriter::watch.sleeps),
                    static_cast<unsigned long long>(WatchedWriter::watch.late));
    }

    const std::string name_ = "late-wake-" + std::to_string(::getpid());
    std::uint64_t count_ = frame_count();
    Options options_;
    Times published_{count_};
    Times released_{count_};
};

constexpr Way adaptive{WaitMode::adaptive, true};
constexpr Way adaptive_without_membarrier{WaitMode::adaptive, false};
constexpr Way block{WaitMode::block, true};

std::string way_name(const testing::TestParamInfo<Way>& info) {
    return std::string(info.param.mode == WaitMode::block ? "block" : "adaptive") +
           (info.param.has_membarrier ? "" : "_without_membarrier");
}

INSTANTIATE_TEST_SUITE_P(Ways, LateWakeUps, testing::Values(adaptive, adaptive_without_membarrier, block), way_name);

TEST_P(LateWakeUps, ThereAreNone) {
    exchange(0);
    report();
    EXPECT_GT(WatchedReader::watch.sleeps + WatchedWriter::watch.sleeps, count_ / 10);
    EXPECT_EQ(WatchedReader::watch.late, 0);
    EXPECT_EQ(WatchedWriter::watch.late, 0);
}

// Not of a side without membarrier: it looks again after its nap.
class LateWakeUpsOnPurpose : public LateWakeUps {};

INSTANTIATE_TEST_SUITE_P(Ways, LateWakeUpsOnPurpose, testing::Values(adaptive, block), way_name);

TEST_P(LateWakeUpsOnPurpose, AreCounted) {
    count_ = 500;
    // Whoever predicts is seldom asleep when the ring would come.
    exchange(GetParam().mode == WaitMode::adaptive ? 5 : 50);
    report();
    EXPECT_GT(WatchedReader::watch.late, 0);
}

}  // namespace
}  // namespace zerobuffer::endpoint
