// SPDX-License-Identifier: MIT
// What kill -9 leaves behind is taken over or replaced by whoever comes next. Nobody has to clean up by hand.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <functional>
#include <optional>
#include <random>

#include "endpoint/image.hpp"
#include "support/buffer_test.hpp"
#include "support/child.hpp"
#include "support/traced.hpp"

namespace zerobuffer::test {
namespace {

class Leftover : public BufferTest {
protected:
    /// A child makes the buffer, writes frames 1..count, takes `taken` of them, releases all but the last, and is killed.
    void leave(Layout layout, std::uint64_t count, std::uint64_t taken) const {
        Child child([&](const Line& line) {
            auto reader = Reader::create(name_, make_options(layout));
            auto writer = Writer::open(name_);
            for (std::uint64_t number = 1; number <= count; ++number) {
                write_frame(writer, 100, number);
            }
            std::optional<Frame> held;
            for (std::uint64_t i = 0; i < taken; ++i) {
                held = reader.acquire(no_wait);
            }
            line.put(count);
            line.wait_for_end();
        });
        EXPECT_EQ(child.line().take(), count);
        child.kill();
    }
    static Options replacing(Options options) {
        options.replace = true;
        return options;
    }
    static Options v1() { return make_options(Layout::v1); }
    static Options v2() { return make_options(Layout::v2); }
};

TEST_F(Leftover, ReaderTakesTheRingOverWithEveryFrameThatWasNotReleased) {
    leave(Layout::v2, 5, 3);
    auto reader = Reader::create(name_, v2());
    EXPECT_TRUE(reader.stats().resumed);
    EXPECT_EQ(reader.stats().sequence, 2);
    for (std::uint64_t number = 3; number <= 5; ++number) {
        const auto frame = reader.acquire(no_wait);
        EXPECT_EQ(frame->sequence(), number);
        EXPECT_TRUE(holds(*frame, 100, number));
    }
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::peer_died));
}

TEST_F(Leftover, WriterTakesTheRingOverBehindTheLastFrame) {
    leave(Layout::v2, 5, 0);
    auto writer = Writer::create(name_, v2());
    EXPECT_TRUE(writer.stats().resumed);
    EXPECT_EQ(writer.stats().sequence, 5);
    EXPECT_EQ(write_frame(writer, 100, 6), 6);
    auto reader = Reader::open(name_);
    for (std::uint64_t number = 1; number <= 6; ++number) {
        EXPECT_TRUE(holds(*reader.acquire(no_wait), 100, number));
    }
}

TEST_F(Leftover, OpenTakesTheRingOverAsCreateDoes) {
    leave(Layout::v2, 5, 5);
    auto writer = Writer::open(name_);
    auto reader = Reader::open(name_);
    EXPECT_EQ(write_frame(writer, 100, 6), 6);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 100, 5));
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 100, 6));
}

TEST_F(Leftover, ReplaceStartsAfresh) {
    leave(Layout::v2, 5, 0);
    auto reader = Reader::create(name_, replacing(v2()));
    EXPECT_FALSE(reader.stats().resumed);
    EXPECT_FALSE(reader.acquire(no_wait));
}

TEST_F(Leftover, OfV1IsReplacedByItsNextReader) {
    leave(Layout::v1, 5, 3);
    auto reader = Reader::create(name_, v1());
    EXPECT_FALSE(reader.acquire(no_wait));
    auto writer = Writer::open(name_);
    EXPECT_EQ(write_frame(writer, 100, 1), 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 100, 1));
}

TEST_F(Leftover, OfV1IsNotReadyForAWriter) {
    leave(Layout::v1, 5, 3);
    EXPECT_THAT(failure_of([&] { return Writer::open(name_); }),
                says(Status::not_ready, name_, "its reader is gone", "start a reader"));
    bury(name_);
}

TEST_F(Leftover, OfAnotherLayoutIsReplacedOnlyWhenAskedFor) {
    leave(Layout::v1, 5, 3);
    EXPECT_THAT(failure_of([&] { return Reader::create(name_, v2()); }), has(Status::incompatible));
    EXPECT_EQ(Reader::create(name_, replacing(v2())).layout(), Layout::v2);
    leave(Layout::v2, 5, 3);
    EXPECT_THAT(failure_of([&] { return Reader::create(name_, v1()); }), has(Status::incompatible));
    EXPECT_EQ(Reader::create(name_, replacing(v1())).layout(), Layout::v1);
}

