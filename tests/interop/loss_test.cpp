// SPDX-License-Identifier: MIT
// How the library notices that an old peer left or died, what it still delivers, and how streams go on afterwards.
#include <signal.h>

#include "child.hpp"
#include "interop_test.hpp"

namespace zerobuffer::interop {
namespace {

class OldReaderLoss : public InteropTest {
protected:
    /// A writer of ours that has filled the ring of an old reader.
    Writer full_ring() {
        EXPECT_TRUE(ok(reader_.ask(create_command(256))));
        Writer writer = Writer::open(name_);
        for (std::uint64_t frame = 1; frame <= 4; ++frame) {
            EXPECT_TRUE(write_pattern(writer, 48, 0, frame, no_wait));
        }
        return writer;
    }

    Peer reader_;
};

TEST_F(OldReaderLoss, CleanExitEndsAWaitForRoom) {
    Writer writer = full_ring();
    reader_.ask("close");
    EXPECT_EQ(status_of([&] { return writer.claim(48, deadline); }), Status::peer_closed);
}

TEST_F(OldReaderLoss, DeathEndsAWaitForRoom) {
    Writer writer = full_ring();
    reader_.kill();
    EXPECT_EQ(status_of([&] { return writer.claim(48, deadline); }), Status::peer_died);
    bury();
}

TEST_F(OldReaderLoss, ZombieCountsAsDead) {
    Writer writer = full_ring();
    reader_.kill_unburied();
    EXPECT_EQ(status_of([&] { return writer.claim(48, deadline); }), Status::peer_died);
    bury();
}

TEST_F(OldReaderLoss, StoppedReaderIsAlive) {
    Writer writer = full_ring();
    ::kill(reader_.pid(), SIGSTOP);
    EXPECT_FALSE(writer.claim(48, brief));
    ::kill(reader_.pid(), SIGCONT);
    EXPECT_EQ(reader_.ask("receive 4").number("frames"), 4U);
    EXPECT_TRUE(write_pattern(writer, 48, 0, 5, no_wait));
}

TEST_F(OldReaderLoss, NewReaderIsServedByANewWriter) {
    Writer writer = full_ring();
    reader_.ask("close");
    ASSERT_TRUE(ok(reader_.ask(create_command(256))));
    EXPECT_EQ(status_of([&] { return writer.claim(48, deadline); }), Status::peer_closed);
    writer.close();
    Writer next = Writer::open(name_);
    EXPECT_TRUE(write_pattern(next, 48, 0, 1, no_wait));
    reader_.ask("set from 1");
    const Reply received = reader_.ask("receive 1");
    EXPECT_TRUE(ok(received));
    EXPECT_EQ(received.number("sequence"), 1U);
}

class OldWriterLoss : public InteropTest {
protected:
    /// A reader of ours with an old writer attached.
    Reader connected() {
        Reader reader = Reader::create(name_, v1_options(256));
        EXPECT_TRUE(ok(writer_.ask("connect " + name_)));
        EXPECT_TRUE(reader.wait_for_peer(deadline));
        return reader;
    }

