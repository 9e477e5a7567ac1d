// SPDX-License-Identifier: MIT
#include "ring/consumer_v2.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "rings.hpp"

namespace zerobuffer::ring {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

/// A ring of one page and alignment 64, in use for five laps, after frame 40; empty.
class ConsumerV2Test : public testing::Test {
protected:
    bool attach() {
        consumer_ = std::make_unique<ConsumerV2>(ring_.control, ring_.payload.data(), ring_.geometry);
        return consumer_->attach();
    }
    void expect_refused(const char* field, std::uint64_t found) {
        const wire::ControlV2 control = ring_.control;
        ASSERT_FALSE(attach());
        EXPECT_STREQ(consumer_->violation().field, field);
        EXPECT_EQ(consumer_->violation().found, found);
        EXPECT_EQ(std::memcmp(&ring_.control, &control, sizeof control), 0) << "nothing is stored into a corrupt ring";
    }
    /// What take() makes of the ring as it is; twice, because a corrupt frame stays where it is.
    void expect_corrupt(const char* field, std::uint64_t found, std::uint64_t expected) {
        const wire::ControlV2 control = ring_.control;
        const std::uint64_t position = ring_.consumer->position();
        for (int attempt = 0; attempt < 2; ++attempt) {
            Taken frame{};
            ASSERT_EQ(ring_.consumer->take(frame), Take::corrupt);
            EXPECT_STREQ(ring_.consumer->violation().field, field);
            EXPECT_EQ(ring_.consumer->violation().found, found);
            EXPECT_EQ(ring_.consumer->violation().expected, expected);
            EXPECT_EQ(frame.data, nullptr);
        }
        EXPECT_EQ(ring_.consumer->position(), position);
        EXPECT_EQ(std::memcmp(&ring_.control, &control, sizeof control), 0);
    }
    void put_frame(std::uint64_t size, std::uint64_t sequence) { ring_.header(start_) = {size, sequence}; }

