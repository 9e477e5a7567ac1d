// SPDX-License-Identifier: MIT
// Peers that do not see each other's process numbers, as in two containers that share /dev/shm.
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

class Namespaces : public EveryLayout {
protected:
    /// Runs `body` as process 1 of a PID namespace of its own. First says its number out here, 0 if that is not permitted.
    static void run_inside(const Line& line, const std::function<void(const Line&)>& body) {
        if (::unshare(CLONE_NEWPID) != 0) {
            line.put(0);
            return;
        }
        Child inside([&](const Line&) { body(line); });
        line.put(static_cast<std::uint64_t>(inside.pid()));
        inside.wait();
    }
    /// Kills what run_inside() made, which is of another process.
    static void kill_inside(std::uint64_t pid) { ::kill(static_cast<pid_t>(pid), SIGKILL); }

    static constexpr const char* not_permitted = "unshare(CLONE_NEWPID) is not permitted here";
};

INSTANTIATE_TEST_SUITE_P(Layouts, Namespaces, layouts(), layout_name);

TEST_P(Namespaces, FramesPassAndAKilledWriterInsideIsReported) {
    Child outer([this](const Line& line) {
        run_inside(line, [this](const Line& inner) {
            inner.take();
            auto writer = Writer::open(name_);
            inner.put(static_cast<std::uint64_t>(::getpid()));
            write_frame(writer, 100, 1);
            inner.wait_for_end();
        });
    });
    const std::uint64_t pid = outer.line().take();
    if (pid == 0) { GTEST_SKIP() << not_permitted; }
    auto reader = Reader::create(name_, options());
    outer.line().put(1);
    ASSERT_EQ(outer.line().take(), 1) << "process 1 of its namespace";
    EXPECT_TRUE(holds(*reader.acquire(deadline), 100, 1));
    EXPECT_FALSE(reader.acquire(4 * brief)) << "alive, though no process here has its number";
    EXPECT_EQ(reader.stats().peer, PeerState::attached);
    kill_inside(pid);
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::peer_died));
}

TEST_P(Namespaces, FramesPassAndAKilledReaderInsideIsReported) {
    Child outer([this](const Line& line) {
        run_inside(line, [this](const Line& inner) {
            auto reader = Reader::create(name_, options());
            inner.put(2);
            const auto frame = reader.acquire(deadline);
            inner.put(holds(*frame, 100, 1) ? 3 : 0);
            inner.wait_for_end();
        });
    });
    // The two lines share one pipe: either may come first.
    const std::uint64_t first = outer.line().take();
    if (first == 0) { GTEST_SKIP() << not_permitted; }
    const std::uint64_t second = outer.line().take();
    const std::uint64_t pid = first == 2 ? second : first;
    {
        auto writer = Writer::open(name_);
        write_frame(writer, 100, 1);
        EXPECT_EQ(outer.line().take(), 3);
        while (write_frame(writer, 1000, 2)) {}
        EXPECT_FALSE(writer.claim(1000, 4 * brief));
        EXPECT_EQ(writer.stats().peer, PeerState::attached);
        kill_inside(pid);
        EXPECT_THAT(failure_of([&] { return writer.claim(1000, deadline); }), has(Status::peer_died));
    }
    bury(name_);
}

TEST_P(Namespaces, ReaderInsideLearnsThatTheWriterOutsideWasKilled) {
    Child writer([this](const Line& line) {
        line.take();
        auto outside = Writer::open(name_);
        write_frame(outside, 100, 1);
        line.put(1);
        line.wait_for_end();
    });
    Child outer([this](const Line& line) {
        run_inside(line, [this](const Line& inner) {
            auto reader = Reader::create(name_, options());
            inner.put(2);
            EXPECT_TRUE(holds(*reader.acquire(deadline), 100, 1));
            EXPECT_FALSE(reader.acquire(brief));
            inner.put(3);
            inner.put(static_cast<std::uint64_t>(failure_of([&] { return reader.acquire(deadline); }).status));
        });
    });
    if (outer.line().take() == 0) { GTEST_SKIP() << not_permitted; }
    outer.line().take();
    writer.line().put(1);
    ASSERT_EQ(writer.line().take(), 1);
    ASSERT_EQ(outer.line().take(), 3);
    writer.kill();
    EXPECT_EQ(outer.line().take(), static_cast<std::uint64_t>(Status::peer_died));
    EXPECT_EQ(outer.wait(), 0);
}

// As in two containers: each is process 1 of its own namespace, and so has the number of the other one.
TEST_P(Namespaces, BothAreProcessOneAndTheReaderLearnsThatTheWriterWasKilled) {
    Child writing([this](const Line& line) {
        run_inside(line, [this](const Line& inner) {
            inner.take();
            auto writer = Writer::open(name_);
            write_frame(writer, 100, 1);
            inner.put(static_cast<std::uint64_t>(::getpid()));
            inner.wait_for_end();
        });
    });
    Child reading([this](const Line& line) {
        run_inside(line, [this](const Line& inner) {
            inner.take();
            auto reader = Reader::create(name_, options());
            inner.put(static_cast<std::uint64_t>(::getpid()));
            EXPECT_TRUE(holds(*reader.acquire(deadline), 100, 1));
            EXPECT_FALSE(reader.acquire(4 * brief));
            inner.put(2);
            inner.put(static_cast<std::uint64_t>(failure_of([&] { return reader.acquire(deadline); }).status));
        });
    });
    const std::uint64_t pid = writing.line().take();
    if (pid == 0) { GTEST_SKIP() << not_permitted; }
    reading.line().take();
    reading.line().put(1);
    ASSERT_EQ(reading.line().take(), 1);
    writing.line().put(1);
    ASSERT_EQ(writing.line().take(), 1);
    ASSERT_EQ(reading.line().take(), 2);
    kill_inside(pid);
    EXPECT_EQ(reading.line().take(), static_cast<std::uint64_t>(Status::peer_died));
    EXPECT_EQ(reading.wait(), 0);
}

TEST_P(Namespaces, BothAreProcessOneAndTheWriterLearnsThatTheReaderWasKilled) {
    Child reading([this](const Line& line) {
        run_inside(line, [this](const Line& inner) {
            inner.take();
            auto reader = Reader::create(name_, options());
            inner.put(static_cast<std::uint64_t>(::getpid()));
            inner.wait_for_end();
        });
    });
    Child writing([this](const Line& line) {
        run_inside(line, [this](const Line& inner) {
            inner.take();
            auto writer = Writer::open(name_);
            while (write_frame(writer, 1000, 1)) {}
            EXPECT_FALSE(writer.claim(1000, 4 * brief));
            inner.put(static_cast<std::uint64_t>(::getpid()));
            inner.put(static_cast<std::uint64_t>(failure_of([&] { return writer.claim(1000, deadline); }).status));
        });
    });
    const std::uint64_t pid = reading.line().take();
    if (pid == 0) { GTEST_SKIP() << not_permitted; }
    writing.line().take();
    reading.line().put(1);
    ASSERT_EQ(reading.line().take(), 1);
    writing.line().put(1);
    ASSERT_EQ(writing.line().take(), 1);
    kill_inside(pid);
    EXPECT_EQ(writing.line().take(), static_cast<std::uint64_t>(Status::peer_died));
    EXPECT_EQ(writing.wait(), 0);
    bury(name_);
}

}  // namespace
}  // namespace zerobuffer::test
