// SPDX-License-Identifier: MIT
// Whether the peer lives: dead is who the kernel says is dead, in time and never by mistake.
#include <unistd.h>

#include <optional>

#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

class Liveness : public EveryLayout {
protected:
    /// Attaches as writer, writes `count` frames, says so, and stays until it is killed or the line ends.
    [[nodiscard]] auto writer_with(std::uint64_t count) const {
        return [this, count](const Line& line) {
            line.take();
            auto writer = Writer::open(name_);
            for (std::uint64_t number = 1; number <= count; ++number) {
                write_frame(writer, 100, number);
            }
            line.put(count);
            line.wait_for_end();
        };
    }
    [[nodiscard]] auto reader() const {
        return [this](const Line& line) {
            auto reader = Reader::create(name_, options());
            line.put(1);
            line.wait_for_end();
        };
    }
    static void let(const Child& child) {
        child.line().put(1);
        child.line().take();
    }
    static void fill(Writer& writer) {
        while (write_frame(writer, 1000, 1)) {}
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, Liveness, layouts(), layout_name);

TEST_P(Liveness, KilledWriterIsReportedAfterItsLastFrame) {
    Child child(writer_with(3));
    auto reader = Reader::create(name_, options());
    let(child);
    EXPECT_EQ(reader.stats().peer, PeerState::attached);
    child.kill();
    for (std::uint64_t number = 1; number <= 3; ++number) {
        EXPECT_TRUE(holds(*reader.acquire(deadline), 100, number));
    }
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }),
                says(Status::peer_died, name_, "the process of the writer died", "wait for the next one"));
    EXPECT_EQ(reader.stats().peer, PeerState::died);
}

// Nobody had asked about the writer while it lived.
TEST_P(Liveness, KilledWriterIsReportedIfItWasNeverLookedAt) {
    Child child(writer_with(3));
    auto reader = Reader::create(name_, options());
    let(child);
    child.kill();
    for (std::uint64_t number = 1; number <= 3; ++number) {
        EXPECT_TRUE(holds(*reader.acquire(deadline), 100, number));
    }
    EXPECT_THAT(failure_of([&] { return reader.acquire(10s); }), has(Status::peer_died));
}

// The wait before had just seen it alive.
TEST_P(Liveness, KilledWriterIsReportedByAWaitThatIsShorterThanASlice) {
    Child child(writer_with(0));
    auto reader = Reader::create(name_, options());
    let(child);
    EXPECT_FALSE(reader.acquire(1ms));
    child.kill();
    EXPECT_THAT(failure_of([&] { return reader.acquire(1us); }), has(Status::peer_died));
}

TEST_P(Liveness, KilledWriterIsReportedWhileItIsAZombie) {
    Child child(writer_with(0));
    auto reader = Reader::create(name_, options());
    let(child);
    EXPECT_TRUE(reader.wait_for_peer(no_wait));
    child.kill_unreaped();
    ASSERT_EQ(thread_state(child.pid()), 'Z');
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::peer_died));
}

TEST_P(Liveness, KilledReaderIsReportedToAWriterThatMustWait) {
    Child child(reader());
    child.line().take();
    {
        auto writer = Writer::open(name_);
        fill(writer);
        child.kill();
        EXPECT_THAT(failure_of([&] { return writer.claim(1000, deadline); }),
                    says(Status::peer_died, name_, "the process of the reader died", "wait for the next one"));
        EXPECT_EQ(writer.stats().peer, PeerState::died);
    }
    bury(name_);
}

TEST_P(Liveness, KilledReaderIsReportedWhileItIsAZombie) {
    Child child(reader());
    child.line().take();
    {
        auto writer = Writer::open(name_);
        fill(writer);
        child.kill_unreaped();
        EXPECT_THAT(failure_of([&] { return writer.claim(1000, deadline); }), has(Status::peer_died));
    }
    bury(name_);
}

