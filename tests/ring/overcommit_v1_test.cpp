// SPDX-License-Identifier: MIT
// Bytes that are unread, and "free" as well: what a writer finds that attaches after one of the old kind was killed, and what
// only looks like that.
#include <gtest/gtest.h>

#include "lap_v1.hpp"
#include "ring/producer_v1.hpp"

namespace zerobuffer::ring {
namespace {

using OvercommitV1 = LapV1;

// A writer of the old kind moves its position first and takes the space afterwards.
TEST_F(OvercommitV1, TakesBackSpaceThatAKilledWriterDidNotTake) {
    put_frame(0, 84, 1);
    put_words(100, 256, 0);
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.control.payload_free_bytes, 156U);
    EXPECT_EQ(ring_.producer->free_bytes(), 156U);
}

TEST_F(OvercommitV1, TakesBackNoMoreThanThatAcrossTheEnd) {
    pass(200);
    ring_.write(100);  // at 0, behind a marker: 172 bytes
    ring_.control.payload_free_bytes += 100;
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.control.payload_free_bytes, 84U);
}

// The frame in flight ended where the unread ones begin: equal offsets, and more written than read.
TEST_F(OvercommitV1, TakesBackAllSpaceOfARingThatAKilledWriterHasFilled) {
    put_frame(0, 112, 1);
    put_frame(128, 112, 2);
    for (const std::uint64_t end : {0U, 256U}) {
        put_words(end, 128, 1);
        ASSERT_TRUE(attach_producer());
        EXPECT_EQ(ring_.control.payload_free_bytes, 0U) << end;
        EXPECT_EQ(ring_.producer->claim(1, data_), Room::full) << end;
        EXPECT_EQ(ring_.producer->sequence(), 2U) << end;
    }
}

/// A reader that stands between two of its stores while a writer attaches, and does them when it gets to run.
class ReaderAmidItsStores : public OvercommitV1 {
protected:
    template <class Stores>
    [[nodiscard]] bool attach_producer_beside(Stores stores) {
        ring_.producer = std::make_unique<ProducerV1>(ring_.control, ring_.payload.data(), ring_.geometry);
        return ring_.producer->attach([&] {
            ++pauses_;
            stores();
        });
    }

    int pauses_ = 0;
};

TEST_F(ReaderAmidItsStores, MayBeBehindWithTheCountOfTheLastFrame) {
    ring_.write(84);
    ring_.take();
    ring_.control.payload_read_count = 0;
    ASSERT_TRUE(attach_producer_beside([&] { ring_.control.payload_read_count = 1; }));
    EXPECT_EQ(ring_.control.payload_free_bytes, 156U);
    EXPECT_EQ(pauses_, 1);
}

// One of the old kind gives the tail back first and goes to 0 then.
TEST_F(ReaderAmidItsStores, MayHaveGivenBackTheTailThatItStandsAt) {
    for (const std::uint64_t first : {200U, 241U}) {  // a marker behind it, or a tail too short for one
        ring_.restart();
        pass(first);
        ring_.write(100);  // at 0
        ring_.control.payload_free_bytes = 256 - 116;
        ring_.control.payload_read_count = 1;
        pauses_ = 0;
        ASSERT_TRUE(attach_producer_beside([&] {
            ring_.control.payload_read_pos = 0;
            ring_.control.payload_read_count = 2;
        })) << first;
        EXPECT_EQ(ring_.control.payload_free_bytes, 256U - 116U) << first;
        EXPECT_EQ(ring_.producer->free_bytes(), 256U - 116U) << first;
        EXPECT_EQ(pauses_, 1) << first;
    }
}

TEST_F(ReaderAmidItsStores, IsNotWaitedForWhereNothingIsTooMuch) {
    ring_.write(84);
    ring_.write(84);
    ring_.release(ring_.take());
    ASSERT_TRUE(attach_producer_beside([] {}));
    EXPECT_EQ(pauses_, 0);
}

TEST_F(ReaderAmidItsStores, IsNotWaitedForWithoutEnd) {
    put_frame(0, 112, 1);
    put_frame(128, 112, 2);
    put_words(0, 128, 1);
    ASSERT_TRUE(attach_producer_beside([] {}));
    EXPECT_EQ(pauses_, 40);
}

TEST_F(OvercommitV1, LeavesSpaceAloneThatTheReaderHolds) {
    ring_.write(84);
    ring_.write(84);
    const Taken held = ring_.take();
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.control.payload_free_bytes, 56U);
    ring_.release(held);
    ASSERT_TRUE(attach_producer());
    EXPECT_EQ(ring_.control.payload_free_bytes, 156U);
}

}  // namespace
}  // namespace zerobuffer::ring
