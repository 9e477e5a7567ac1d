// SPDX-License-Identifier: MIT
// Frames come back in any order, space returns in ring order, and what is held is never overwritten.
#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <random>
#include <vector>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

class Releasing : public EveryLayout {
protected:
    Releasing() : reader_(Reader::create(name_, options())), writer_(Writer::open(name_)) {}
    void TearDown() override {
        frames_.clear();
        writer_.close();
        reader_.close();
        EveryLayout::TearDown();
    }
    /// Fills the ring with frames of 1000 bytes and takes them all.
    void hold_all() {
        std::uint64_t written = 0;
        while (write_frame(writer_, 1000, written + 1)) {
            ++written;
        }
        frames_.resize(written);
        ASSERT_EQ(reader_.acquire_many(frames_, no_wait), written);
    }
    [[nodiscard]] bool is_full() { return !writer_.wait(1000, no_wait); }

    Reader reader_;
    Writer writer_;
    std::vector<Frame> frames_;
};

INSTANTIATE_TEST_SUITE_P(Layouts, Releasing, layouts(), layout_name);

TEST_P(Releasing, TwiceIsTheSameAsOnce) {
    hold_all();
    frames_[0].release();
    frames_[0].release();
    EXPECT_EQ(reader_.stats().held, frames_.size() - 1);
    EXPECT_TRUE(holds(frames_[1], 1000, 2));
}

TEST_P(Releasing, FrameThatIsReplacedIsReleased) {
    hold_all();
    frames_[0] = Frame();
    EXPECT_EQ(reader_.stats().held, frames_.size() - 1);
    EXPECT_FALSE(is_full());
}

TEST_P(Releasing, SecondFrameFreesNothingWhileTheFirstIsHeld) {
    hold_all();
    frames_[1].release();
    EXPECT_TRUE(is_full());
    EXPECT_EQ(reader_.stats().held, frames_.size() - 1);
}

TEST_P(Releasing, FirstFrameFreesTheSecondThatWasReleasedBefore) {
    hold_all();
    const std::uint64_t used = reader_.stats().used;
    frames_[1].release();
    frames_[0].release();
    EXPECT_FALSE(is_full());
    EXPECT_LE(reader_.stats().used, used - 2000);
}

TEST_P(Releasing, AllBackwardsFreesEverythingWithTheLast) {
    hold_all();
    while (frames_.size() > 1) {
        frames_.pop_back();
        ASSERT_TRUE(is_full());
    }
    frames_.clear();
    EXPECT_EQ(reader_.stats().used, 0);
}

TEST_P(Releasing, EveryOtherOneThenTheRestFreesEverything) {
    hold_all();
    for (std::size_t i = 1; i < frames_.size(); i += 2) {
        frames_[i].release();
    }
    EXPECT_TRUE(is_full());
    for (std::size_t i = 0; i < frames_.size(); i += 2) {
        frames_[i].release();
    }
    EXPECT_EQ(reader_.stats().used, 0);
}

TEST_P(Releasing, ManyAtOnceSkipsThoseThatAreEmpty) {
    hold_all();
    frames_[0].release();
    frames_[2].release();
    reader_.release_many(frames_);
    EXPECT_EQ(reader_.stats().held, 0);
    EXPECT_EQ(reader_.stats().used, 0);
}

TEST_P(Releasing, NeverOverwritesWhatIsHeld) {
    hold_all();
    const std::size_t last = frames_.size() - 1;
    for (std::size_t i = 0; i < last; ++i) {
        if (i != last / 2) { frames_[i].release(); }
    }
    for (std::uint64_t number = 1; write_frame(writer_, 500, 1000 + number);) {
        ++number;
    }
    EXPECT_TRUE(holds(frames_[last / 2], 1000, last / 2 + 1));
    EXPECT_TRUE(holds(frames_[last], 1000, last + 1));
}

TEST_P(Releasing, AnyOrderOfSixFreesAllOfThem) {
    std::array<std::size_t, 6> order{};
    std::iota(order.begin(), order.end(), 0);
    std::uint64_t number = 0;
    do {
        std::array<Frame, 6> held;
        const std::uint64_t first = number + 1;
        for (std::size_t i = 0; i < held.size(); ++i) {
            ASSERT_TRUE(write_frame(writer_, 3000, ++number));
        }
        ASSERT_EQ(reader_.acquire_many(held, no_wait), held.size());
        for (const std::size_t i : order) {
            ASSERT_TRUE(holds(held.at(i), 3000, first + i));
            held.at(i).release();
        }
        ASSERT_EQ(reader_.stats().used, 0);
    } while (std::next_permutation(order.begin(), order.end()));
}

// The ring is kept as full as it can be, so that a space that came back too early would be written over at once.
TEST_P(Releasing, RandomOrdersOfSixtyFourNeverOverwriteWhatIsHeld) {
    constexpr std::uint64_t size = 800;
    std::mt19937_64 random(64);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same orders in every run
    std::uint64_t written = 0;
    std::uint64_t taken = 0;
    const auto fill = [&] {
        while (write_frame(writer_, size, written + 1)) {
            ++written;
        }
    };
    for (int round = 0; round < 200; ++round) {
        fill();
        std::array<Frame, 64> held;
        ASSERT_EQ(reader_.acquire_many(held, no_wait), held.size());
        std::array<std::size_t, 64> order{};
        std::iota(order.begin(), order.end(), 0);
        std::shuffle(order.begin(), order.end(), random);
        for (std::size_t done = 0; done < order.size(); ++done) {
            held.at(order.at(done)).release();
            fill();
            for (std::size_t left = done + 1; left < order.size(); ++left) {
                ASSERT_TRUE(holds(held.at(order.at(left)), size, taken + order.at(left) + 1)) << "round " << round;
            }
        }
        taken += held.size();
    }
    EXPECT_GT(written, 200 * 64);
}

}  // namespace
}  // namespace zerobuffer::test
