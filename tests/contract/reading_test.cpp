// SPDX-License-Identifier: MIT
// What a reader promises: the ways to take frames.
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

class Reading : public EveryLayout {
protected:
    void make(std::uint64_t capacity = 64U << 10U) { make(options(capacity)); }
    void make(const Options& options) {
        reader_.emplace(Reader::create(name_, options));
        writer_.emplace(Writer::open(name_));
    }
    void write(std::uint64_t first, std::uint64_t last) {
        for (std::uint64_t number = first; number <= last; ++number) {
            ASSERT_EQ(write_frame(*writer_, 10, number), number);
        }
    }
    void TearDown() override {
        writer_.reset();
        reader_.reset();
        EveryLayout::TearDown();
    }

    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
};

INSTANTIATE_TEST_SUITE_P(Layouts, Reading, layouts(), layout_name);

TEST_P(Reading, GivesNothingBeforeTheFirstFrame) {
    make();
    std::array<Frame, 4> frames;
    EXPECT_FALSE(reader_->wait(no_wait));
    EXPECT_FALSE(reader_->acquire(no_wait));
    EXPECT_FALSE(reader_->acquire_latest(no_wait));
    EXPECT_EQ(reader_->acquire_many(frames, no_wait), 0);
}

TEST_P(Reading, TakesFramesInOrder) {
    make();
    write(1, 3);
    for (std::uint64_t number = 1; number <= 3; ++number) {
        const auto frame = reader_->acquire(no_wait);
        EXPECT_EQ(frame->sequence(), number);
        EXPECT_TRUE(holds(*frame, 10, number));
    }
    EXPECT_FALSE(reader_->acquire(no_wait));
}

TEST_P(Reading, WaitTakesNothing) {
    make();
    write(1, 1);
    EXPECT_TRUE(reader_->wait(no_wait));
    EXPECT_TRUE(reader_->wait(no_wait));
    EXPECT_EQ(reader_->stats().frames, 0);
    EXPECT_EQ(reader_->acquire(no_wait)->sequence(), 1);
}

TEST_P(Reading, TakesAllThatAreThere) {
    make();
    write(1, 3);
    std::array<Frame, 10> frames;
    ASSERT_EQ(reader_->acquire_many(frames, no_wait), 3);
    for (std::uint64_t number = 1; number <= 3; ++number) {
        EXPECT_TRUE(holds(frames.at(number - 1), 10, number));
    }
    EXPECT_FALSE(frames[3]);
}

TEST_P(Reading, TakesNoMoreThanAskedFor) {
    make();
    write(1, 3);
    std::array<Frame, 2> frames;
    ASSERT_EQ(reader_->acquire_many(frames, no_wait), 2);
    EXPECT_EQ(reader_->acquire(no_wait)->sequence(), 3);
}

TEST_P(Reading, TakesNoneIntoNoRoom) {
    make();
    write(1, 1);
    EXPECT_EQ(reader_->acquire_many({}, no_wait), 0);
    EXPECT_EQ(reader_->acquire(no_wait)->sequence(), 1);
}

TEST_P(Reading, TakesHundredsAtOnce) {
    make();
    write(1, 300);
    std::vector<Frame> frames(300);
    ASSERT_EQ(reader_->acquire_many(frames, no_wait), 300);
    for (std::uint64_t number = 1; number <= 300; ++number) {
        ASSERT_TRUE(holds(frames[number - 1], 10, number));
    }
    reader_->release_many(frames);
    EXPECT_EQ(reader_->stats().held, 0);
    EXPECT_EQ(reader_->stats().used, 0);
}

TEST_P(Reading, WhatABatchReplacesIsReleased) {
    make();
    write(1, 3);
    std::array<Frame, 2> frames;
    ASSERT_EQ(reader_->acquire_many(frames, no_wait), 2);
    ASSERT_EQ(reader_->acquire_many(frames, no_wait), 1);
    EXPECT_TRUE(holds(frames[0], 10, 3));
    EXPECT_TRUE(holds(frames[1], 10, 2));  // nothing came in its place
    EXPECT_EQ(reader_->stats().held, 2);
}

TEST_P(Reading, LatestIsTheNewestAndTheOlderOnesAreReleased) {
    make();
    write(1, 5);
    const auto frame = reader_->acquire_latest(no_wait);
    EXPECT_TRUE(holds(*frame, 10, 5));
    const Stats stats = reader_->stats();
    EXPECT_EQ(stats.skipped, 4);
    EXPECT_EQ(stats.frames, 5);
    EXPECT_EQ(stats.held, 1);
    EXPECT_FALSE(reader_->acquire_latest(no_wait));
}

