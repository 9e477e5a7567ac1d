// SPDX-License-Identifier: MIT
// Scenarios 2, 3, 10 and 12: peers that die, come back, race or are not there, for every layout.
#include <array>
#include <set>
#include <vector>

#include "child.hpp"
#include "interop_test.hpp"
#include "processes.hpp"

namespace zerobuffer::interop {
namespace {

class LifecycleScenario : public LayoutTest {
protected:
    void TearDown() override { writer_.finish(); }

    WriterProcess writer_{name_};
    ReaderProcess reader_{name_};
};

TEST_P(LifecycleScenario, KilledWriterIsReportedAfterItsFrames) {
    Reader reader = Reader::create(name_, options(10240));
    ASSERT_EQ(writer_.open(), Status::ok);
    ASSERT_TRUE(reader.wait_for_peer(deadline));
    ASSERT_EQ(writer_.write(1024, 1, 0), Status::ok);
    writer_.kill();
    EXPECT_TRUE(matches(reader.acquire(no_wait)->bytes(), 0, 1));
    EXPECT_EQ(status_of([&] { return reader.acquire(deadline); }), Status::peer_died);
}

TEST_P(LifecycleScenario, ClosedWriterIsReportedAfterItsFrames) {
    Reader reader = Reader::create(name_, options(10240));
    ASSERT_EQ(writer_.open(), Status::ok);
    ASSERT_EQ(writer_.write(1024, 1, 0), Status::ok);
    ASSERT_EQ(writer_.close(), Status::ok);
    EXPECT_TRUE(matches(reader.acquire(no_wait)->bytes(), 0, 1));
    EXPECT_EQ(status_of([&] { return reader.acquire(deadline); }), Status::peer_closed);
}

TEST_P(LifecycleScenario, KilledReaderEndsAWaitForRoom) {
    ASSERT_EQ(reader_.create(GetParam(), 10240, 64), Status::ok);
    Writer writer = Writer::open(name_);
    const std::uint64_t size = writer.max_frame();
    ASSERT_TRUE(write_pattern(writer, size, 0, 1, no_wait));
    reader_.kill();
    EXPECT_EQ(status_of([&] { return writer.claim(size, deadline); }), Status::peer_died);
    writer.close();
    bury();
}

TEST_P(LifecycleScenario, ClosedReaderEndsAWaitForRoom) {
    ASSERT_EQ(reader_.create(GetParam(), 10240, 64), Status::ok);
    Writer writer = Writer::open(name_);
    const std::uint64_t size = writer.max_frame();
    ASSERT_TRUE(write_pattern(writer, size, 0, 1, no_wait));
    ASSERT_EQ(reader_.close(), Status::ok);
    EXPECT_EQ(status_of([&] { return writer.claim(size, deadline); }), Status::peer_closed);
    writer.close();
    bury();  // v2 keeps the unread frame for a reader to come
}

TEST_P(LifecycleScenario, WriterThatComesBackIsReadOn) {
    Reader reader = Reader::create(name_, options(10240));
    for (std::uint64_t number = 1; number <= 5; ++number) {
        ASSERT_EQ(writer_.open(), Status::ok);
        ASSERT_EQ(writer_.write(1024, number, 0), Status::ok);
        ASSERT_EQ(writer_.close(), Status::ok);
        auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame);
        EXPECT_EQ(frame->sequence(), number);
        EXPECT_TRUE(matches(frame->bytes(), 0, number));
    }
}

TEST_P(LifecycleScenario, SecondWriterIsRefused) {
    Reader reader = Reader::create(name_, options(10240));
    ASSERT_EQ(writer_.open(), Status::ok);
    ASSERT_EQ(writer_.write(reader.capacity() * 8 / 10, 1, 0), Status::ok);
    EXPECT_EQ(status_of([&] { return Writer::open(name_); }), Status::busy);
    EXPECT_EQ(writer_.write(reader.capacity() / 2, 2, 0), Status::timeout);
    EXPECT_TRUE(reader.acquire(no_wait));
}

TEST_P(LifecycleScenario, LeftoversOfTheDeadAreReplaced) {
    ASSERT_EQ(reader_.create(GetParam(), 10240, 64), Status::ok);
    ASSERT_EQ(writer_.open(), Status::ok);
    ASSERT_EQ(writer_.write(1024, 1, 0), Status::ok);
    writer_.kill();
    reader_.kill();
    Options afresh = options(20480);
    afresh.replace = true;
    Reader reader = Reader::create(name_, afresh);
    EXPECT_FALSE(reader.acquire(no_wait));
    Writer writer = Writer::open(name_);
    EXPECT_TRUE(write_pattern(writer, 1024, 0, 1, no_wait));
    EXPECT_EQ(reader.acquire(no_wait)->sequence(), 1U);
}

TEST_P(LifecycleScenario, OfRacingReadersOneWins) {
    for (int round = 0; round < 10; ++round) {
        const auto rival = [&](const Line& line) {
            line.put(0);
            static_cast<void>(line.take());
            std::optional<Reader> reader;
            const Status status = status_of([&] { reader.emplace(Reader::create(name_, options(10240))); });
            line.put(static_cast<std::uint64_t>(status));
            static_cast<void>(line.take());  // holds on until all have tried
        };
        std::array<Child, 3> children{Child(rival), Child(rival), Child(rival)};
        std::multiset<Status> results;
        for (const Child& child : children) {
            static_cast<void>(child.line().take());
        }
        for (const Child& child : children) {
            child.line().put(0);
        }
        for (const Child& child : children) {
            results.insert(static_cast<Status>(child.line().take()));
        }
        for (const Child& child : children) {
            child.line().put(0);
        }
        for (Child& child : children) {
            EXPECT_EQ(child.wait(), 0);
        }
        EXPECT_EQ(results.count(Status::ok), 1U);
        EXPECT_EQ(results.count(Status::busy), 2U);
    }
}

TEST_P(LifecycleScenario, BufferIsMadeAndRemovedAThousandTimes) {
    for (int round = 0; round < 1000; ++round) {
        Reader reader = Reader::create(name_, options(4096));
    }
    EXPECT_THAT(files_of(name_), testing::IsEmpty());
}

TEST_P(LifecycleScenario, BufferIsMadeAndRemovedWhileAWriterHammers) {
    Child hammer([&](const Line& line) {
        std::set<Status> seen;
        for (int attempt = 0; attempt < 2000; ++attempt) {
            seen.insert(status_of([&] {
                Writer writer = Writer::open(name_);
                return write_pattern(writer, 100, 0, 1, no_wait);
            }));
        }
        // The last: the reader left between open and write.
        EXPECT_THAT(seen, testing::IsSubsetOf({Status::ok, Status::not_found, Status::not_ready, Status::peer_closed}));
        line.put(1);
    });
    for (int round = 0; round < 300; ++round) {
        Reader reader = Reader::create(name_, options(4096));
        static_cast<void>(reader.acquire(no_wait));
    }
    EXPECT_EQ(hammer.line().take(), 1U);
    EXPECT_EQ(hammer.wait(), 0);
    bury();  // v2 keeps unread frames for a reader to come
}

INSTANTIATE_TEST_SUITE_P(Layouts, LifecycleScenario, every_layout(), layout_name);

using LifecycleOfV1 = InteropTest;

TEST_F(LifecycleOfV1, NextReaderStartsAfreshAndTheOldWriterNotices) {
    ReaderProcess dead(name_);
    ASSERT_EQ(dead.create(Layout::v1, 10240, 64), Status::ok);
    Writer writer = Writer::open(name_);
    ASSERT_TRUE(write_pattern(writer, 1024, 0, 1, no_wait));
    dead.kill();
    Reader reader = Reader::create(name_, v1_options(10240));
    EXPECT_FALSE(reader.acquire(no_wait));
    EXPECT_EQ(status_of([&] { return writer.claim(1024, no_wait); }), Status::peer_closed);
    Writer next = Writer::open(name_);
    ASSERT_TRUE(write_pattern(next, 1024, 0, 1, no_wait));
    EXPECT_EQ(reader.acquire(no_wait)->sequence(), 1U);
}

using LifecycleOfV2 = InteropTest;

TEST_F(LifecycleOfV2, NextReaderTakesTheRingOverAndTheWriterGoesOn) {
    ReaderProcess dead(name_);
    ASSERT_EQ(dead.create(Layout::v2, 65536, 64), Status::ok);
    Writer writer = Writer::open(name_);
    ASSERT_TRUE(write_pattern(writer, 1024, 0, 1, no_wait));
    ASSERT_EQ(dead.read(0).sequence, 1U);
    dead.kill();
    Reader reader = Reader::create(name_, make_options(Layout::v2, 65536));
    EXPECT_TRUE(reader.stats().resumed);
    ASSERT_TRUE(write_pattern(writer, 1024, 0, 2, no_wait));
    EXPECT_EQ(reader.acquire(no_wait)->sequence(), 1U);  // taken but never released
    EXPECT_EQ(reader.acquire(no_wait)->sequence(), 2U);
}

using NoReader = InteropTest;

TEST_F(NoReader, WriterFindsNothing) {
    EXPECT_EQ(status_of([&] { return Writer::open(name_); }), Status::not_found);
}

TEST_F(NoReader, WriterThatWaitsStillFindsNothing) {
    Options patient;
    patient.wait_for_peer = brief;
    EXPECT_EQ(status_of([&] { return Writer::open(name_, patient); }), Status::not_found);
}

}  // namespace
}  // namespace zerobuffer::interop
