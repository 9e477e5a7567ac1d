// SPDX-License-Identifier: MIT
// What a writer promises: claim, commit, abort, and the ways to copy in.
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

class Writing : public EveryLayout {
protected:
    void make(std::uint64_t capacity = 64U << 10U) {
        reader_.emplace(Reader::create(name_, options(capacity)));
        writer_.emplace(Writer::open(name_));
    }
    void TearDown() override {
        writer_.reset();
        reader_.reset();
        EveryLayout::TearDown();
    }
    [[nodiscard]] std::string next_text() {
        const auto frame = reader_->acquire(no_wait);
        return frame ? text_of(frame->bytes()) : "nothing";
    }

    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
};

INSTANTIATE_TEST_SUITE_P(Layouts, Writing, layouts(), layout_name);

TEST_P(Writing, NumbersFramesFromOne) {
    make();
    EXPECT_EQ(writer_->write(bytes_of("a")), 1);
    EXPECT_EQ(writer_->write(bytes_of("b")), 2);
    EXPECT_EQ(reader_->acquire(no_wait)->sequence(), 1);
    EXPECT_EQ(reader_->acquire(no_wait)->sequence(), 2);
}

TEST_P(Writing, ShowsNothingOfAClaimBeforeItsCommit) {
    make();
    auto claim = writer_->claim(3);
    Pattern().fill(claim->bytes(), 1);
    EXPECT_FALSE(reader_->acquire(no_wait));
    EXPECT_FALSE(reader_->wait(no_wait));
    claim->commit();
    EXPECT_TRUE(reader_->wait(no_wait));
}

TEST_P(Writing, CommitPublishesWhatIsInTheClaim) {
    make();
    auto claim = writer_->claim(1000);
    ASSERT_EQ(claim->size(), 1000);
    ASSERT_EQ(claim->bytes().size(), 1000);
    Pattern().fill(claim->bytes(), 1);
    EXPECT_EQ(claim->commit(), 1);
    EXPECT_TRUE(holds(*reader_->acquire(no_wait), 1000, 1));
}

TEST_P(Writing, CommitOfLessPublishesTheFirstBytesAndFreesTheRest) {
    make();
    auto claim = writer_->claim(writer_->max_frame() / 2);
    Pattern().fill(claim->bytes(), 1);
    EXPECT_EQ(claim->commit(10), 1);
    EXPECT_LT(writer_->stats().used, 200);
    EXPECT_TRUE(holds(*reader_->acquire(no_wait), 10, 1));
}

TEST_P(Writing, CommitOfMoreThanClaimedIsRefusedAndTheClaimStaysOpen) {
    make();
    auto claim = writer_->claim(10);
    EXPECT_THAT(failure_of([&] { return claim->commit(11); }),
                says(Status::misuse, name_, "commit of 11 bytes, but only 10 were claimed", "the claim stays open"));
    EXPECT_FALSE(reader_->wait(no_wait));
    EXPECT_EQ(claim->commit(10), 1);
}

TEST_P(Writing, SecondCommitIsRefused) {
    make();
    auto claim = writer_->claim(10);
    claim->commit();
    EXPECT_THAT(failure_of([&] { return claim->commit(); }),
                says(Status::misuse, "claim", "committed or aborted before", "claim again"));
    EXPECT_EQ(writer_->stats().frames, 1);
}

TEST_P(Writing, AbortPublishesNothingAndGivesTheRoomBack) {
    make();
    auto claim = writer_->claim(writer_->max_frame());
    claim->abort();
    EXPECT_FALSE(reader_->wait(no_wait));
    EXPECT_EQ(writer_->stats().used, 0);
    EXPECT_EQ(writer_->claim(writer_->max_frame(), no_wait)->commit(), 1);
}

TEST_P(Writing, AbortTwiceIsTheSameAsOnce) {
    make();
    auto claim = writer_->claim(10);
    claim->abort();
    auto next = writer_->claim(10);
    claim->abort();
    EXPECT_EQ(next->commit(), 1);
}