TEST_P(Reading, LatestOfOneSkipsNothing) {
    make();
    write(1, 1);
    EXPECT_EQ(reader_->acquire_latest(no_wait)->sequence(), 1);
    EXPECT_EQ(reader_->stats().skipped, 0);
}

TEST_P(Reading, LatestLeavesHeldFramesAlone) {
    make();
    write(1, 4);
    const auto held = reader_->acquire(no_wait);
    EXPECT_EQ(reader_->acquire_latest(no_wait)->sequence(), 4);
    EXPECT_EQ(reader_->stats().skipped, 2);
    EXPECT_TRUE(holds(*held, 10, 1));
    EXPECT_GT(reader_->stats().used, 0);
}

TEST_P(Reading, LatestEmptiesARingThatWasFull) {
    make();
    std::uint64_t written = 0;
    while (write_frame(*writer_, 1000, written + 1)) {
        ++written;
    }
    EXPECT_EQ(reader_->acquire_latest(no_wait)->sequence(), written);
    EXPECT_EQ(reader_->stats().used, 0);
    EXPECT_TRUE(write_frame(*writer_, writer_->max_frame() / 2, written + 1));
}

TEST_P(Reading, FramesAreReadOnlyUnlessAskedFor) {
    make();
    write(1, 1);
    const auto frame = reader_->acquire(no_wait);
    EXPECT_THAT(failure_of([&] { return frame->mutable_bytes(); }),
                says(Status::misuse, name_, "read-only", "open the reader with writable"));
}

TEST_P(Reading, WritableFramesAreEditedInPlace) {
    Options writable = options();
    writable.writable = true;
    make(writable);
    write(1, 2);
    auto first = reader_->acquire(no_wait);
    Pattern().fill(first->mutable_bytes(), 99);
    EXPECT_TRUE(holds(*first, 10, 99));
    EXPECT_TRUE(holds(*reader_->acquire(no_wait), 10, 2));
}

TEST_P(Reading, ReleasedFrameShowsNothing) {
    Options writable = options();
    writable.writable = true;
    make(writable);
    write(1, 1);
    auto frame = reader_->acquire(no_wait);
    EXPECT_TRUE(*frame);
    frame->release();
    EXPECT_FALSE(*frame);
    EXPECT_EQ(frame->size(), 0);
    EXPECT_TRUE(frame->bytes().empty());
    EXPECT_THAT(failure_of([&] { return frame->mutable_bytes(); }), says(Status::misuse, "frame", "was released", ""));
}

TEST_P(Reading, MovedFrameHoldsAndTheOldOneIsEmpty) {
    make();
    write(1, 1);
    auto frame = reader_->acquire(no_wait);
    const Frame moved = std::move(*frame);
    EXPECT_TRUE(holds(moved, 10, 1));
    EXPECT_FALSE(*frame);  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(reader_->stats().held, 1);
}

TEST_P(Reading, MovedReaderGoesOnAndTheOldOneIsRefused) {
    make();
    write(1, 3);
    Reader moved = std::move(*reader_);
    EXPECT_EQ(moved.acquire(no_wait)->sequence(), 1);
    EXPECT_THAT(failure_of([&] { return reader_->acquire(no_wait); }),  // NOLINT(bugprone-use-after-move)
                says(Status::misuse, "reader", "moved from", "use the object it was moved to"));
    std::array<Frame, 1> frames = {std::move(*moved.acquire(no_wait))};
    reader_->release_many(frames);  // it has none: the frame stays with the other one
    EXPECT_EQ(moved.stats().held, 1);
    moved.release_many(frames);
    reader_->close();
    *reader_ = std::move(moved);
    EXPECT_EQ(reader_->acquire(no_wait)->sequence(), 3);
}

TEST_P(Reading, PassesTheWholeRingManyTimesWithFramesHeld) {
    make(2048);
    const std::uint64_t size = writer_->capacity() / 8;
    std::vector<Frame> held;
    std::uint64_t written = 0;
    for (std::uint64_t number = 1; number <= 500; ++number) {
        while (write_frame(*writer_, size, written + 1)) {
            ++written;
        }
        held.push_back(std::move(*reader_->acquire(no_wait)));
        for (std::size_t i = 0; i < held.size(); ++i) {
            ASSERT_TRUE(holds(held[i], size, number + 1 - held.size() + i));
        }
        if (held.size() == 3) { held.erase(held.begin()); }
    }
}

}  // namespace
}  // namespace zerobuffer::test
