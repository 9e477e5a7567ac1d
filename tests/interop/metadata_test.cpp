// SPDX-License-Identifier: MIT
// Metadata between the library and the independent v1 peer, in both directions.
#include "interop_test.hpp"

namespace zerobuffer::interop {
namespace {

constexpr std::uint64_t seed = 3;

class MetadataTest : public InteropTest, public testing::WithParamInterface<std::uint64_t> {};

TEST_P(MetadataTest, OfOurWriterReachesAnOldReader) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    Writer writer = Writer::open(name_);
    const auto content = pattern(GetParam(), seed, 0);
    writer.publish_metadata(content);
    const Reply seen = reader.ask("read-metadata");
    ASSERT_EQ(seen.status(), "ok");
    EXPECT_EQ(seen.number("size"), GetParam());
    EXPECT_EQ(seen.number("checksum"), checksum(content));
    const Reply state = reader.ask("state");
    EXPECT_EQ(state.number("metadata_written"), 8 + GetParam());
    EXPECT_EQ(state.number("metadata_free"), 56 - GetParam());
}

TEST_P(MetadataTest, OfAnOldWriterReachesOurReader) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer;
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    EXPECT_FALSE(reader.metadata(no_wait));
    ASSERT_TRUE(ok(writer.ask("metadata " + std::to_string(GetParam()) + " seed=3")));
    EXPECT_EQ(reader.metadata(no_wait), pattern(GetParam(), seed, 0));
}

INSTANTIATE_TEST_SUITE_P(Sizes, MetadataTest, testing::Values(0, 5, 56));

using MetadataRules = InteropTest;

TEST_F(MetadataRules, IsWaitedFor) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer;
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    EXPECT_FALSE(reader.metadata(brief));
    writer.send("metadata 5 seed=3");
    EXPECT_EQ(reader.metadata(deadline), pattern(5, seed, 0));
    EXPECT_TRUE(ok(writer.answer()));
}

TEST_F(MetadataRules, OfAnEarlierWriterStands) {
    Peer both;
    ASSERT_TRUE(ok(both.ask(create_command(256))));
    ASSERT_TRUE(ok(both.ask("connect " + name_)));
    ASSERT_TRUE(ok(both.ask("metadata 5 seed=3")));
    both.ask("disconnect");
    Writer writer = Writer::open(name_);
    EXPECT_EQ(status_of([&] { writer.publish_metadata(pattern(5, seed + 1, 0)); }), Status::misuse);
    EXPECT_EQ(status_of([&] { writer.publish_metadata(pattern(5, seed, 0)); }), Status::ok);
    EXPECT_EQ(both.ask("read-metadata").number("checksum"), checksum(pattern(5, seed, 0)));
}

TEST_F(MetadataRules, TooLargeIsRefusedAndLeavesNothing) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    Writer writer = Writer::open(name_);
    EXPECT_EQ(status_of([&] { writer.publish_metadata(pattern(57, seed, 0)); }), Status::too_large);
    EXPECT_EQ(reader.ask("read-metadata").status(), "none");
}

TEST_F(MetadataRules, BlockOfSizeZeroCarriesFramesOnly) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256, 0))));
    Writer writer = Writer::open(name_);
    EXPECT_EQ(status_of([&] { writer.publish_metadata(pattern(1, seed, 0)); }), Status::too_large);
    EXPECT_TRUE(write_pattern(writer, 20, 0, 1, no_wait));
    EXPECT_TRUE(ok(reader.ask("receive 1")));
}

TEST_F(MetadataRules, LengthBeyondTheBlockIsCorrupt) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer;
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("metadata 5")));
    V1View view(name_);
    view.bytes()[128 + 7] = std::byte{0xff};
    EXPECT_EQ(status_of([&] { return reader.metadata(no_wait); }), Status::corrupt);
}

TEST_F(MetadataRules, WrittenBytesBeyondTheBlockAreCorrupt) {
    Reader reader = Reader::create(name_, v1_options(256));
    V1View view(name_);
    view.set(V1_METADATA_WRITTEN, ~std::uint64_t{0});
    EXPECT_EQ(status_of([&] { return reader.metadata(no_wait); }), Status::corrupt);
}

}  // namespace
}  // namespace zerobuffer::interop