TEST_P(Writing, AbortAfterCommitDoesNothing) {
    make();
    auto claim = writer_->claim(10);
    claim->commit();
    claim->abort();
    EXPECT_TRUE(reader_->wait(no_wait));
}

TEST_P(Writing, ClaimThatIsDroppedIsAborted) {
    make();
    { auto claim = writer_->claim(10); }
    EXPECT_FALSE(reader_->wait(no_wait));
    EXPECT_EQ(writer_->stats().held, 0);
    EXPECT_EQ(writer_->write(bytes_of("next")), 1);
}

TEST_P(Writing, ClaimThatIsReplacedIsAborted) {
    make();
    auto first = writer_->claim(10);
    first->abort();
    auto second = writer_->claim(20);
    *first = std::move(*second);
    EXPECT_EQ(first->size(), 20);
    EXPECT_EQ(first->commit(), 1);
}

TEST_P(Writing, SecondClaimIsRefusedWhileOneIsOpen) {
    make();
    auto claim = writer_->claim(10);
    const auto refused = says(Status::misuse, name_, "a claim is open", "commit or abort it first");
    EXPECT_THAT(failure_of([&] { return writer_->claim(10); }), refused);
    EXPECT_THAT(failure_of([&] { return writer_->write(bytes_of("x")); }), refused);
    EXPECT_EQ(claim->commit(), 1);
}

TEST_P(Writing, JoinsPartsInOrder) {
    make();
    const std::array parts = {bytes_of("one "), bytes_of(""), bytes_of("two "), bytes_of("three")};
    EXPECT_EQ(writer_->write_parts(parts), 1);
    EXPECT_EQ(next_text(), "one two three");
}

TEST_P(Writing, RefusesPartsThatDoNotFitTogether) {
    make();
    const std::vector<std::byte> half(writer_->max_frame() / 2 + 1);
    const std::array<Bytes, 2> parts = {half, half};
    EXPECT_THAT(failure_of([&] { return writer_->write_parts(parts); }), has(Status::too_large));
    EXPECT_FALSE(reader_->wait(no_wait));
}

TEST_P(Writing, WritesManyInOrder) {
    make();
    const std::array frames = {bytes_of("first"), bytes_of("second"), bytes_of("third")};
    EXPECT_EQ(writer_->write_many(frames), 3);
    EXPECT_EQ(next_text(), "first");
    EXPECT_EQ(next_text(), "second");
    EXPECT_EQ(next_text(), "third");
    EXPECT_EQ(next_text(), "nothing");
}

TEST_P(Writing, WritesManyUntilTheRingIsFull) {
    make();
    const std::vector<std::byte> quarter(writer_->max_frame() / 4);
    const std::vector<Bytes> frames(10, quarter);
    const std::size_t written = writer_->write_many(frames, no_wait);
    EXPECT_EQ(written, 3);
    std::size_t read = 0;
    for (; auto frame = reader_->acquire(no_wait); ++read) {
        EXPECT_EQ(frame->sequence(), read + 1);
    }
    EXPECT_EQ(read, written);
}

TEST_P(Writing, WritesNoneOfManyIfOneCanNeverFit) {
    make();
    const std::vector<std::byte> huge(writer_->max_frame() + 1);
    const std::array<Bytes, 3> frames = {bytes_of("a"), bytes_of("b"), Bytes(huge)};
    EXPECT_THAT(failure_of([&] { return writer_->write_many(frames); }), has(Status::too_large));
    EXPECT_FALSE(reader_->wait(no_wait));
}

TEST_P(Writing, WritesNoneOfNone) {
    make();
    EXPECT_EQ(writer_->write_many({}), 0);
    EXPECT_FALSE(reader_->wait(no_wait));
}

TEST_P(Writing, CarriesTheLargestFrame) {
    make();
    ASSERT_TRUE(write_frame(*writer_, writer_->max_frame(), 1));
    const auto frame = reader_->acquire(no_wait);
    EXPECT_TRUE(holds(*frame, writer_->max_frame(), 1));
}

