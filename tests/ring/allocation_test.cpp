// SPDX-License-Identifier: MIT
// Claim, commit, take and release never allocate once the reader has made room for the frames it is going to hold. This
// program has an operator new of its own, which counts.
#include <gtest/gtest.h>

#include <new>
#include <random>

#include "counting_new.hpp"
#include "rings.hpp"

namespace zerobuffer::ring {
namespace {

TEST(Counting, SeesAnAllocation) {
    const std::uint64_t before = allocations();
    ::operator delete(::operator new(1));
    EXPECT_EQ(allocations(), before + 1);
}

template <class Ring>
class HotPath : public testing::Test {};
TYPED_TEST_SUITE(HotPath, EveryRing, RingName);

TYPED_TEST(HotPath, AllocatesNothingWhenFramesGoInOrder) {
    TypeParam ring = TypeParam::of(page_size());
    const std::uint64_t before = allocations();
    for (std::uint64_t i = 0; i < 1000; ++i) {
        ring.write(i % 900 + 1);
        ring.release(ring.take());
    }
    EXPECT_EQ(allocations(), before);
}

TYPED_TEST(HotPath, AllocatesNothingForFramesOutOfOrderWithinTheRoomThatWasMade) {
    constexpr std::uint64_t held = 300;
    TypeParam ring = TypeParam::of(16 * page_size());
    ring.consumer->reserve(held);
    std::vector<Taken> frames(held);
    std::mt19937 random(1);
    for (int round = 0; round < 3; ++round) {
        for (Taken& frame : frames) {
            ring.write(20);
            frame = ring.take();
        }
        // Every second frame first: one gap for each of the others.
        std::stable_partition(frames.begin(), frames.end(), [](const Taken& f) { return f.extent.sequence % 2 == 0; });
        std::shuffle(frames.begin() + held / 2, frames.end(), random);
        const std::uint64_t before = allocations();
        for (const Taken& frame : frames) {
            EXPECT_NE(ring.consumer->release(frame.extent), ReleaseOrder::Outcome::misuse);
        }
        EXPECT_EQ(allocations(), before);
        EXPECT_EQ(ring.occupied(), 0U);
    }
}

}  // namespace
}  // namespace zerobuffer::ring
