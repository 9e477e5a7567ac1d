// SPDX-License-Identifier: MIT
// Scenarios 4, 5, 11 and 13: sizes at the edge, wraps, and what counters say, for every layout where it applies.
#include "interop_test.hpp"

namespace zerobuffer::interop {
namespace {

class EdgeScenario : public LayoutTest {
protected:
    static void pass(Writer& writer, Reader& reader, std::uint64_t size) {
        const std::uint64_t number = writer.stats().sequence + 1;
        ASSERT_TRUE(write_pattern(writer, size, 0, number, no_wait)) << size;
        auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame) << size;
        EXPECT_EQ(frame->size(), size);
        EXPECT_TRUE(matches(frame->bytes(), 0, number)) << size;
    }
};

TEST_P(EdgeScenario, LargestFrameFillsTheRing) {
    Reader reader = Reader::create(name_, options(10240));
    Writer writer = Writer::open(name_);
    EXPECT_EQ(writer.max_frame(), reader.max_frame());
    ASSERT_TRUE(write_pattern(writer, writer.max_frame(), 0, 1, no_wait));
    EXPECT_FALSE(writer.claim(1, no_wait));
    EXPECT_TRUE(matches(reader.acquire(no_wait)->bytes(), 0, 1));
    for (int lap = 0; lap < 3; ++lap) {
        pass(writer, reader, writer.max_frame());
    }
}

TEST_P(EdgeScenario, LargerThanTheLargestFrameIsRefusedAtOnce) {
    Reader reader = Reader::create(name_, options(16 << 20));
    Writer writer = Writer::open(name_);
    EXPECT_EQ(status_of([&] { return writer.claim(writer.max_frame() + 1, forever); }), Status::too_large);
    pass(writer, reader, writer.max_frame());
}

TEST_P(EdgeScenario, OneByteIsAFrame) {
    Reader reader = Reader::create(name_, options(10240));
    Writer writer = Writer::open(name_);
    for (int frame = 0; frame < 1000; ++frame) {
        pass(writer, reader, 1);
    }
}

TEST_P(EdgeScenario, LargeSmallLargeDoesNotDeadlock) {
    Reader reader = Reader::create(name_, options(10240));
    Writer writer = Writer::open(name_);
    const std::uint64_t large = reader.capacity() * 9 / 10;
    for (int lap = 0; lap < 3; ++lap) {
        for (const std::uint64_t size : {large, std::uint64_t{1}, large}) {
            pass(writer, reader, size);
        }
    }
}

TEST_P(EdgeScenario, CountersFollowEveryFrame) {
    Reader reader = Reader::create(name_, options(10240));
    Writer writer = Writer::open(name_);
    EXPECT_EQ(writer.stats().used, 0U);
    for (std::uint64_t number = 1; number <= 3; ++number) {
        ASSERT_TRUE(write_pattern(writer, 1000, 0, number, no_wait));
        EXPECT_EQ(writer.stats().frames, number);
        EXPECT_EQ(writer.stats().sequence, number);
        EXPECT_EQ(writer.stats().bytes, writer.stats().used);
    }
    const std::uint64_t full = writer.stats().used;
    EXPECT_GE(full, 3 * (1000U + 16));
    for (std::uint64_t number = 1; number <= 3; ++number) {
        auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame);
        EXPECT_EQ(reader.stats().held, 1U);
        frame->release();
        EXPECT_EQ(reader.stats().frames, number);
        EXPECT_EQ(reader.stats().held, 0U);
        EXPECT_EQ(writer.stats().used, full - full / 3 * number);
    }
}

TEST_P(EdgeScenario, PendingFramesAllArrive) {
    Reader reader = Reader::create(name_, options(10240));
    Writer writer = Writer::open(name_);
    for (std::uint64_t number = 1; number <= 5; ++number) {
        ASSERT_TRUE(write_pattern(writer, 1000, 0, number, no_wait));
    }
    EXPECT_EQ(inspect(name_).unread, 5U);
    std::array<Frame, 8> frames;
    ASSERT_EQ(reader.acquire_many(frames, no_wait), 5U);
    for (std::uint64_t number = 1; number <= 5; ++number) {
        EXPECT_TRUE(matches(frames[number - 1].bytes(), 0, number));
    }
    reader.release_many(frames);
    EXPECT_FALSE(reader.acquire(no_wait));
}

INSTANTIATE_TEST_SUITE_P(Layouts, EdgeScenario, every_layout(), layout_name);

/// A v1 ring whose writer stands at `position`, everything before it released.
class EdgeOfV1 : public InteropTest {
protected:
    void start(std::uint64_t capacity) {
        reader_.emplace(Reader::create(name_, v1_options(capacity)));
        writer_.emplace(Writer::open(name_));
    }

    void move_to(std::uint64_t position) {
        ASSERT_TRUE(write(position - V1_HEADER_SIZE));
        reader_->acquire(no_wait)->release();
    }