TEST_P(Writing, RefusesOneByteMoreThanTheLargestFrame) {
    make();
    const auto failure = failure_of([&] { return writer_->claim(writer_->max_frame() + 1); });
    EXPECT_THAT(failure, says(Status::too_large, name_, std::to_string(writer_->max_frame() + 1), "larger capacity"));
    EXPECT_THAT(failure_of([&] { return writer_->claim(~std::uint64_t{0}); }), has(Status::too_large));
    EXPECT_EQ(writer_->write(bytes_of("still works")), 1);
}

TEST_P(Writing, GivesNothingWhileTheRingIsFull) {
    make();
    while (write_frame(*writer_, 1000, 1)) {}
    const std::uint64_t frames = writer_->stats().frames;
    EXPECT_FALSE(writer_->claim(1000, no_wait));
    EXPECT_FALSE(writer_->claim(1000, brief));
    EXPECT_FALSE(writer_->write(std::vector<std::byte>(1000), brief));
    EXPECT_FALSE(writer_->wait(1000, brief));
    EXPECT_EQ(writer_->stats().frames, frames);
}

TEST_P(Writing, GoesOnWhenAFullRingIsRead) {
    make();
    while (write_frame(*writer_, 1000, 1)) {}
    const std::uint64_t frames = writer_->stats().frames;
    reader_->acquire(no_wait)->release();
    EXPECT_TRUE(writer_->wait(1000, no_wait));
    EXPECT_EQ(write_frame(*writer_, 1000, 1), frames + 1);
}

TEST_P(Writing, WaitClaimsNothing) {
    make();
    EXPECT_TRUE(writer_->wait(1000, no_wait));
    EXPECT_EQ(writer_->stats().held, 0);
    EXPECT_EQ(writer_->stats().used, 0);
}

TEST_P(Writing, KeepsEveryFrameIntactOverManyLaps) {
    make(1024);
    const std::uint64_t largest = writer_->capacity() / 2 - 128;
    const Pattern pattern(7);
    for (std::uint64_t number = 1; number <= 5000; ++number) {
        const std::uint64_t size = pattern.size(number, largest);
        ASSERT_EQ(write_frame(*writer_, size, number, no_wait, pattern), number);
        ASSERT_TRUE(holds(*reader_->acquire(no_wait), size, number, pattern)) << number;
    }
}

TEST_P(Writing, KeepsEveryFrameIntactThroughAFullRing) {
    make(1024);
    const std::uint64_t largest = writer_->capacity() / 5;
    const Pattern pattern(11);
    std::uint64_t written = 0;
    for (std::uint64_t number = 1; number <= 2000; ++number) {
        while (write_frame(*writer_, pattern.size(written + 1, largest), written + 1, no_wait, pattern)) {
            ++written;
        }
        ASSERT_TRUE(holds(*reader_->acquire(no_wait), pattern.size(number, largest), number, pattern)) << number;
    }
}

TEST_P(Writing, PartsThatFindNoRoomInTimeAreATimeout) {
    make(64U << 10U);
    const std::vector<std::byte> half(30'000);
    const std::array<Bytes, 2> parts = {half, half};
    EXPECT_EQ(writer_->write_parts(parts, no_wait), 1);
    EXPECT_EQ(writer_->write_parts(parts, no_wait), std::nullopt);
    EXPECT_EQ(writer_->write_parts(parts, brief), std::nullopt);
    EXPECT_EQ(reader_->acquire(no_wait)->size(), 60'000);
    EXPECT_EQ(writer_->write_parts(parts, no_wait), 2);
}

TEST_P(Writing, MovedWriterGoesOnAndTheOldOneIsRefused) {
    make();
    Writer moved = std::move(*writer_);
    EXPECT_EQ(moved.write(bytes_of("a")), 1);
    EXPECT_THAT(failure_of([&] { return writer_->write(bytes_of("b")); }),  // NOLINT(bugprone-use-after-move)
                says(Status::misuse, "writer", "moved from", "use the object it was moved to"));
    writer_->close();
    *writer_ = std::move(moved);
    EXPECT_EQ(writer_->write(bytes_of("c")), 2);
}

class WritingV2 : public BufferTest {};

TEST_F(WritingV2, CarriesEmptyFrames) {
    auto reader = Reader::create(name_, make_options(Layout::v2));
    auto writer = Writer::open(name_);
    EXPECT_EQ(writer.write({}), 1);
    EXPECT_EQ(writer.claim(10)->commit(0), 2);
    EXPECT_EQ(writer.write_parts({}), 3);
    for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
        const auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame);
        EXPECT_EQ(frame->size(), 0);
        EXPECT_EQ(frame->sequence(), sequence);
    }
    EXPECT_FALSE(reader.acquire(no_wait));
}

