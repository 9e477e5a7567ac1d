// SPDX-License-Identifier: MIT
// Scenarios 1, 4, 6, 7 and 11: frames and metadata from one process to another, for every layout.
// docs/scenarios.md says which test holds which scenario.
#include <cstring>
#include <deque>

#include "interop_test.hpp"
#include "processes.hpp"

namespace zerobuffer::interop {
namespace {

constexpr std::uint64_t long_ms = 60'000;
constexpr std::uint64_t brief_ms = 20;

/// The writer is another process.
class ScenarioTest : public LayoutTest {
protected:
    void TearDown() override { writer_.finish(); }

    Reader attach(std::uint64_t capacity, std::uint64_t metadata_size = 1024) {
        Reader reader = Reader::create(name_, options(capacity, metadata_size));
        EXPECT_EQ(writer_.open(), Status::ok);
        return reader;
    }

    /// `count` frames of `size` bytes, one after the other, of which the reader keeps the last `hold`.
    void expect_frames(Reader& reader, std::uint64_t count, std::uint64_t size, std::size_t hold) {
        std::deque<Frame> held;
        for (std::uint64_t number = 1; number <= count; ++number) {
            auto frame = reader.acquire(deadline);
            ASSERT_TRUE(frame) << number;
            ASSERT_EQ(frame->sequence(), number);
            ASSERT_EQ(frame->size(), size);
            ASSERT_TRUE(matches(frame->bytes(), 0, number)) << number;
            held.push_back(std::move(*frame));
            if (held.size() > hold) { held.pop_front(); }
        }
    }