    Peer writer_;
};

TEST_F(OldWriterLoss, CleanExitComesAfterEverythingThatWasSent) {
    Reader reader = connected();
    ASSERT_TRUE(ok(writer_.ask("send 2 20 20")));
    writer_.ask("disconnect");
    EXPECT_TRUE(reader.acquire(no_wait));
    EXPECT_TRUE(reader.acquire(no_wait));
    EXPECT_EQ(status_of([&] { return reader.acquire(deadline); }), Status::peer_closed);
}

TEST_F(OldWriterLoss, CleanExitEndsAnIdleWait) {
    Reader reader = connected();
    writer_.ask("disconnect");
    EXPECT_EQ(status_of([&] { return reader.acquire(deadline); }), Status::peer_closed);
}

TEST_F(OldWriterLoss, DeathComesAfterEverythingThatWasSent) {
    Reader reader = connected();
    ASSERT_TRUE(ok(writer_.ask("send 2 20 20")));
    writer_.kill();
    EXPECT_TRUE(reader.acquire(no_wait));
    EXPECT_TRUE(reader.acquire(no_wait));
    EXPECT_EQ(status_of([&] { return reader.acquire(deadline); }), Status::peer_died);
}

TEST_F(OldWriterLoss, IsReportedToAReaderThatKnowsTheWriterFromItsFramesAlone) {
    Reader reader = Reader::create(name_, v1_options(256));
    ASSERT_TRUE(ok(writer_.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer_.ask("write 20")));
    writer_.kill();
    EXPECT_TRUE(reader.acquire(no_wait));
    EXPECT_EQ(status_of([&] { return reader.acquire(deadline); }), Status::peer_died);
}

TEST_F(OldWriterLoss, ZombieCountsAsDead) {
    Reader reader = connected();
    ASSERT_TRUE(ok(writer_.ask("write 20")));
    EXPECT_TRUE(reader.acquire(no_wait));
    writer_.kill_unburied();
    EXPECT_EQ(status_of([&] { return reader.acquire(deadline); }), Status::peer_died);
}

TEST_F(OldWriterLoss, StoppedWriterIsAlive) {
    Reader reader = connected();
    ASSERT_TRUE(ok(writer_.ask("write 20")));
    EXPECT_TRUE(reader.acquire(no_wait));
    ::kill(writer_.pid(), SIGSTOP);
    EXPECT_FALSE(reader.acquire(brief));
    ::kill(writer_.pid(), SIGCONT);
    ASSERT_TRUE(ok(writer_.ask("write 20")));
    EXPECT_TRUE(reader.acquire(deadline));
}

TEST_F(OldWriterLoss, NoWriterYetIsATimeout) {
    Reader reader = Reader::create(name_, v1_options(256));
    EXPECT_FALSE(reader.acquire(no_wait));
    EXPECT_FALSE(reader.acquire(brief));
    EXPECT_FALSE(reader.wait_for_peer(brief));
}

TEST_F(OldWriterLoss, NextWriterMayStartAgainAtOne) {
    Reader reader = connected();
    ASSERT_TRUE(ok(writer_.ask("send 3 20 20")));
    writer_.ask("disconnect");
    for (std::uint64_t number = 1; number <= 3; ++number) {
        EXPECT_EQ(reader.acquire(no_wait)->sequence(), number);
    }
    Peer next;
    ASSERT_TRUE(ok(next.ask("connect " + name_)));
    ASSERT_TRUE(ok(next.ask("send 3 20 20")));
    for (std::uint64_t number = 1; number <= 3; ++number) {
        auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame);
        EXPECT_TRUE(matches(frame->bytes(), 0, number));
    }
}

TEST_F(OldWriterLoss, NextWriterMayCarryTheSequenceOn) {
    Reader reader = connected();
    ASSERT_TRUE(ok(writer_.ask("send 3 20 20")));
    writer_.kill();
    for (std::uint64_t number = 1; number <= 3; ++number) {
        EXPECT_EQ(reader.acquire(no_wait)->sequence(), number);
    }
    Peer next;
    ASSERT_TRUE(ok(next.ask("connect " + name_)));
    next.ask("set sequence 4");
    ASSERT_TRUE(ok(next.ask("write 20")));
    EXPECT_EQ(reader.acquire(no_wait)->sequence(), 4U);
}

TEST_F(OldWriterLoss, SameProcessMayComeBackOnceItsExitWasSeen) {
    Reader reader = connected();
    ASSERT_TRUE(ok(writer_.ask("write 20")));
    EXPECT_TRUE(reader.acquire(no_wait));
    writer_.ask("disconnect");
    EXPECT_EQ(status_of([&] { return reader.acquire(deadline); }), Status::peer_closed);
    ASSERT_TRUE(ok(writer_.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer_.ask("write 20")));
    EXPECT_TRUE(reader.acquire(deadline));
}

// Both are process 1, each in its container. The old one holds no lock byte.
TEST_F(OldWriterLoss, WriterWithTheNumberOfOneOfOursThatClosedIsAlive) {
    Reader reader = Reader::create(name_, v1_options(256));
    {
        const Writer ours = Writer::open(name_);
        EXPECT_TRUE(reader.wait_for_peer(no_wait));
    }
    EXPECT_EQ(status_of([&] { return reader.acquire(deadline); }), Status::peer_closed);
    V1View(name_).set(V1_WRITER_PID, static_cast<std::uint64_t>(::getpid()));
    EXPECT_FALSE(reader.acquire(brief));
    EXPECT_EQ(reader.stats().peer, PeerState::attached);
}

using OurRestart = InteropTest;

TEST_F(OurRestart, CarriesTheSequenceOnForAnOldReader) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(512))));
    for (std::uint64_t number = 1; number <= 30; number += 3) {
        Writer writer = Writer::open(name_);
        for (std::uint64_t frame = number; frame < number + 3; ++frame) {
            ASSERT_TRUE(write_pattern(writer, 20 + frame, 0, frame, no_wait));
        }
        writer.close();
        const Reply received = reader.ask("receive 3");
        ASSERT_EQ(received.status(), "ok");
        EXPECT_EQ(received.number("sequence"), number + 2);
    }
}

TEST_F(OurRestart, AfterKillCarriesTheSequenceOnForAnOldReader) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(512))));
    for (std::uint64_t number = 1; number <= 10; ++number) {
        Child child([&](const Line& line) {
            Writer writer = Writer::open(name_);
            EXPECT_TRUE(write_pattern(writer, 100 + number, 0, number, no_wait));
            line.put(1);
            static_cast<void>(line.take());
        });
        ASSERT_EQ(child.line().take(), 1U);
        child.kill();
        ASSERT_EQ(reader.ask("receive 1").status(), "ok");
    }
}

TEST_F(OurRestart, WithUnreadFramesCarriesTheSequenceOn) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(512))));
    for (std::uint64_t number = 1; number <= 4; ++number) {
        Writer writer = Writer::open(name_);
        ASSERT_TRUE(write_pattern(writer, 60, 0, number, no_wait));
    }
    EXPECT_EQ(reader.ask("receive 4").status(), "ok");
}

TEST_F(OurRestart, OfTheReaderIsSeenByAnOldWriter) {
    Peer writer;
    {
        Reader reader = Reader::create(name_, v1_options(256));
        ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    }
    EXPECT_EQ(writer.ask("write 20").status(), "reader-dead");
    writer.ask("disconnect");
    Reader reader = Reader::create(name_, v1_options(256));
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("write 20")));
    EXPECT_TRUE(reader.acquire(no_wait));
}

TEST_F(OurRestart, AfterKillOfTheReaderIsSeenByABlockedOldWriter) {
    Peer writer;
    Child child([&](const Line& line) {
        Reader reader = Reader::create(name_, v1_options(256));
        line.put(1);
        static_cast<void>(line.take());
    });
    ASSERT_EQ(child.line().take(), 1U);
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("send 4 48 48")));
    child.kill();
    EXPECT_EQ(writer.ask("write 48").status(), "reader-dead");
    Reader reader = Reader::create(name_, v1_options(256));
    writer.ask("disconnect");
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("write 20")));
    EXPECT_TRUE(reader.acquire(no_wait));
}

}  // namespace
}  // namespace zerobuffer::interop
