// SPDX-License-Identifier: MIT
#include "ring/release_order.hpp"

#include <gtest/gtest.h>

#include "rings.hpp"

namespace zerobuffer::ring {
namespace {

using Outcome = ReleaseOrder::Outcome;

/// Frames of 64 bytes from position 1000 on; frame 1 is the first.
class Releasing : public testing::Test {
protected:
    static Extent frame(std::uint64_t number) { return {936 + 64 * number, 1000 + 64 * number, number}; }
    Outcome release(std::uint64_t number) { return order_.release(frame(number)); }
    [[nodiscard]] std::uint64_t released() const { return (order_.frontier() - 1000) / 64; }

    ReleaseOrder order_{1000, 0};
};

TEST_F(Releasing, StartsWhereItIsTold) {
    const ReleaseOrder order(1000, 41);
    EXPECT_EQ(order.frontier(), 1000U);
    EXPECT_EQ(order.sequence(), 41U);
}

// A peer that lies may have put its ring there.
TEST(ReleasingAcrossTheLastPosition, KnowsEveryFrameOnce) {
    const auto frame = [](std::uint64_t number) {
        return Extent{0 - std::uint64_t{96} + 64 * number, 0 - std::uint64_t{32} + 64 * number, number};
    };
    ReleaseOrder order(0 - std::uint64_t{96}, 0);
    EXPECT_EQ(order.release(frame(2)), Outcome::kept);
    EXPECT_EQ(order.release(frame(1)), Outcome::kept);
    EXPECT_EQ(order.release(frame(2)), Outcome::misuse);
    EXPECT_EQ(order.release(frame(1)), Outcome::misuse);
    EXPECT_EQ(order.release(frame(0)), Outcome::moved);
    EXPECT_EQ(order.frontier(), 96U);
    EXPECT_EQ(order.release(frame(1)), Outcome::misuse);
}

TEST_F(Releasing, TheOldestFrameMovesTheFrontier) {
    EXPECT_EQ(release(1), Outcome::moved);
    EXPECT_EQ(order_.frontier(), 1064U);
    EXPECT_EQ(order_.sequence(), 1U);
}

TEST_F(Releasing, ALaterFrameIsKeptUntilItsTurn) {
    EXPECT_EQ(release(2), Outcome::kept);
    EXPECT_EQ(order_.frontier(), 1000U);
    EXPECT_EQ(order_.sequence(), 0U);
}

TEST_F(Releasing, FillingTheGapMovesOverAllThatWasKept) {
    release(3);
    release(2);
    EXPECT_EQ(release(1), Outcome::moved);
    EXPECT_EQ(released(), 3U);
    EXPECT_EQ(order_.sequence(), 3U);
}

TEST_F(Releasing, StopsAtTheNextGap) {
    release(2);
    release(4);
    EXPECT_EQ(release(1), Outcome::moved);
    EXPECT_EQ(released(), 2U);
    EXPECT_EQ(order_.sequence(), 2U);
    EXPECT_EQ(release(3), Outcome::moved);
    EXPECT_EQ(released(), 4U);
    EXPECT_EQ(order_.sequence(), 4U);
}

TEST_F(Releasing, JoiningFromTheLeftKeepsTheLaterSequence) {
    release(3);
    release(2);  // ends where 3 begins
    release(1);
    EXPECT_EQ(order_.sequence(), 3U);
}

TEST_F(Releasing, JoiningFromTheRightKeepsTheLaterSequence) {
    release(2);
    release(3);  // begins where 2 ends
    release(1);
    EXPECT_EQ(order_.sequence(), 3U);
}

TEST_F(Releasing, JoiningBothNeighboursKeepsTheLastSequence) {
    release(2);
    release(4);
    release(3);
    release(1);
    EXPECT_EQ(released(), 4U);
    EXPECT_EQ(order_.sequence(), 4U);
}

TEST_F(Releasing, TwiceIsMisuseWhenTheFrontierHasPassed) {
    release(1);
    EXPECT_EQ(release(1), Outcome::misuse);
    EXPECT_EQ(released(), 1U);
}

TEST_F(Releasing, TwiceIsMisuseWhileItIsKept) {
    release(3);
    EXPECT_EQ(release(3), Outcome::misuse);
    EXPECT_EQ(released(), 0U);
}

TEST_F(Releasing, TwiceIsMisuseAtTheStartOfWhatWasJoined) {
    release(3);
    release(4);
    EXPECT_EQ(release(3), Outcome::misuse);
}

TEST_F(Releasing, TwiceIsMisuseAtTheEndOfWhatWasJoined) {
    release(3);
    release(4);
    EXPECT_EQ(release(4), Outcome::misuse);
}

TEST_F(Releasing, TwiceIsMisuseInTheMiddleOfWhatWasJoined) {
    release(3);
    release(5);
    release(4);
    EXPECT_EQ(release(4), Outcome::misuse);
    release(2);
    release(1);
    EXPECT_EQ(released(), 5U);
}

TEST_F(Releasing, PartOfAFrameThatIsKeptIsMisuse) {
    release(3);
    EXPECT_EQ(order_.release({1128 - 32, 1128 + 32, 3}), Outcome::misuse);
    EXPECT_EQ(order_.release({1128 + 32, 1192 + 32, 3}), Outcome::misuse);
    EXPECT_EQ(order_.release({1128 - 32, 1192 + 32, 3}), Outcome::misuse);
    EXPECT_EQ(order_.release({1128 + 16, 1192 - 16, 3}), Outcome::misuse);
}

TEST_F(Releasing, WhatBeginsBeforeTheFrontierIsMisuse) {
    release(1);
    EXPECT_EQ(order_.release({1032, 1128, 2}), Outcome::misuse);
    EXPECT_EQ(released(), 1U);
}

TEST_F(Releasing, WhatHasNoBytesIsMisuse) {
    EXPECT_EQ(order_.release({1064, 1064, 2}), Outcome::misuse);
    EXPECT_EQ(order_.release({1128, 1064, 2}), Outcome::misuse);
    EXPECT_EQ(order_.release({}), Outcome::misuse);
}

TEST_F(Releasing, MisuseChangesNothing) {
    release(3);
    release(3);
    release(2);
    EXPECT_EQ(release(1), Outcome::moved);
    EXPECT_EQ(released(), 3U);
    EXPECT_EQ(order_.sequence(), 3U);
}

TEST_F(Releasing, PositionsMayPassTheMiddleOfTheirRange) {
    const std::uint64_t middle = std::uint64_t{1} << 63U;
    ReleaseOrder order(middle - 64, 7);
    EXPECT_EQ(order.release({middle, middle + 64, 9}), Outcome::kept);
    EXPECT_EQ(order.release({middle - 64, middle, 8}), Outcome::moved);
    EXPECT_EQ(order.frontier(), middle + 64);
    EXPECT_EQ(order.sequence(), 9U);
}

}  // namespace
}  // namespace zerobuffer::ring
