// SPDX-License-Identifier: MIT
#include "ring/producer_v2.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "rings.hpp"

namespace zerobuffer::ring {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

/// A ring of one page and alignment 64, in use for five laps, after frame 40; empty.
class ProducerV2Test : public testing::Test {
protected:
    bool attach() {
        producer_ = std::make_unique<ProducerV2>(ring_.control, ring_.payload.data(), ring_.geometry);
        return producer_->attach();
    }
    void expect_refused(const char* field, std::uint64_t found) {
        const auto bytes = copy_of(ring_.payload.bytes());
        const wire::ControlV2 control = ring_.control;
        ASSERT_FALSE(attach());
        EXPECT_STREQ(producer_->violation().field, field);
        EXPECT_EQ(producer_->violation().found, found);
        EXPECT_TRUE(equal(ring_.payload.bytes(), bytes));
        EXPECT_EQ(std::memcmp(&ring_.control, &control, sizeof control), 0) << "nothing is stored into a corrupt ring";
    }
    /// A header that an earlier writer left at the producer's position.
    void leave_header(std::uint64_t sequence, std::uint64_t size) { ring_.header(start_) = {size, sequence}; }

    const std::uint64_t capacity_ = page_size();
    const std::uint64_t start_ = 5 * capacity_ + 128;
    RingV2 ring_{64, start_, 40};
    std::unique_ptr<ProducerV2> producer_;
    std::byte* data_ = nullptr;
};

TEST_F(ProducerV2Test, NumbersFromOneInAFreshRing) {
    RingV2 ring;
    EXPECT_EQ(ring.write(10), 1U);
    EXPECT_EQ(ring.write(10), 2U);
}

TEST_F(ProducerV2Test, CarriesOnWhereTheLineSays) {
    ASSERT_TRUE(attach());
    EXPECT_EQ(producer_->sequence(), 40U);
    EXPECT_EQ(producer_->used(), 0U);
    ASSERT_EQ(producer_->claim(10, data_), Room::there);
    EXPECT_EQ(data_, ring_.payload.data() + 128 + 64);
    EXPECT_EQ(producer_->commit(10), 41U);
}

TEST_F(ProducerV2Test, RefusesAPositionThatIsNotAligned) {
    ring_.control.producer.position = start_ + 32;
    expect_refused("producer position", start_ + 32);
}

TEST_F(ProducerV2Test, RefusesAPositionWithinTwoRingsOfTheEnd) {
    ring_.control.producer.position = ring_.control.consumer.position = 0 - 2 * capacity_;
    ring_.header(0).sequence = 0;
    expect_refused("producer position", 0 - 2 * capacity_);
}

TEST_F(ProducerV2Test, AcceptsTheLastPositionBeforeThat) {
    const std::uint64_t last = 0 - 2 * capacity_ - 64;
    ring_.control.producer.position = ring_.control.consumer.position = last;
    ring_.header(last).sequence = 0;
    EXPECT_TRUE(attach());
}

TEST_F(ProducerV2Test, RefusesAHeaderThatIsTwoAhead) {
    leave_header(42, 10);
    expect_refused("frame sequence", 42);
}

TEST_F(ProducerV2Test, RefusesAHeaderOfThePast) {
    leave_header(39, 10);
    expect_refused("frame sequence", 39);
}

TEST_F(ProducerV2Test, RefusesAnyHeaderWhenNoSequenceCanFollow) {
    ring_.control.producer.sequence = most;
    leave_header(1, 10);
    expect_refused("frame sequence", 1);
}

TEST_F(ProducerV2Test, RefusesToRollOverAFrameLargerThanTheLargest) {
    for (const std::uint64_t size : {capacity_ - 127, capacity_, most - 63, most - 15, most}) {
        leave_header(41, size);
        expect_refused("frame size", size);
    }
}

TEST_F(ProducerV2Test, RollsOverTheLargestFrame) {
    ring_.header(start_ + capacity_ - 64).sequence = 0;
    leave_header(41, capacity_ - 128);
    ASSERT_TRUE(attach());
    EXPECT_EQ(producer_->sequence(), 41U);
    EXPECT_EQ(ring_.control.producer.position, start_ + capacity_ - 64);
}

TEST_F(ProducerV2Test, RefusesASecondHeaderBehindTheOneItRollsOver) {
    leave_header(41, 10);
    ring_.header(start_ + 128).sequence = 7;
    ASSERT_FALSE(attach());
    EXPECT_STREQ(producer_->violation().field, "header after the last frame");
    EXPECT_EQ(producer_->violation().found, 7U);
    EXPECT_EQ(producer_->violation().expected, 0U);
}

TEST_F(ProducerV2Test, RefusesAReaderAheadOfIt) {
    ring_.control.consumer.position = start_ + 64;
    expect_refused("consumer position", start_ + 64);
}

TEST_F(ProducerV2Test, RefusesAReaderMoreThanARingBehind) {
    ring_.control.consumer.position = start_ - capacity_ - 64;
    expect_refused("consumer position", start_ - capacity_ - 64);
}

TEST_F(ProducerV2Test, AcceptsAReaderExactlyARingBehind) {
    ring_.control.consumer.position = start_ - capacity_;
    ASSERT_TRUE(attach());
    EXPECT_EQ(producer_->used(), capacity_);
    EXPECT_EQ(producer_->claim(0, data_), Room::full);
}

/// The ring is full, so a claim looks at the reader's position, which is not what a reader can have stored.
class FullRingV2 : public ProducerV2Test {
protected:
    FullRingV2() {
        while (ring_.write(64)) {}
    }
    void expect_corrupt(std::uint64_t position) {
        ring_.control.consumer.position = position;
        const auto bytes = copy_of(ring_.payload.bytes());
        EXPECT_TRUE(ring_.producer->has_room(capacity_ - 128)) << "something to look at";
        EXPECT_EQ(ring_.producer->claim(capacity_ - 128, data_), Room::corrupt);
        EXPECT_STREQ(ring_.producer->violation().field, "consumer position");
        EXPECT_EQ(ring_.producer->violation().found, position);
        EXPECT_TRUE(equal(ring_.payload.bytes(), bytes));
    }
};

TEST_F(FullRingV2, FindsTheReaderThatWentBack) { expect_corrupt(start_ - 64); }

TEST_F(FullRingV2, FindsTheReaderThatWentFarBack) { expect_corrupt(0); }

TEST_F(FullRingV2, FindsTheReaderAheadOfTheWriter) { expect_corrupt(ring_.control.producer.position + 64); }

TEST_F(FullRingV2, FindsTheReaderFarAheadOfTheWriter) { expect_corrupt(most); }

TEST_F(FullRingV2, FindsTheReaderThatTakesBackWhatItReleased) {
    ring_.control.consumer.position = start_ + 256;
    ASSERT_EQ(ring_.producer->claim(64, data_), Room::there);
    ring_.producer->commit(64);
    expect_corrupt(start_ + 128);
}

TEST_F(FullRingV2, BelievesTheReaderThatReleasedEverything) {
    ring_.control.consumer.position = ring_.control.producer.position;
    EXPECT_EQ(ring_.producer->claim(capacity_ - 128, data_), Room::there);
}

TEST_F(ProducerV2Test, TellsWhatItWroteSinceItAttached) {
    ring_.write(10);
    ring_.write(100);
    EXPECT_EQ(ring_.producer->frames(), 2U);
    EXPECT_EQ(ring_.producer->bytes(), 128U + 192U);
    EXPECT_EQ(ring_.producer->sequence(), 42U);
    EXPECT_EQ(ring_.producer->used(), 128U + 192U);
    EXPECT_EQ(ring_.producer->free_bytes(), capacity_ - 128 - 192);
}

TEST_F(ProducerV2Test, CountsNoFrameOfAnEarlierWriterAsItsOwn) {
    ring_.write(10);
    ring_.attach_producer();
    EXPECT_EQ(ring_.producer->frames(), 0U);
    EXPECT_EQ(ring_.producer->bytes(), 0U);
    EXPECT_EQ(ring_.producer->sequence(), 41U);
}

TEST_F(ProducerV2Test, RefreshShowsTheSpaceThatCameBack) {
    ring_.write(10);
    ring_.release(ring_.take());
    EXPECT_EQ(ring_.producer->free_bytes(), capacity_ - 128);
    EXPECT_TRUE(ring_.producer->refresh());
    EXPECT_EQ(ring_.producer->free_bytes(), capacity_);
    EXPECT_EQ(ring_.producer->used(), 0U);
}

TEST_F(ProducerV2Test, TellsOfAReaderThatMovedOnlyOnceItHasSeenIt) {
    ring_.write(10);
    EXPECT_FALSE(ring_.producer->reader_moved());
    ring_.release(ring_.take());
    EXPECT_FALSE(ring_.producer->reader_moved());
    ring_.producer->refresh();
    EXPECT_TRUE(ring_.producer->reader_moved());
    ring_.attach_producer();
    EXPECT_FALSE(ring_.producer->reader_moved()) << "since this writer attached";
}

TEST_F(ProducerV2Test, AReaderThatLiesMakesTheRingLookEmptyAndNotHuge) {
    ring_.control.consumer.position = start_ + 64;
    EXPECT_EQ(ring_.producer->used(), 0U);
}

TEST_F(ProducerV2Test, ClaimWithoutCommitTakesNothing) {
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(ring_.producer->claim(capacity_ - 128, data_), Room::there);
    }
    EXPECT_EQ(ring_.producer->used(), 0U);
    EXPECT_EQ(ring_.write(10), 41U);
}

}  // namespace
}  // namespace zerobuffer::ring