    WriterProcess writer_{name_};
};

using BasicScenario = ScenarioTest;

TEST_P(BasicScenario, MetadataAndOneFrameArriveFromAnotherProcess) {
    Reader reader = attach(10240);
    EXPECT_EQ(writer_.publish(100), Status::ok);
    EXPECT_EQ(writer_.write(1024, 1, 0), Status::ok);
    EXPECT_EQ(reader.metadata(no_wait), pattern(100, 0, 0));
    expect_frames(reader, 1, 1024, 0);
}

TEST_P(BasicScenario, TenFramesArriveInOrder) {
    Reader reader = attach(102'400);
    writer_.start_writes(10, 5120, 1, long_ms);
    expect_frames(reader, 10, 5120, 0);
    EXPECT_EQ(writer_.result(), Status::ok);
}

TEST_P(BasicScenario, FullRingHoldsTheWriterUntilARelease) {
    Reader reader = attach(10240);
    const std::uint64_t capacity = reader.capacity();
    ASSERT_EQ(writer_.write(capacity * 8 / 10, 1, 0), Status::ok);
    EXPECT_EQ(writer_.write(capacity / 2, 2, brief_ms), Status::timeout);
    auto frame = reader.acquire(no_wait);
    ASSERT_TRUE(frame);
    EXPECT_EQ(writer_.write(capacity / 2, 2, brief_ms), Status::timeout);
    writer_.start_writes(1, capacity / 2, 2, long_ms);
    frame->release();
    EXPECT_EQ(writer_.result(), Status::ok);
    EXPECT_TRUE(matches(reader.acquire(no_wait)->bytes(), 0, 2));
}

TEST_P(BasicScenario, RingThatIsFullTakesAFrameRightAfterARelease) {
    Reader reader = attach(10240);
    const std::uint64_t size = reader.capacity() / 16;
    std::uint64_t written = 0;
    while (writer_.write(size, written + 1, 0) == Status::ok) {
        ++written;
    }
    EXPECT_GE(written, 8U);
    reader.acquire(no_wait)->release();
    EXPECT_EQ(writer_.write(size, written + 1, 0), Status::ok);
    while (reader.acquire(no_wait)) {}
}

TEST_P(BasicScenario, FrameIsFilledInPlace) {
    Reader reader = Reader::create(name_, options(10240));
    Writer writer = Writer::open(name_);
    {
        auto claim = writer.claim(4096, no_wait);
        ASSERT_TRUE(claim);
        for (std::size_t at = 0; at < 4096; ++at) {
            claim->bytes()[at] = static_cast<std::byte>(at);
        }
        EXPECT_EQ(claim->commit(), 1U);
    }
    auto frame = reader.acquire(no_wait);
    ASSERT_TRUE(frame);
    ASSERT_EQ(frame->size(), 4096U);
    for (std::size_t at = 0; at < 4096; ++at) {
        ASSERT_EQ(frame->bytes()[at], static_cast<std::byte>(at)) << at;
    }
}

TEST_P(BasicScenario, FramesOfManySizesKeepTheirBytes) {
    Reader reader = attach(32 << 20);
    std::uint64_t number = 0;
    for (const std::uint64_t size : {100U, 1024U, 10240U, 1U, 1U << 20U, 10U << 20U}) {
        ASSERT_EQ(writer_.write(size, ++number, 0), Status::ok) << size;
        auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame) << size;
        EXPECT_EQ(frame->size(), size);
        EXPECT_TRUE(matches(frame->bytes(), 0, number)) << size;
    }
}

TEST_P(BasicScenario, FiveThousandFramesPassThroughASmallRing) {
    Reader reader = attach(10240);
    writer_.start_writes(5000, 1024, 1, long_ms);
    expect_frames(reader, 5000, 1024, 0);
    EXPECT_EQ(writer_.result(), Status::ok);
}

TEST_P(BasicScenario, TenThousandQuickCyclesDoNotDeadlock) {
    Reader reader = attach(10240);
    writer_.start_writes(10'000, 1024, 1, long_ms);
    expect_frames(reader, 10'000, 1024, 0);
    EXPECT_EQ(writer_.result(), Status::ok);
    EXPECT_EQ(reader.stats().sequence, 10'000U);
}

TEST_P(BasicScenario, SlowReaderLosesNothing) {
    Reader reader = attach(10240);
    writer_.start_writes(1000, 1024, 1, long_ms);
    expect_frames(reader, 1000, 1024, 4);  // keeps the ring all but full
    EXPECT_EQ(writer_.result(), Status::ok);
}

TEST_P(BasicScenario, BurstBeforeTheReaderLooksArrivesWhole) {
    Reader reader = attach(102'400);
    writer_.start_writes(50, 1024, 1, 0);
    ASSERT_EQ(writer_.result(), Status::ok);
    expect_frames(reader, 50, 1024, 50);
    EXPECT_FALSE(reader.acquire(no_wait));
}

TEST_P(BasicScenario, BlockedReaderSleepsInTheKernel) {
    Options blocking = options(10240);
    blocking.wait_mode = WaitMode::block;
    Reader reader = Reader::create(name_, blocking);
    EXPECT_FALSE(reader.acquire(brief));
    EXPECT_GE(reader.stats().sleeps, 1U);
    EXPECT_EQ(reader.stats().timeouts, 1U);
}

TEST_P(BasicScenario, StructureIsNeverPartlyVisible) {
    struct Record {
        std::array<std::uint64_t, 32> fields;
    };
    Reader reader = Reader::create(name_, options(10240));
    Child child([&](const Line&) {
        Writer writer = Writer::open(name_);
        for (std::uint64_t number = 1; number <= 10'000; ++number) {
            auto claim = writer.claim(sizeof(Record), deadline);
            ASSERT_TRUE(claim);
            Record record;
            record.fields.fill(number);
            std::memcpy(claim->bytes().data(), &record, sizeof record);
            claim->commit();
        }
    });
    for (std::uint64_t number = 1; number <= 10'000; ++number) {
        auto frame = reader.acquire(deadline);
        ASSERT_TRUE(frame);
        Record record;
        ASSERT_EQ(frame->size(), sizeof record);
        std::memcpy(&record, frame->bytes().data(), sizeof record);
        ASSERT_THAT(record.fields, testing::Each(number));
    }
    EXPECT_EQ(child.wait(), 0);
}

INSTANTIATE_TEST_SUITE_P(Layouts, BasicScenario, every_layout(), layout_name);

using MetadataScenario = ScenarioTest;

TEST_P(MetadataScenario, SecondPublicationIsRefused) {
    Reader reader = attach(10240);
    ASSERT_EQ(writer_.publish(100), Status::ok);
    EXPECT_EQ(writer_.publish(100), Status::ok);  // the same bytes again
    EXPECT_EQ(writer_.publish(101), Status::misuse);
    EXPECT_EQ(reader.metadata(no_wait), pattern(100, 0, 0));
}

TEST_P(MetadataScenario, MoreThanTheBlockIsRefused) {
    Reader reader = attach(10240, 1024);
    EXPECT_EQ(writer_.publish(2048), Status::too_large);
    EXPECT_FALSE(reader.metadata(no_wait));
    EXPECT_EQ(writer_.publish(1016), Status::ok);
    EXPECT_EQ(reader.metadata(no_wait), pattern(1016, 0, 0));
}

TEST_P(MetadataScenario, FramesNeedNone) {
    Reader reader = attach(10240);
    EXPECT_EQ(writer_.write(1024, 1, 0), Status::ok);
    expect_frames(reader, 1, 1024, 0);
    EXPECT_FALSE(reader.metadata(no_wait));
}

TEST_P(MetadataScenario, BlockOfSizeZeroLeavesFramesOnly) {
    Reader reader = attach(10240, 0);
    EXPECT_EQ(writer_.publish(1), Status::too_large);
    EXPECT_EQ(writer_.write(1024, 1, 0), Status::ok);
    expect_frames(reader, 1, 1024, 0);
}

INSTANTIATE_TEST_SUITE_P(Layouts, MetadataScenario, every_layout(), layout_name);

}  // namespace
}  // namespace zerobuffer::interop
