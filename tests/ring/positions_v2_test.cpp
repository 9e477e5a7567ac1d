// SPDX-License-Identifier: MIT
// Positions only grow. A ring that starts near the middle of their range crosses it without noticing.
#include <gtest/gtest.h>

#include "rings.hpp"

namespace zerobuffer::ring {
namespace {

/// 200 frames of changing sizes through the ring, two of them always held.
void stream(RingV2& ring) {
    std::vector<Taken> held;
    for (std::uint64_t i = 0; i < 200; ++i) {
        const auto sequence = ring.write(i * 37 % 900);
        ASSERT_TRUE(sequence) << i;
        held.push_back(ring.take());
        ASSERT_EQ(held.back().extent.sequence, *sequence);
        if (held.size() > 2) {
            ASSERT_TRUE(is_intact(held.front()));
            ring.release(held.front());
            held.erase(held.begin());
        }
    }
    for (const Taken& frame : held) {
        ring.release(frame);
    }
}

class Positions : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Positions, CrossTheMiddleOfTheirRange) {
    const std::uint64_t start = (std::uint64_t{1} << 63U) - GetParam();
    RingV2 ring(64, start, (std::uint64_t{1} << 63U) - 100);
    stream(ring);
    EXPECT_GT(ring.control.consumer.position, std::uint64_t{1} << 63U);
    EXPECT_EQ(ring.control.consumer.position, ring.control.producer.position);
    EXPECT_TRUE(ring.producer->refresh());
    EXPECT_EQ(ring.producer->used(), 0U);
}

TEST_P(Positions, CrossTheMiddleWhileBothSidesComeAndGo) {
    RingV2 ring(64, (std::uint64_t{1} << 63U) - GetParam(), 5);
    for (std::uint64_t i = 0; i < 100; ++i) {
        ASSERT_EQ(ring.write(i * 37 % 900), 6 + i);
        ring.attach_producer();
        ring.attach_consumer();
        ring.release(ring.take());
        ring.attach_consumer();
    }
    EXPECT_GT(ring.control.consumer.position, std::uint64_t{1} << 63U);
}

INSTANTIATE_TEST_SUITE_P(Before, Positions, testing::Values(64U, 1024U, 4096U, 5000U / 64 * 64));

TEST(LastPositions, StreamAtTheLastPlaceWhereOneMayAttach) {
    RingV2 ring(64, 0 - 2 * page_size() - 64, 5);
    ASSERT_EQ(ring.write(page_size() - 128), 6U);
    ring.release(ring.take());
    ASSERT_EQ(ring.write(page_size() - 128), 7U);
    ring.release(ring.take());
    EXPECT_EQ(ring.control.consumer.position, 0 - std::uint64_t{192});
}

// No honest ring comes here. A reader that a liar has led here can let go of everything all the same.
TEST(LastPositions, FramesAcrossTheLastPositionAreReleased) {
    RingV2 ring(64, 0 - 2 * page_size() - 64, 5);
    stream(ring);
    EXPECT_LT(ring.control.consumer.position, std::uint64_t{1} << 63U);
    EXPECT_EQ(ring.control.consumer.position, ring.control.producer.position);
}

}  // namespace
}  // namespace zerobuffer::ring
