// SPDX-License-Identifier: MIT
// What holds for every layout when frames are released in any order: held bytes never change, whatever the writer does,
// and space returns in ring order.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "rings.hpp"

namespace zerobuffer::ring {
namespace {

using Order = std::vector<std::size_t>;

/// Where the reader's release has got to, as the peer can see it, counted from an empty ring.
std::uint64_t credited(const RingV1& ring) { return ring.producer->bytes() - ring.occupied(); }
std::uint64_t credited(const RingV2& ring) { return ring.control.consumer.position; }

template <class Ring>
class ReleasedInAnyOrder : public testing::Test {
protected:
    /// `count` frames of different sizes, all held.
    static std::vector<Taken> hold(Ring& ring, std::size_t count, std::uint64_t smallest) {
        for (std::size_t i = 0; i < count; ++i) {
            EXPECT_TRUE(ring.write(smallest + i % 3));
        }
        auto frames = ring.take_all();
        EXPECT_EQ(frames.size(), count);
        return frames;
    }

    static void take_all_room(Ring& ring) {
        while (ring.write(1)) {}
    }

    static void expect_safe(Ring& ring, std::vector<Taken> frames, const Order& order) {
        const std::uint64_t first = frames.front().extent.begin;
        std::vector<bool> released(frames.size());
        take_all_room(ring);
        for (const std::size_t i : order) {
            const auto oldest = [&] { return std::find(released.begin(), released.end(), false) - released.begin(); };
            const bool is_oldest = oldest() == static_cast<std::ptrdiff_t>(i);
            const auto outcome = ring.consumer->release(frames[i].extent);
            ASSERT_EQ(outcome, is_oldest ? ReleaseOrder::Outcome::moved : ReleaseOrder::Outcome::kept);
            released[i] = true;
            const auto held = static_cast<std::size_t>(oldest());
            ASSERT_EQ(credited(ring), held == 0 ? first : frames[held - 1].extent.end);
            take_all_room(ring);
            for (std::size_t k = 0; k < frames.size(); ++k) {
                ASSERT_TRUE(released[k] || is_intact(frames[k]));
            }
        }
        for (const Taken& frame : ring.take_all()) {
            ring.release(frame);
        }
        ASSERT_EQ(ring.occupied(), 0U);
    }
};
TYPED_TEST_SUITE(ReleasedInAnyOrder, EveryRing, RingName);

std::string text_of(const Order& order) { return testing::PrintToString(order); }

TYPED_TEST(ReleasedInAnyOrder, SixFramesInEveryOrder) {
    Order order{0, 1, 2, 3, 4, 5};
    int orders = 0;
    do {
        TypeParam ring = TypeParam::of(page_size());
        const auto frames = this->hold(ring, 6, page_size() / 6 - 130);
        this->expect_safe(ring, frames, order);
        ASSERT_FALSE(this->HasFailure()) << text_of(order);
        ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(orders, 720);
}

TYPED_TEST(ReleasedInAnyOrder, SixtyFourFramesInRandomOrders) {
    Order order(64);
    std::iota(order.begin(), order.end(), 0U);
    for (unsigned seed = 0; seed < 40; ++seed) {
        std::mt19937 random(seed);
        std::shuffle(order.begin(), order.end(), random);
        TypeParam ring = TypeParam::of(4 * page_size());
        const auto frames = this->hold(ring, 64, 20);
        this->expect_safe(ring, frames, order);
        ASSERT_FALSE(this->HasFailure()) << "seed " << seed << ": " << text_of(order);
    }
}

}  // namespace
}  // namespace zerobuffer::ring
