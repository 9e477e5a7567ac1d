// SPDX-License-Identifier: MIT
#include "ring/consumer_v1.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "lap_v1.hpp"

namespace zerobuffer::ring {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

class ConsumerV1Test : public LapV1 {
protected:
    /// What take() makes of the ring as it is; twice, because a corrupt frame stays where it is.
    void expect_corrupt(const char* field, std::uint64_t found, std::uint64_t expected) {
        const wire::ControlV1 control = ring_.control;
        const std::uint64_t position = ring_.consumer->position();
        for (int attempt = 0; attempt < 2; ++attempt) {
            frame_ = {};
            ASSERT_EQ(ring_.consumer->take(frame_), Take::corrupt);
            EXPECT_STREQ(ring_.consumer->violation().field, field);
            EXPECT_EQ(ring_.consumer->violation().found, found);
            EXPECT_EQ(ring_.consumer->violation().expected, expected);
            EXPECT_EQ(frame_.data, nullptr);
        }
        EXPECT_EQ(ring_.consumer->position(), position);
        EXPECT_EQ(std::memcmp(&ring_.control, &control, sizeof control), 0);
    }
    void expect_frame(std::uint64_t offset, std::uint64_t size, std::uint64_t sequence) {
        frame_ = ring_.take();
        EXPECT_EQ(frame_.data, ring_.payload.data() + offset + 16);
        EXPECT_EQ(frame_.size, size);
        EXPECT_EQ(frame_.extent.sequence, sequence);
    }
};

// ---- what a correct writer leaves ------------------------------------------------------------------------------------

TEST_F(ConsumerV1Test, FindsNothingInAFreshRing) {
    EXPECT_FALSE(ring_.consumer->ready());
    EXPECT_EQ(ring_.consumer->take(frame_), Take::none);
}

TEST_F(ConsumerV1Test, EveryWordFollowsEveryStep) {
    const auto words = [&] {
        const auto& c = ring_.control;
        return std::vector<std::uint64_t>{c.payload_free_bytes, c.payload_write_pos, c.payload_read_pos,
                                          c.payload_written_count, c.payload_read_count};
    };
    using Words = std::vector<std::uint64_t>;
    EXPECT_EQ(words(), (Words{256, 0, 0, 0, 0}));
    ring_.write(84);
    EXPECT_EQ(words(), (Words{156, 100, 0, 1, 0}));
    ring_.write(84);
    EXPECT_EQ(words(), (Words{56, 200, 0, 2, 0}));
    const Taken first = ring_.take();
    EXPECT_EQ(words(), (Words{56, 200, 100, 2, 1}));
    const Taken second = ring_.take();
    EXPECT_EQ(words(), (Words{56, 200, 200, 2, 2}));
    ring_.release(first);
    EXPECT_EQ(words(), (Words{156, 200, 200, 2, 2}));
    ring_.write(44);  // at 0, behind a marker at 200
    EXPECT_EQ(words(), (Words{40, 60, 200, 4, 2}));
    const Taken third = ring_.take();
    EXPECT_EQ(words(), (Words{40, 60, 60, 4, 4}));
    ring_.release(second);  // and the tail behind it
    EXPECT_EQ(words(), (Words{196, 60, 60, 4, 4}));
    ring_.release(third);
    EXPECT_EQ(words(), (Words{256, 60, 60, 4, 4}));
    ring_.write(196 - 16);  // up to the end
    EXPECT_EQ(words(), (Words{60, 0, 60, 5, 4}));
    ring_.release(ring_.take());
    EXPECT_EQ(words(), (Words{256, 0, 0, 5, 5}));
}

// A writer that died after it took space. A token may be there all the same: of a canceller, or for that writer's last frame.
TEST_F(ConsumerV1Test, SpaceThatIsTakenAndNotUsedIsNoFrame) {
    ring_.write(84);
    ring_.release(ring_.take());
    ring_.control.payload_free_bytes -= 60;
    EXPECT_FALSE(ring_.consumer->ready());
    EXPECT_EQ(ring_.consumer->take(frame_), Take::none);
    ring_.write(44);
    expect_frame(100, 44, 2);
}

// A writer that died before it took the space of the frame that fills the ring.
TEST_F(ConsumerV1Test, TakesAFullRingAlthoughItsSpaceCountsAsFree) {
    ring_.write(84);
    ring_.write(140);
    ring_.control.payload_free_bytes = 156;
    expect_frame(0, 84, 1);
    expect_frame(100, 140, 2);
}

TEST_F(ConsumerV1Test, TakesAFullRing) {
    ring_.write(240);
    EXPECT_TRUE(ring_.consumer->ready());
    expect_frame(0, 240, 1);
    EXPECT_FALSE(ring_.consumer->ready()) << "all of it is held, nothing is unread";
    EXPECT_EQ(ring_.consumer->take(frame_), Take::none);
}

TEST_F(ConsumerV1Test, TakesAFullRingThatDoesNotStartAtZero) {
    pass(100);
    ring_.write(156 - 16);
    ring_.write(100 - 16);
    expect_frame(100, 140, 2);
    EXPECT_TRUE(ring_.consumer->ready());
    expect_frame(0, 84, 3);
    EXPECT_FALSE(ring_.consumer->ready());
}

TEST_F(ConsumerV1Test, TakesAnExactFitThatAnOldWriterLeftAtTheEnd) {
    put_frame(0, 240, 1);
    put_words(256, 0, 1);
    EXPECT_TRUE(ring_.consumer->ready());
    expect_frame(0, 240, 1);
    EXPECT_FALSE(ring_.consumer->ready());
    ring_.release(frame_);
    EXPECT_FALSE(ring_.consumer->ready());
    EXPECT_EQ(ring_.control.payload_read_pos, 0U);
}

TEST_F(ConsumerV1Test, AcceptsAMarkerWhereTheFrameWouldHaveFitted) {
    put_frame(0, 20, 1);
    put_marker(36);
    put_words(36, 220, 2);
    expect_frame(0, 20, 1);
    ring_.release(frame_);
    put_frame(0, 14, 2);
    put_words(30, 256 - 220 - 30, 4);
    expect_frame(0, 14, 2);
    EXPECT_EQ(frame_.extent.begin, 256U);
    EXPECT_EQ(ring_.control.payload_read_count, 3U);
}

TEST_F(ConsumerV1Test, ReadsATailTooShortForAHeaderAsAWrap) {
    for (std::uint64_t tail = 1; tail < 16; ++tail) {
        ring_.restart();
        pass(256 - tail);
        std::ranges::fill(ring_.payload.bytes(), std::byte{0xee});
        put_frame(0, 30, 2);
        put_words(46, 256 - tail - 46, 3);
        expect_frame(0, 30, 2);
        EXPECT_EQ(ring_.control.payload_free_bytes, 256U - 46) << "the tail comes back at once";
        EXPECT_EQ(ring_.control.payload_read_count, 3U);
        ring_.release(frame_);
        EXPECT_EQ(ring_.control.payload_free_bytes, 256U);
    }
}

TEST_F(ConsumerV1Test, AMarkerWithoutItsFrameYetIsPassedAndNothingIsThere) {
    pass(100);
    put_marker(100);
    put_words(0, 100, 2);  // an old writer claimed a frame that wraps, and fills it
    EXPECT_EQ(ring_.consumer->take(frame_), Take::none);
    EXPECT_EQ(ring_.control.payload_free_bytes, 256U);
    EXPECT_EQ(ring_.control.payload_read_pos, 0U);
    put_frame(0, 30, 2);
    put_words(46, 210, 3);
    expect_frame(0, 30, 2);
}

TEST_F(ConsumerV1Test, SpaceOfAMarkerComesBackBehindTheFramesBeforeIt) {
    ring_.write(100);
    ring_.write(60);
    const Taken first = ring_.take();
    const Taken second = ring_.take();
    ring_.release(first);
    ring_.write(80);  // at 0, behind a marker at 192
    const Taken third = ring_.take();
    EXPECT_EQ(ring_.control.payload_free_bytes, 256U - 76 - 64 - 96) << "the second frame is held";
    EXPECT_EQ(ring_.consumer->release(third.extent), ReleaseOrder::Outcome::kept);
    ring_.release(second);
    EXPECT_EQ(ring_.control.payload_free_bytes, 256U);
}

// ---- sequences -------------------------------------------------------------------------------------------------------

class SequenceV1 : public ConsumerV1Test {
protected:
    SequenceV1() {
        pass(50);
        pass(50);
    }
    void offer(std::uint64_t sequence) {
        put_frame(100, 34, sequence);
        put_words(150, 206, 3);
    }
};

TEST_F(SequenceV1, RefusesOneThatSkips) {
    offer(4);
    expect_corrupt("frame sequence", 4, 3);
}

TEST_F(SequenceV1, RefusesOneThatRepeats) {
    offer(2);
    expect_corrupt("frame sequence", 2, 3);
}

TEST_F(SequenceV1, RefusesNone) {
    offer(0);
    expect_corrupt("frame sequence", 0, 3);
}

// Every writer of the old kind starts at 1, also one that comes back.
TEST_F(SequenceV1, AcceptsOneThatStartsAgain) {
    offer(1);
    expect_frame(100, 34, 1);
    put_frame(150, 34, 2);
    put_words(200, 106, 4);
    expect_frame(150, 34, 2);
}

TEST_F(SequenceV1, RefusesTheOldSuccessorAfterAStart) {
    offer(1);
    expect_frame(100, 34, 1);
    put_frame(150, 34, 3);
    put_words(200, 106, 4);
    expect_corrupt("frame sequence", 3, 2);
}

// ---- what no writer leaves -------------------------------------------------------------------------------------------

TEST_F(ConsumerV1Test, RefusesAWritePositionOutsideTheRing) {
    put_words(257, 0, 1);
    EXPECT_TRUE(ring_.consumer->ready());
    expect_corrupt("payload_write_pos", 257, 256);
    put_words(most, 0, 1);
    expect_corrupt("payload_write_pos", most, 256);
}

TEST_F(ConsumerV1Test, RefusesAMarkerAtTheStart) {
    put_marker(0);
    put_words(100, 156, 1);
    expect_corrupt("wrap marker at offset", 0, 1);
}

TEST_F(ConsumerV1Test, RefusesTwoMarkersInARow) {
    pass(100);
    put_marker(100);
    put_marker(0);
    put_words(50, 50, 3);
    EXPECT_EQ(ring_.consumer->take(frame_), Take::corrupt);
    EXPECT_STREQ(ring_.consumer->violation().field, "wrap marker at offset");
    EXPECT_EQ(ring_.consumer->position(), 256U) << "the first one is passed, the second never";
    expect_corrupt("wrap marker at offset", 0, 1);
}

TEST_F(ConsumerV1Test, RefusesASizeOf0ThatHasASequence) {
    put_header(0, 0, 1);
    put_words(100, 156, 1);
    expect_corrupt("frame size", 0, 240);
}

TEST_F(ConsumerV1Test, RefusesSizesThatLeaveTheRing) {
    pass(100);
    for (const std::uint64_t size : {std::uint64_t{141}, std::uint64_t{156}, std::uint64_t{240}, std::uint64_t{241},
                                     std::uint64_t{256}, std::uint64_t{1} << 32U, std::uint64_t{1} << 63U, most - 115,
                                     most - 31, most - 16, most - 15, most - 14, most}) {
        put_header(100, size, 2);
        put_words(0, 100, 2);
        expect_corrupt("frame size", size, 140);
    }
}

TEST_F(ConsumerV1Test, TakesTheLargestSizeThatStaysInside) {
    pass(100);
    put_frame(100, 140, 2);
    put_words(0, 100, 2);
    expect_frame(100, 140, 2);
}

TEST_F(ConsumerV1Test, RefusesAFrameLongerThanWhatWasWritten) {
    put_frame(0, 35, 1);
    put_words(50, 206, 1);
    expect_corrupt("frame size", 35, 34);
}

TEST_F(ConsumerV1Test, RefusesAFrameThatReachesIntoHeldOnes) {
    ring_.write(84);
    ring_.write(84);
    ring_.take();
    ring_.take();  // 200 bytes held
    put_marker(200);
    put_frame(0, 10, 3);
    put_words(26, 0, 4);
    EXPECT_EQ(ring_.consumer->take(frame_), Take::corrupt);
    EXPECT_STREQ(ring_.consumer->violation().field, "frame size");
    EXPECT_EQ(ring_.consumer->violation().found, 10U);
}

TEST_F(ConsumerV1Test, RefusesATailThatReachesIntoHeldFrames) {
    pass(100);
    ring_.write(84);
    ring_.write(34);  // at 0, behind a marker at 200
    ring_.take();
    ring_.take();
    put_marker(50);
    put_words(30, 0, 5);
    expect_corrupt("tail", 206, 50);
}

TEST_F(ConsumerV1Test, RefusesWrittenBytesTooFewForAHeader) {
    put_frame(0, 1, 1);
    put_words(8, 248, 1);
    EXPECT_EQ(ring_.consumer->take(frame_), Take::corrupt);
    EXPECT_STREQ(ring_.consumer->violation().field, "frame size");
}

TEST_F(ConsumerV1Test, FreeBytesThatLieAreNoFrame) {
    for (const std::uint64_t free_bytes : {std::uint64_t{257}, std::uint64_t{1} << 63U, most - 256}) {
        put_words(0, free_bytes, 0);
        EXPECT_FALSE(ring_.consumer->ready()) << free_bytes;
        EXPECT_EQ(ring_.consumer->take(frame_), Take::none) << free_bytes;
    }
}

// ---- release ---------------------------------------------------------------------------------------------------------

class ReleaseV1 : public ConsumerV1Test {
protected:
    ReleaseV1() {
        ring_.write(34);
        ring_.write(34);
        first_ = ring_.take();
    }
    void expect_misuse(const Extent& extent) {
        const wire::ControlV1 control = ring_.control;
        EXPECT_EQ(ring_.consumer->release(extent), ReleaseOrder::Outcome::misuse);
        EXPECT_EQ(std::memcmp(&ring_.control, &control, sizeof control), 0);
    }