    const std::uint64_t capacity_ = page_size();
    const std::uint64_t start_ = 5 * capacity_ + 128;
    RingV2 ring_{64, start_, 40};
    std::unique_ptr<ConsumerV2> consumer_;
    Taken frame_{};
};

// ---- attach ----------------------------------------------------------------------------------------------------------

TEST_F(ConsumerV2Test, ExpectsTheSuccessorOfTheLastFrameInAnEmptyRing) {
    ASSERT_TRUE(attach());
    EXPECT_EQ(consumer_->sequence(), 40U);
    EXPECT_EQ(consumer_->position(), start_);
    EXPECT_FALSE(consumer_->ready());
    EXPECT_EQ(consumer_->take(frame_), Take::none);
}

TEST_F(ConsumerV2Test, BelievesTheHeaderMoreThanTheLine) {
    ring_.write(10);
    ring_.control.consumer.sequence = 45;  // of a reader that died between its two stores
    ASSERT_TRUE(attach());
    EXPECT_EQ(consumer_->sequence(), 40U);
    ASSERT_EQ(consumer_->take(frame_), Take::taken);
    EXPECT_EQ(frame_.extent.sequence, 41U);
}

TEST_F(ConsumerV2Test, RefusesAHeaderThatIsTwoAhead) {
    put_frame(10, 42);
    expect_refused("frame sequence", 42);
}

TEST_F(ConsumerV2Test, RefusesAPositionThatIsNotAligned) {
    ring_.control.consumer.position = start_ - 32;
    expect_refused("consumer position", start_ - 32);
}

TEST_F(ConsumerV2Test, RefusesAPositionWithinTwoRingsOfTheEnd) {
    ring_.control.producer.position = ring_.control.consumer.position = 0 - 2 * capacity_;
    expect_refused("consumer position", 0 - 2 * capacity_);
}

TEST_F(ConsumerV2Test, AcceptsTheLastPositionBeforeThat) {
    const std::uint64_t last = 0 - 2 * capacity_ - 64;
    ring_.control.producer.position = ring_.control.consumer.position = last;
    ring_.header(last).sequence = 0;
    EXPECT_TRUE(attach());
}

TEST_F(ConsumerV2Test, RefusesAWriterMoreThanARingAhead) {
    ring_.control.producer.position = start_ + capacity_ + 64;
    expect_refused("producer position", start_ + capacity_ + 64);
}

TEST_F(ConsumerV2Test, RefusesAWriterMoreThanARingBehind) {
    ring_.control.producer.position = start_ - capacity_ - 64;
    expect_refused("producer position", start_ - capacity_ - 64);
}

TEST_F(ConsumerV2Test, AcceptsAWriterExactlyARingAway) {
    ring_.control.producer.position = start_ + capacity_;
    EXPECT_TRUE(attach());
    ring_.control.producer.position = start_ - capacity_;
    EXPECT_TRUE(attach());
}

TEST_F(ConsumerV2Test, GetsHeldFramesAgainAfterItResumes) {
    for (int i = 0; i < 3; ++i) {
        ring_.write(10);
    }
    const auto held = ring_.take_all();
    ring_.release(held[0]);
    EXPECT_EQ(ring_.consumer->release(held[2].extent), ReleaseOrder::Outcome::kept);
    ring_.attach_consumer();
    const auto again = ring_.take_all();
    ASSERT_EQ(again.size(), 2U);
    EXPECT_EQ(again[0].extent.sequence, 42U);
    EXPECT_EQ(again[1].extent.sequence, 43U);
}

// ---- take ------------------------------------------------------------------------------------------------------------

TEST_F(ConsumerV2Test, TakesNothingWhereNoSequenceStands) {
    put_frame(10, 0);
    EXPECT_FALSE(ring_.consumer->ready());
    EXPECT_EQ(ring_.consumer->take(frame_), Take::none);
}

TEST_F(ConsumerV2Test, SomethingCorruptIsReadyToBeLookedAt) {
    put_frame(10, 99);
    EXPECT_TRUE(ring_.consumer->ready());
}

TEST_F(ConsumerV2Test, RefusesASequenceThatSkips) {
    put_frame(10, 42);
    expect_corrupt("frame sequence", 42, 41);
}

TEST_F(ConsumerV2Test, RefusesASequenceThatRepeats) {
    put_frame(10, 40);
    expect_corrupt("frame sequence", 40, 41);
}

TEST_F(ConsumerV2Test, RefusesASequenceThatStartsAgain) {
    put_frame(10, 1);
    expect_corrupt("frame sequence", 1, 41);
}

TEST_F(ConsumerV2Test, RefusesASequenceFromNowhere) {
    put_frame(10, most);
    expect_corrupt("frame sequence", most, 41);
}

TEST_F(ConsumerV2Test, RefusesSizesBeyondTheLargestFrame) {
    const std::uint64_t largest = capacity_ - 128;
    for (const std::uint64_t size : {largest + 1, largest + 64, capacity_, 2 * capacity_, std::uint64_t{1} << 32U,
                                     std::uint64_t{1} << 63U, most - 79, most - 63, most - 15, most - 14, most}) {
        put_frame(size, 41);
        expect_corrupt("frame size", size, largest);
    }
}

TEST_F(ConsumerV2Test, RefusesAFrameThatReachesIntoHeldOnes) {
    ring_.write(64);
    ring_.take();  // 128 bytes held
    const std::uint64_t start = start_ + 128;
    ring_.header(start) = {capacity_ - 128 - 128 + 1, 42};
    expect_corrupt("frame size", capacity_ - 255, capacity_ - 128);
}

TEST_F(ConsumerV2Test, TakesAFrameThatReachesUpToHeldOnes) {
    ring_.write(64);
    ring_.take();
    ring_.header(start_ + 128) = {capacity_ - 128 - 128, 42};
    ASSERT_EQ(ring_.consumer->take(frame_), Take::taken);
    EXPECT_EQ(frame_.extent.end, start_ + capacity_ - 64);
}

TEST_F(ConsumerV2Test, TakesEmptyFrames) {
    ring_.write(0);
    ring_.write(0);
    const auto frames = ring_.take_all();
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_EQ(frames[0].size, 0U);
    EXPECT_EQ(frames[1].extent.begin, start_ + 64);
}

// ---- release ---------------------------------------------------------------------------------------------------------

class ReleaseV2 : public ConsumerV2Test {
protected:
    ReleaseV2() {
        ring_.write(10);
        ring_.write(10);
        first_ = ring_.take();
    }
    void expect_misuse(const Extent& extent) {
        const wire::ControlV2 control = ring_.control;
        EXPECT_EQ(ring_.consumer->release(extent), ReleaseOrder::Outcome::misuse);
        EXPECT_EQ(std::memcmp(&ring_.control, &control, sizeof control), 0);
    }

