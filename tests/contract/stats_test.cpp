// SPDX-License-Identifier: MIT
// What endpoints tell of themselves: properties and counters.
#include <optional>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

class Properties : public EveryLayout {};

INSTANTIATE_TEST_SUITE_P(Layouts, Properties, layouts(), layout_name);

TEST_P(Properties, AreTheSameOnBothSides) {
    const auto reader = Reader::create(name_, options(100'000));
    const auto writer = Writer::open(name_);
    EXPECT_EQ(writer.name(), name_);
    EXPECT_EQ(writer.layout(), GetParam());
    EXPECT_EQ(writer.capacity(), reader.capacity());
    EXPECT_EQ(writer.max_frame(), reader.max_frame());
    EXPECT_EQ(writer.metadata_size(), reader.metadata_size());
    EXPECT_EQ(writer.alignment(), reader.alignment());
    EXPECT_EQ(reader.name(), name_);
    EXPECT_EQ(reader.layout(), GetParam());
}

TEST_P(Properties, CapacityIsRoundedUpToTheUnitOfTheLayout) {
    const auto reader = Reader::create(name_, options(100'001));
    EXPECT_EQ(reader.capacity(), is_v1() ? 100'032 : 131'072);
}

TEST_P(Properties, LargestFrameLeavesRoomForHeaders) {
    const auto reader = Reader::create(name_, options(1));
    EXPECT_EQ(reader.max_frame(), is_v1() ? 64 - 16 : 65'536 - 2 * 64);
}

TEST_P(Properties, MetadataSizeCountsItsLength) {
    Options small = options();
    small.metadata_size = 100;
    const auto reader = Reader::create(name_, small);
    EXPECT_EQ(reader.metadata_size(), is_v1() ? 128 : 100);
}

TEST_P(Properties, StayWhenTheEndpointIsClosed) {
    auto reader = Reader::create(name_, options());
    reader.close();
    EXPECT_EQ(reader.name(), name_);
    EXPECT_EQ(reader.capacity(), 65'536);
    EXPECT_EQ(reader.layout(), GetParam());
}

class Counters : public EveryLayout {};

INSTANTIATE_TEST_SUITE_P(Layouts, Counters, layouts(), layout_name);

TEST_P(Counters, StartAtZero) {
    const auto reader = Reader::create(name_, options());
    const Stats stats = reader.stats();
    EXPECT_EQ(stats.frames, 0);
    EXPECT_EQ(stats.bytes, 0);
    EXPECT_EQ(stats.sequence, 0);
    EXPECT_EQ(stats.used, 0);
    EXPECT_EQ(stats.held, 0);
    EXPECT_EQ(stats.skipped, 0);
    EXPECT_EQ(stats.timeouts, 0);
    EXPECT_FALSE(stats.resumed);
    EXPECT_EQ(stats.peer, PeerState::never);
}

TEST_P(Counters, OfTheWriterFollowItsCommits) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    write_frame(writer, 100, 1);
    write_frame(writer, 100, 2);
    const Stats stats = writer.stats();
    const std::uint64_t each = is_v1() ? 116 : 192;
    EXPECT_EQ(stats.frames, 2);
    EXPECT_EQ(stats.sequence, 2);
    EXPECT_EQ(stats.bytes, 2 * each);
    EXPECT_EQ(stats.used, 2 * each);
    EXPECT_EQ(stats.peer, PeerState::attached);
}

TEST_P(Counters, OfTheReaderFollowItsFrames) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    write_frame(writer, 100, 1);
    write_frame(writer, 100, 2);
    const auto first = reader.acquire(no_wait);
    const Stats stats = reader.stats();
    const std::uint64_t each = is_v1() ? 116 : 192;
    EXPECT_EQ(stats.frames, 1);
    EXPECT_EQ(stats.sequence, 1);
    EXPECT_EQ(stats.bytes, each);
    EXPECT_EQ(stats.used, 2 * each);
    EXPECT_EQ(stats.held, 1);
}

TEST_P(Counters, OfTheNextWriterStartAgainButItsSequenceGoesOn) {
    auto reader = Reader::create(name_, options());
    {
        auto writer = Writer::open(name_);
        write_frame(writer, 100, 1);
        EXPECT_FALSE(writer.stats().resumed);
    }
    auto writer = Writer::open(name_);
    const Stats stats = writer.stats();
    EXPECT_TRUE(stats.resumed);
    EXPECT_EQ(stats.frames, 0);
    EXPECT_EQ(stats.bytes, 0);
    EXPECT_EQ(stats.sequence, 1);
    EXPECT_EQ(write_frame(writer, 100, 2), 2);
}

TEST_P(Counters, OpenClaimIsHeld) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    const auto claim = writer.claim(100);
    EXPECT_EQ(writer.stats().held, 1);
    EXPECT_EQ(writer.stats().frames, 0);
}

TEST_P(Counters, WaitThatEndsWithTheTimeIsCounted) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    EXPECT_FALSE(reader.acquire(1ms));
    EXPECT_EQ(reader.stats().waits, 1);
    EXPECT_EQ(reader.stats().timeouts, 1);
    while (write_frame(writer, 1000, 1)) {}
    EXPECT_FALSE(writer.claim(1000, 1ms));
    EXPECT_EQ(writer.stats().waits, 1);
    EXPECT_EQ(writer.stats().timeouts, 1);
}

TEST_P(Counters, TriesAreNoWaits) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    EXPECT_FALSE(reader.acquire(no_wait));
    write_frame(writer, 10, 1);
    EXPECT_TRUE(reader.acquire(no_wait));
    EXPECT_EQ(reader.stats().waits, 0);
    EXPECT_EQ(reader.stats().sleeps, 0);
    EXPECT_EQ(reader.stats().timeouts, 0);
}

TEST_P(Counters, PeerIsNeverAttachedThenClosed) {
    auto reader = Reader::create(name_, options());
    EXPECT_EQ(reader.stats().peer, PeerState::never);
    auto writer = Writer::open(name_);
    EXPECT_EQ(reader.stats().peer, PeerState::attached);
    writer.close();
    EXPECT_EQ(reader.stats().peer, PeerState::closed);
}

TEST_P(Counters, AreRefusedAfterClose) {
    auto reader = Reader::create(name_, options());
    reader.close();
    EXPECT_THAT(failure_of([&] { return reader.stats(); }), says(Status::closed, name_, "is closed", "open a new one"));
}

}  // namespace
}  // namespace zerobuffer::test
