// SPDX-License-Identifier: MIT
// Leases that outlive their endpoint: memory stays mapped until the last one goes, and the endpoint counts as there.
#include <optional>
#include <utility>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

class Lease : public EveryLayout {};

INSTANTIATE_TEST_SUITE_P(Layouts, Lease, layouts(), layout_name);

TEST_P(Lease, FrameIsReadableAfterTheReaderIsClosed) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    write_frame(writer, 1000, 1);
    const auto frame = reader.acquire(no_wait);
    reader.close();
    EXPECT_TRUE(holds(*frame, 1000, 1));
}

TEST_P(Lease, FrameIsReadableAfterTheReaderIsGone) {
    std::optional<Frame> frame;
    {
        auto reader = Reader::create(name_, options());
        auto writer = Writer::open(name_);
        write_frame(writer, 1000, 1);
        frame = reader.acquire(no_wait);
    }
    EXPECT_TRUE(holds(*frame, 1000, 1));
}

TEST_P(Lease, ManyFramesOutliveTheReaderAndGoInAnyOrder) {
    std::vector<Frame> frames(10);
    {
        auto reader = Reader::create(name_, options());
        auto writer = Writer::open(name_);
        for (std::uint64_t number = 1; number <= 10; ++number) {
            write_frame(writer, 1000, number);
        }
        ASSERT_EQ(reader.acquire_many(frames, no_wait), 10);
    }
    for (const std::size_t i : {9U, 0U, 5U, 3U, 1U, 2U, 4U, 8U, 7U, 6U}) {
        ASSERT_TRUE(holds(frames[i], 1000, i + 1));
        frames[i].release();
    }
}

TEST_P(Lease, ReaderCountsAsAttachedUntilItsLastFrameGoes) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    write_frame(writer, 10, 1);
    auto frame = reader.acquire(no_wait);
    reader.close();
    EXPECT_EQ(writer.stats().peer, PeerState::attached);
    frame->release();
    EXPECT_EQ(writer.stats().peer, PeerState::closed);
}

TEST_P(Lease, HeldFrameIsNotOverwrittenAfterTheReaderIsClosed) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    write_frame(writer, 1000, 1);
    auto frame = reader.acquire(no_wait);
    reader.close();
    for (std::uint64_t number = 2; write_frame(writer, 1000, number);) {
        ++number;
    }
    EXPECT_TRUE(holds(*frame, 1000, 1));
    frame->release();
    writer.close();
    bury(name_);  // v2 keeps the unread frames for a reader to come
}

TEST_P(Lease, NameIsTakenUntilTheLastFrameGoes) {
    auto reader = Reader::create(name_, options());
    {
        auto writer = Writer::open(name_);
        write_frame(writer, 10, 1);
    }
    auto frame = reader.acquire(no_wait);
    reader.close();
    EXPECT_THAT(failure_of([&] { return Reader::create(name_, options()); }), has(Status::busy));
    frame->release();
    EXPECT_THAT(failure_of([&] { return inspect(name_); }), has(Status::not_found));
}

TEST_P(Lease, ClaimedBytesAreWritableAfterTheWriterIsClosedAndItsCommitIsRefused) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    auto claim = writer.claim(1000);
    writer.close();
    Pattern().fill(claim->bytes(), 1);
    EXPECT_TRUE(Pattern().matches(claim->bytes(), 1));
    EXPECT_THAT(failure_of([&] { return claim->commit(); }),
                says(Status::closed, name_, "is closed", "open a new one"));
    claim->abort();
    EXPECT_FALSE(reader.wait(no_wait));
}

TEST_P(Lease, ClaimedBytesAreWritableAfterTheWriterIsGone) {
    auto reader = Reader::create(name_, options());
    std::optional<Claim> claim;
    {
        auto writer = Writer::open(name_);
        claim = writer.claim(1000);
    }
    Pattern().fill(claim->bytes(), 1);
    EXPECT_TRUE(Pattern().matches(claim->bytes(), 1));
    EXPECT_THAT(failure_of([&] { return claim->commit(); }), has(Status::closed));
}

TEST_P(Lease, NextWriterComesWhenAClaimOfAClosedOneIsGone) {
    auto reader = Reader::create(name_, options());
    {
        auto writer = Writer::open(name_);
        auto claim = writer.claim(1000);
        writer.close();
    }
    auto next = Writer::open(name_);
    EXPECT_EQ(write_frame(next, 10, 1), 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
}

}  // namespace
}  // namespace zerobuffer::test