TEST_F(Leftover, OfAnotherShapeIsReplacedOnlyWhenAskedFor) {
    leave(Layout::v2, 5, 3);
    const Options larger = make_options(Layout::v2, 128U << 10U);
    EXPECT_THAT(failure_of([&] { return Reader::create(name_, larger); }), has(Status::incompatible));
    EXPECT_EQ(Reader::create(name_, replacing(larger)).capacity(), larger.capacity);
}

TEST_F(Leftover, ReaderOfAKilledOneJoinsTheLiveWriter) {
    auto writer = Writer::create(name_, v2());
    {
        Child child([&](const Line& line) {
            auto reader = Reader::open(name_);
            line.put(1);
            line.wait_for_end();
        });
        EXPECT_EQ(child.line().take(), 1);
        EXPECT_TRUE(writer.wait_for_peer(deadline));
        child.kill();
    }
    EXPECT_EQ(writer.stats().peer, PeerState::died);
    auto reader = Reader::open(name_);
    EXPECT_EQ(writer.stats().peer, PeerState::attached);
    write_frame(writer, 100, 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 100, 1));
}

// Killed anywhere in creating and closing, a buffer is whole or not there.
TEST_F(Leftover, NameNeverMeansAHalfBuiltSegment) {
    std::mt19937_64 random(testing::UnitTest::GetInstance()->random_seed());
    for (int round = 0; round < 100; ++round) {
        Child child([&](const Line& line) {
            line.put(1);
            for (;;) {
                auto reader = Reader::create(name_, v2());
            }
        });
        child.line().take();
        for (std::uint64_t spin = random() % 200'000; spin != 0; --spin) {
            asm volatile("");
        }
        child.kill();
        const Failure look = failure_of([&] { return inspect(name_); });
        ASSERT_THAT(look, testing::AnyOf(has(Status::ok), has(Status::not_found)));
    }
    static_cast<void>(Reader::create(name_, v2()));
}

/// Two meet over what a dead v1 reader left: a child, and this process, which acts before each of its system calls.
class LeftoverOfV1WithTwoAtIt : public Leftover {
protected:
    void SetUp() override {
        if (!may_trace()) { GTEST_SKIP() << ptrace_refused; }
        leave(Layout::v1, 0, 0);
        file_ = ::open(("/dev/shm/" + name_).c_str(), O_RDWR | O_CLOEXEC);
        ASSERT_GE(file_, 0);
    }
    void TearDown() override {
        if (file_ >= 0) { ::close(file_); }
        BufferTest::TearDown();
    }

    /// Whether the body came to its end.
    static bool before_each_call(const std::function<void()>& body, const std::function<void(std::uint64_t)>& act) {
        const pid_t child = fork_traced(body);
        int status = 0;
        ::waitpid(child, &status, __WALL);
        adopt(child);
        while (WIFSTOPPED(status)) {
            if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
                if (const auto call = entered_call(child)) { act(*call); }
            }
            ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
            ::waitpid(child, &status, __WALL);
        }
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }

    /// Both lock bytes at once, as who cleans up takes them.
    struct flock both_bytes(int command, short type) {
        struct flock lock {};
        lock.l_type = type;
        lock.l_whence = SEEK_SET;
        lock.l_start = std::int64_t{1} << 62U;
        lock.l_len = 2;
        EXPECT_EQ(::fcntl(file_, command, &lock), 0);
        return lock;
    }

    int file_ = -1;
};

TEST_F(LeftoverOfV1WithTwoAtIt, NextReaderIsNotMisledByACleanerThatHoldsTheBytesForAMoment) {
    both_bytes(F_OFD_SETLK, F_WRLCK);
    bool waits = false;
    EXPECT_TRUE(before_each_call([&] { static_cast<void>(Reader::create(name_, v1())); },
                                 [&](std::uint64_t call) {
                                     if (call != SYS_clock_nanosleep || waits) { return; }
                                     waits = true;
                                     both_bytes(F_OFD_SETLK, F_UNLCK);
                                 }));
    EXPECT_TRUE(waits);
}

// Who creates takes the lock files first and the byte then.
TEST_F(LeftoverOfV1WithTwoAtIt, NobodyHoldsTheBytesWhileWaitingForTheLockFiles) {
    const int lock_file = ::open(("/tmp/zerobuffer/" + name_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    ASSERT_EQ(::flock(lock_file, LOCK_EX | LOCK_NB), 0);
    bool held = false;
    EXPECT_TRUE(
        before_each_call([&] { static_cast<void>(failure_of([&] { return Reader::create(name_, replacing(v2())); })); },
                         [&](std::uint64_t) { held = held || both_bytes(F_OFD_GETLK, F_WRLCK).l_type != F_UNLCK; }));
    EXPECT_FALSE(held);
    ::close(lock_file);
    bury(name_);
}

}  // namespace
}  // namespace zerobuffer::test