    Taken first_{};
};

TEST_F(ReleaseV2, TwiceIsMisuseAndStoresNothing) {
    ring_.release(first_);
    expect_misuse(first_.extent);
}

TEST_F(ReleaseV2, AFrameThatWasNotTakenIsMisuse) { expect_misuse({start_ + 128, start_ + 256, 42}); }

TEST_F(ReleaseV2, MoreThanWasTakenIsMisuse) { expect_misuse({start_, start_ + 256, 42}); }

TEST_F(ReleaseV2, AFrameOfAnEarlierReaderIsMisuse) { expect_misuse({start_ - 128, start_, 40}); }

TEST_F(ReleaseV2, NothingIsMisuse) { expect_misuse({}); }

TEST_F(ReleaseV2, OutOfOrderStoresNothingUntilTheOldestGoes) {
    const Taken second = ring_.take();
    const wire::ControlV2 control = ring_.control;
    EXPECT_EQ(ring_.consumer->release(second.extent), ReleaseOrder::Outcome::kept);
    EXPECT_EQ(std::memcmp(&ring_.control, &control, sizeof control), 0);
    ring_.release(first_);
    EXPECT_EQ(ring_.control.consumer.position, start_ + 256);
    EXPECT_EQ(ring_.control.consumer.sequence, 42U);
}

// ---- what it tells ---------------------------------------------------------------------------------------------------

TEST_F(ConsumerV2Test, TellsWhatItTookSinceItAttached) {
    ring_.write(10);
    ring_.write(100);
    ring_.take_all();
    EXPECT_EQ(ring_.consumer->frames(), 2U);
    EXPECT_EQ(ring_.consumer->bytes(), 128U + 192U);
    EXPECT_EQ(ring_.consumer->sequence(), 42U);
    EXPECT_EQ(ring_.consumer->produced(), start_ + 320);
    EXPECT_EQ(ring_.consumer->used(), 320U);
}

TEST_F(ConsumerV2Test, CountsNoFrameOfAnEarlierReaderAsItsOwn) {
    ring_.write(10);
    ring_.release(ring_.take());
    ring_.attach_consumer();
    EXPECT_EQ(ring_.consumer->frames(), 0U);
    EXPECT_EQ(ring_.consumer->bytes(), 0U);
}

TEST_F(ConsumerV2Test, AMirrorThatIsLateMakesTheRingLookEmptyAndNotHuge) {
    ring_.control.producer.position = start_ - 128;
    EXPECT_EQ(ring_.consumer->used(), 0U);
}

TEST_F(ConsumerV2Test, AMirrorThatLiesMakesTheRingLookEmptyAndNotHuge) {
    ring_.control.producer.position = most;
    EXPECT_EQ(ring_.consumer->used(), 0U);
}

}  // namespace
}  // namespace zerobuffer::ring