TEST_P(Liveness, PollingReaderLearnsOfAKilledWriter) {
    Child child(writer_with(1));
    auto reader = Reader::create(name_, options());
    let(child);
    EXPECT_TRUE(reader.wait_for_peer(no_wait));
    child.kill();
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 100, 1));
    Failure failure;
    await([&] { return (failure = failure_of([&] { return reader.acquire(no_wait); })).status != Status::ok; }, "loss");
    EXPECT_THAT(failure, has(Status::peer_died));
}

TEST_P(Liveness, PollingWriterLearnsOfAKilledReader) {
    Child child(reader());
    child.line().take();
    {
        auto writer = Writer::open(name_);
        fill(writer);
        child.kill();
        Failure failure;
        await([&] { return (failure = failure_of([&] { return writer.claim(1000, no_wait); })).status != Status::ok; },
              "loss");
        EXPECT_THAT(failure, has(Status::peer_died));
    }
    bury(name_);
}

TEST_P(Liveness, StoppedWriterIsNotDead) {
    Child child(writer_with(1));
    auto reader = Reader::create(name_, options());
    let(child);
    child.stop();
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 100, 1));
    EXPECT_FALSE(reader.acquire(4 * brief));
    EXPECT_EQ(reader.stats().peer, PeerState::attached);
    child.kill();
}

TEST_P(Liveness, StoppedWriterGoesOnWhereItWas) {
    Child child([this](const Line& line) {
        line.take();
        auto writer = Writer::open(name_);
        write_frame(writer, 100, 1);
        line.put(1);
        line.take();
        line.put(*write_frame(writer, 100, 2));
        line.wait_for_end();
    });
    auto reader = Reader::create(name_, options());
    let(child);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 100, 1));
    child.stop();
    child.line().put(1);
    EXPECT_FALSE(reader.acquire(4 * brief));
    child.resume();
    EXPECT_TRUE(holds(*reader.acquire(deadline), 100, 2));
    EXPECT_EQ(child.line().take(), 2);
    child.kill();
}

TEST_P(Liveness, StoppedReaderIsNotDeadAndGoesOn) {
    Child child([this](const Line& line) {
        auto reader = Reader::create(name_, options());
        line.put(1);
        std::uint64_t taken = 0;
        while (reader.acquire(no_wait)) {
            ++taken;
        }
        line.take();
        for (; reader.acquire(no_wait); ++taken) {}
        line.put(taken);
    });
    child.line().take();
    auto writer = Writer::open(name_);
    child.stop();
    fill(writer);
    EXPECT_FALSE(writer.claim(1000, 4 * brief));
    EXPECT_EQ(writer.stats().peer, PeerState::attached);
    child.resume();
    const std::uint64_t written = writer.stats().frames;
    child.line().put(1);
    EXPECT_EQ(child.line().take(), written);
    EXPECT_EQ(child.wait(), 0);
}

TEST_P(Liveness, WriterThatExitsWithoutClosingDied) {
    Child child([this](const Line& line) {
        line.take();
        auto writer = Writer::open(name_);
        writer.write(bytes_of("x"));
        line.put(1);
        line.take();
        ::_exit(0);
    });
    auto reader = Reader::create(name_, options());
    let(child);
    EXPECT_TRUE(reader.wait_for_peer(no_wait));
    child.line().put(1);
    EXPECT_EQ(child.wait(), 0);
    EXPECT_TRUE(reader.acquire(deadline));
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::peer_died));
}

// The descriptor of the lock must not survive.
TEST_P(Liveness, WriterThatBecomesAnotherProgramDied) {
    Child child([this](const Line& line) {
        line.take();
        auto writer = Writer::open(name_);
        line.put(1);
        line.take();
        ::execl("/bin/sleep", "sleep", "600", nullptr);
    });
    auto reader = Reader::create(name_, options());
    let(child);
    EXPECT_TRUE(reader.wait_for_peer(no_wait));
    child.line().put(1);
    // The process goes on, and so does its number; only the lock is gone.
    EXPECT_THAT(failure_of([&] { return reader.acquire(10s); }), has(Status::peer_died));
}

