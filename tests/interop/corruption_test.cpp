// SPDX-License-Identifier: MIT
// A v1 peer that stores nonsense: ours says corrupt, and touches nothing outside the ring.
#include <limits>

#include "interop_test.hpp"

namespace zerobuffer::interop {
namespace {

constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();

struct BadHeader {
    const char* name;
    v1_header header;
};

void PrintTo(const BadHeader& bad, std::ostream* out) { *out << bad.name; }

class CorruptHeader : public InteropTest, public testing::WithParamInterface<BadHeader> {};

TEST_P(CorruptHeader, IsReportedAndStaysReported) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer;
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("send 3 20 20")));
    V1View view(name_);
    view.set_header(72, GetParam().header);
    EXPECT_TRUE(reader.acquire(no_wait));
    EXPECT_TRUE(reader.acquire(no_wait));
    EXPECT_EQ(status_of([&] { return reader.acquire(no_wait); }), Status::corrupt);
    view.set_header(72, {20, 3});
    EXPECT_EQ(status_of([&] { return reader.acquire(no_wait); }), Status::corrupt);
}

INSTANTIATE_TEST_SUITE_P(Headers, CorruptHeader,
                         testing::Values(BadHeader{"size_overflows_the_sum", {huge - 7, 3}},
                                         BadHeader{"size_of_all_ones", {huge, 3}},
                                         BadHeader{"size_one_beyond_the_end", {256 - 72 - 16 + 1, 3}},
                                         BadHeader{"size_of_the_ring", {256, 3}}, BadHeader{"sequence_skips", {20, 5}},
                                         BadHeader{"sequence_repeats", {20, 2}}, BadHeader{"sequence_zero", {20, 0}}),
                         [](const auto& bad) { return std::string(bad.param.name); });

using CorruptRing = InteropTest;

TEST_F(CorruptRing, MarkerAfterAMarkerIsReported) {
    Reader reader = Reader::create(name_, v1_options(256));
    V1View view(name_);
    view.set(V1_WRITTEN_COUNT, 1);
    view.set(V1_WRITE_POSITION, 36);
    view.post_data();  // a token for a frame, but two empty headers
    EXPECT_EQ(status_of([&] { return reader.acquire(no_wait); }), Status::corrupt);
}

TEST_F(CorruptRing, EmptyFrameOfACSharpWriterIsReported) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer("cs");
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("write 20")));
    ASSERT_TRUE(ok(writer.ask("write 0")));  // every other reader takes its header for a marker
    EXPECT_TRUE(reader.acquire(no_wait));
    EXPECT_EQ(status_of([&] { return reader.acquire(no_wait); }), Status::corrupt);
}

TEST_F(CorruptRing, ReaderDoesNotFollowItsOwnPositionInSharedMemory) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer;
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    V1View view(name_);
    view.set(V1_READ_POSITION, std::uint64_t{1} << 40U);
    ASSERT_TRUE(ok(writer.ask("write 20")));
    EXPECT_NE(status_of([&] {
                  auto frame = reader.acquire(no_wait);
                  if (frame) { EXPECT_TRUE(matches(frame->bytes(), 0, 1)); }
              }),
              Status::system_failure);
}

TEST_F(CorruptRing, SizesAreNotReadAgainAfterAttaching) {
    Reader reader = Reader::create(name_, v1_options(256));
    Writer writer = Writer::open(name_);
    V1View view(name_);
    view.set(V1_PAYLOAD_SIZE, huge);
    view.set(V1_METADATA_SIZE, huge);
    for (std::uint64_t number = 1; number <= 20; ++number) {
        ASSERT_TRUE(write_pattern(writer, 60, 0, number, no_wait));
        auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame);
        EXPECT_TRUE(matches(frame->bytes(), 0, number));
    }
}

struct BadWord {
    const char* name;
    v1_word word;
    std::uint64_t value;
    Status status;
};

void PrintTo(const BadWord& bad, std::ostream* out) { *out << bad.name; }

class CorruptBlock : public InteropTest, public testing::WithParamInterface<BadWord> {};

TEST_P(CorruptBlock, IsNotOpenedByAWriter) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    V1View view(name_);
    view.set(GetParam().word, GetParam().value);
    EXPECT_EQ(status_of([&] { return Writer::open(name_); }), GetParam().status);
    EXPECT_EQ(view.word(V1_WRITER_PID), 0U);
}

constexpr std::uint64_t version_one = std::uint64_t{1} << 32U;

INSTANTIATE_TEST_SUITE_P(
    Words, CorruptBlock,
    testing::Values(BadWord{"block_size", V1_OIEB_SIZE, 129 | version_one, Status::incompatible},
                    BadWord{"major_version", V1_OIEB_SIZE, 128 | (version_one * 9), Status::incompatible},
                    BadWord{"payload_size_beyond_the_file", V1_PAYLOAD_SIZE, 512, Status::corrupt},
                    BadWord{"payload_size_overflows", V1_PAYLOAD_SIZE, huge - 63, Status::corrupt},
                    BadWord{"payload_size_zero", V1_PAYLOAD_SIZE, 0, Status::corrupt},
                    BadWord{"metadata_size_beyond_the_file", V1_METADATA_SIZE, 128, Status::corrupt},
                    BadWord{"metadata_size_overflows", V1_METADATA_SIZE, huge - 63, Status::corrupt},
                    BadWord{"write_position_beyond_the_ring", V1_WRITE_POSITION, 257, Status::corrupt},
                    BadWord{"free_beyond_the_ring", V1_PAYLOAD_FREE, 257, Status::corrupt}),
    [](const auto& bad) { return std::string(bad.param.name); });

TEST_F(CorruptRing, FreeBytesBeyondTheRingAreReportedToTheWriter) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    Writer writer = Writer::open(name_);
    ASSERT_TRUE(write_pattern(writer, 200, 0, 1, no_wait));
    V1View view(name_);
    view.set(V1_PAYLOAD_FREE, huge);
    EXPECT_EQ(status_of([&] { return writer.claim(200, no_wait); }), Status::corrupt);
}

TEST_F(CorruptRing, InspectOfNonsenseSaysSo) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    V1View view(name_);
    view.set(V1_PAYLOAD_SIZE, huge - 63);
    EXPECT_EQ(status_of([&] { return inspect(name_); }), Status::corrupt);
}

}  // namespace
}  // namespace zerobuffer::interop