TEST_F(WritingV2, FillsTheRingWithEmptyFrames) {
    auto reader = Reader::create(name_, make_options(Layout::v2));
    auto writer = Writer::open(name_);
    std::uint64_t written = 0;
    while (writer.write({}, no_wait)) {
        ++written;
    }
    EXPECT_EQ(written, writer.capacity() / 64 - 1) << "all units but the cleared next header";
    for (std::uint64_t read = 1; read <= written; ++read) {
        ASSERT_EQ(reader.acquire(no_wait)->sequence(), read);
    }
    EXPECT_FALSE(reader.acquire(no_wait));
}

class WritingV1 : public BufferTest {};

TEST_F(WritingV1, RefusesEmptyFrames) {
    auto reader = Reader::create(name_, make_options(Layout::v1));
    auto writer = Writer::open(name_);
    const auto refused = says(Status::misuse, name_, "cannot carry a frame of 0 bytes", "or use layout v2");
    EXPECT_THAT(failure_of([&] { return writer.write({}); }), refused);
    EXPECT_THAT(failure_of([&] { return writer.claim(0); }), refused);
    EXPECT_THAT(failure_of([&] { return writer.write_many({{Bytes{}}}); }), refused);
    auto claim = writer.claim(5);
    EXPECT_THAT(failure_of([&] { return claim->commit(0); }), refused);
    EXPECT_EQ(claim->commit(5), 1);
}

// What the message of a frame that cannot be placed promises.
TEST_F(WritingV1, PlacesFramesOfHalfTheCapacityLess24AtEveryPosition) {
    auto reader = Reader::create(name_, make_options(Layout::v1, 1024));
    auto writer = Writer::open(name_);
    for (std::uint64_t step = 1; step <= 488; ++step) {
        ASSERT_TRUE(write_frame(writer, step, 1));
        ASSERT_TRUE(reader.acquire(no_wait));
        ASSERT_EQ(failure_of([&] { return write_frame(writer, 488, 2); }).message, "") << "after " << step;
        ASSERT_TRUE(reader.acquire(no_wait));
    }
}

class Alignment : public BufferTest, public testing::WithParamInterface<std::uint32_t> {};

INSTANTIATE_TEST_SUITE_P(PowersOfTwo, Alignment, testing::Values(16, 32, 64, 128, 256, 512, 1024, 2048, 4096));

TEST_P(Alignment, HoldsForEveryPayloadOfBothSides) {
    Options options = make_options(Layout::v2);
    options.alignment = GetParam();
    auto reader = Reader::create(name_, options);
    auto writer = Writer::open(name_);
    EXPECT_EQ(writer.alignment(), GetParam());
    const auto is_aligned = [&](const std::byte* data) {
        return reinterpret_cast<std::uintptr_t>(data) % GetParam() == 0;
    };
    const Pattern pattern;
    for (std::uint64_t number = 1; number <= 200; ++number) {
        const std::uint64_t size = pattern.size(number, 9000);
        auto claim = writer.claim(size, no_wait);
        ASSERT_TRUE(claim && is_aligned(claim->bytes().data()));
        pattern.fill(claim->bytes(), number);
        claim->commit();
        const auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(is_aligned(frame->bytes().data()));
        ASSERT_TRUE(holds(*frame, size, number));
    }
}

}  // namespace
}  // namespace zerobuffer::test