    Taken first_{};
};

TEST_F(ReleaseV1, TwiceIsMisuseAndCreditsNothing) {
    ring_.release(first_);
    expect_misuse(first_.extent);
}

TEST_F(ReleaseV1, AFrameThatWasNotTakenIsMisuse) { expect_misuse({50, 100, 2}); }

TEST_F(ReleaseV1, MoreThanWasTakenIsMisuse) { expect_misuse({0, 100, 2}); }

TEST_F(ReleaseV1, NothingIsMisuse) { expect_misuse({}); }

TEST_F(ReleaseV1, OutOfOrderCreditsNothingUntilTheOldestGoes) {
    const Taken second = ring_.take();
    EXPECT_EQ(ring_.consumer->release(second.extent), ReleaseOrder::Outcome::kept);
    EXPECT_EQ(ring_.control.payload_free_bytes, 156U);
    ring_.release(first_);
    EXPECT_EQ(ring_.control.payload_free_bytes, 256U);
}

// ---- what it tells ---------------------------------------------------------------------------------------------------

TEST_F(ConsumerV1Test, TellsWhatItTook) {
    ring_.write(34);
    ring_.write(34);
    ring_.take();
    EXPECT_EQ(ring_.consumer->frames(), 1U);
    EXPECT_EQ(ring_.consumer->bytes(), 50U);
    EXPECT_EQ(ring_.consumer->sequence(), 1U);
    EXPECT_EQ(ring_.consumer->position(), 50U);
    EXPECT_EQ(ring_.consumer->produced(), 100U);
    EXPECT_EQ(ring_.consumer->used(), 100U);
}

TEST_F(ConsumerV1Test, AWritePositionThatLiesEndsNothing) {
    put_words(most, 256, 0);
    EXPECT_EQ(ring_.consumer->produced(), 0U);
}

}  // namespace
}  // namespace zerobuffer::ring