    bool write(std::uint64_t size) { return write_pattern(*writer_, size, 0, writer_->stats().sequence + 1, no_wait); }

    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
};

TEST_F(EdgeOfV1, EmptyFrameIsRefused) {
    start(256);
    EXPECT_EQ(status_of([&] { return writer_->claim(0, no_wait); }), Status::misuse);
    EXPECT_TRUE(write(1));
    EXPECT_EQ(V1View(name_).word(V1_PAYLOAD_FREE), 256U - 17);
}

TEST_F(EdgeOfV1, SmallestRingTakesFortyEightBytes) {
    start(17);
    EXPECT_EQ(reader_->capacity(), 64U);
    EXPECT_EQ(status_of([&] { return writer_->claim(49, no_wait); }), Status::too_large);
    EXPECT_TRUE(write(48));
    EXPECT_FALSE(write(1));
    EXPECT_TRUE(reader_->acquire(no_wait));
    EXPECT_TRUE(write(1));
}

TEST_F(EdgeOfV1, FrameBeyondTheTailLeavesAMarkerAndStartsAtTheBegin) {
    start(1024);
    move_to(924);
    ASSERT_TRUE(write(200));
    V1View view(name_);
    EXPECT_EQ(view.header(924).size, 0U);
    EXPECT_EQ(view.header(0).size, 200U);
    EXPECT_EQ(view.word(V1_PAYLOAD_FREE), 1024U - 100 - 216);
    EXPECT_EQ(view.word(V1_WRITE_POSITION), 216U);
    EXPECT_TRUE(matches(reader_->acquire(no_wait)->bytes(), 0, 2));
    EXPECT_EQ(view.word(V1_READ_POSITION), 216U);
}

TEST_F(EdgeOfV1, RoomBehindTheWriterIsCountedToTheEnd) {
    start(1024);
    move_to(400);
    ASSERT_TRUE(write(84));    // 400..500 unread
    EXPECT_TRUE(write(508));   // exactly to the end
    EXPECT_FALSE(write(400));  // 400 bytes and a header are more than lie before the unread frame
    EXPECT_TRUE(write(384));
    EXPECT_FALSE(write(1));
}

TEST_F(EdgeOfV1, RoomBetweenWriterAndReaderIsCountedToTheReader) {
    start(1024);
    move_to(600);
    ASSERT_TRUE(write(408));  // to the end
    ASSERT_TRUE(write(184));  // 0..200
    EXPECT_FALSE(write(385));
    EXPECT_TRUE(write(384));  // 200..600
}

TEST_F(EdgeOfV1, RoomOfAnEmptyRingDependsOnWhereItIs) {
    start(1024);
    move_to(500);
    EXPECT_EQ(status_of([&] { write(600); }), Status::too_large);  // neither 524 behind nor 500 before hold 616
    EXPECT_TRUE(write(508));
}

TEST_F(EdgeOfV1, RoomWithTheReaderAtTheBeginEndsWithTheRing) {
    start(1024);
    ASSERT_TRUE(write(784));  // 0..800 unread
    EXPECT_FALSE(write(300));
    EXPECT_TRUE(write(208));
    EXPECT_FALSE(write(1));
}

TEST_F(EdgeOfV1, BlocksAreMultiplesOfSixtyFourBytes) {
    Reader reader = Reader::create(name_, v1_options(1000, 100));
    EXPECT_EQ(reader.capacity(), 1024U);
    EXPECT_EQ(reader.metadata_size(), 128U);
    EXPECT_EQ(V1View(name_).bytes().size(), 128U + 128U + 1024U);
}

using EdgeOfV2 = InteropTest;

TEST_F(EdgeOfV2, EmptyFrameIsAFrame) {
    Reader reader = Reader::create(name_, make_options(Layout::v2, 65536));
    Writer writer = Writer::open(name_);
    EXPECT_EQ(writer.write({}, no_wait), 1U);
    auto frame = reader.acquire(no_wait);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->size(), 0U);
}

TEST_F(EdgeOfV2, FrameOfMoreThanHalfTheRingFitsAnywhere) {
    Reader reader = Reader::create(name_, make_options(Layout::v2, 65536));
    Writer writer = Writer::open(name_);
    std::uint64_t number = 0;
    for (const std::uint64_t size : {40'000U, 46'000U, 1U, 60'000U}) {
        ASSERT_TRUE(write_pattern(writer, size, 0, ++number, no_wait)) << size;
        EXPECT_TRUE(matches(reader.acquire(no_wait)->bytes(), 0, number)) << size;
    }
}

TEST_F(EdgeOfV2, FramesStartOnTheAlignment) {
    Reader reader = Reader::create(name_, make_options(Layout::v2, 65536));
    Writer writer = Writer::open(name_);
    for (std::uint64_t number = 1; number <= 200; ++number) {
        ASSERT_TRUE(write_pattern(writer, number * 7, 0, number, no_wait));
        auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(frame->bytes().data()) % 64, 0U);
    }
}

}  // namespace
}  // namespace zerobuffer::interop