TEST_P(Liveness, ReaderThatBecomesAnotherProgramDied) {
    Child child([this](const Line& line) {
        auto reader = Reader::create(name_, options());
        line.put(1);
        line.take();
        ::execl("/bin/sleep", "sleep", "600", nullptr);
    });
    child.line().take();
    {
        auto writer = Writer::open(name_);
        child.line().put(1);
        fill(writer);
        EXPECT_THAT(failure_of([&] { return writer.claim(1000, 10s); }), has(Status::peer_died));
        EXPECT_NE(thread_state(child.pid()), 'Z') << "the process goes on";
    }
    bury(name_);
}

TEST_P(Liveness, NextWriterAfterAKilledOneIsWelcome) {
    Child first(writer_with(1));
    Child second([this](const Line& line) {
        line.take();
        auto writer = Writer::open(name_);
        line.put(*write_frame(writer, 100, 2));
        line.wait_for_end();
    });
    auto reader = Reader::create(name_, options());
    let(first);
    EXPECT_TRUE(reader.acquire(deadline));
    EXPECT_TRUE(reader.wait_for_peer(no_wait));
    first.kill();
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::peer_died));
    second.line().put(1);
    EXPECT_EQ(second.line().take(), 2);
    EXPECT_TRUE(holds(*reader.acquire(deadline), 100, 2));
    EXPECT_EQ(reader.stats().peer, PeerState::attached);
    second.kill();
}

TEST_P(Liveness, WaitForPeerEndsWhenAWriterComes) {
    Child child(writer_with(0));
    auto reader = Reader::create(name_, options());
    EXPECT_FALSE(reader.wait_for_peer(no_wait));
    EXPECT_FALSE(reader.wait_for_peer(brief));
    child.line().put(1);
    EXPECT_TRUE(reader.wait_for_peer(deadline));
    child.line().take();
    child.kill();
}

// In one of the looks of a supervisor's reader, which are 10 ms apart.
TEST_P(Liveness, WaitForPeerSeesTheFramesOfAWriterThatCameAndWent) {
    auto reader = Reader::create(name_, options());
    {
        auto writer = Writer::open(name_);
        write_frame(writer, 100, 1);
    }
    EXPECT_TRUE(reader.wait_for_peer(no_wait));
    EXPECT_TRUE(holds(*reader.acquire(deadline), 100, 1));
    EXPECT_FALSE(reader.wait_for_peer(no_wait));
}

class LivenessV2 : public Liveness {};

INSTANTIATE_TEST_SUITE_P(Layouts, LivenessV2, testing::Values(Layout::v2), layout_name);

// It released nothing, and the writer had no reason to look while it lived.
TEST_P(LivenessV2, ReaderThatCameAndDiedUnseenIsReported) {
    Child child([this](const Line& line) {
        line.take();
        auto reader = Reader::open(name_);
        line.put(1);
        line.wait_for_end();
    });
    {
        auto writer = Writer::create(name_, options());
        let(child);
        child.kill();
        fill(writer);
        EXPECT_THAT(failure_of([&] { return writer.claim(1000, 10s); }), has(Status::peer_died));
    }
    bury(name_);
}

TEST_P(LivenessV2, WriterThatCameAndDiedUnseenWithoutAFrameIsReported) {
    Child child(writer_with(0));
    auto reader = Reader::create(name_, options());
    let(child);
    child.kill();
    EXPECT_THAT(failure_of([&] { return reader.acquire(10s); }), has(Status::peer_died));
}

TEST_P(LivenessV2, WriterThatCameAndClosedUnseenWithoutAFrameIsReported) {
    Child child([this](const Line& line) {
        line.take();
        Writer::open(name_).close();
        line.put(1);
    });
    auto reader = Reader::create(name_, options());
    let(child);
    EXPECT_THAT(failure_of([&] { return reader.acquire(10s); }), has(Status::peer_closed));
}

TEST_P(LivenessV2, WriterThatDiedBeforeTheReaderCameWasNotMet) {
    {
        Child child([this](const Line& line) {
            auto writer = Writer::create(name_, options());
            line.put(1);
            line.wait_for_end();
        });
        child.line().take();
        child.kill();
    }
    auto reader = Reader::create(name_, options());
    EXPECT_FALSE(reader.acquire(brief));
}

}  // namespace
}  // namespace zerobuffer::test
