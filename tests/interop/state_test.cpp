// SPDX-License-Identifier: MIT
// Every word that a step of ours leaves in a v1 buffer, compared with what the protocol says.
#include <unistd.h>

#include "interop_test.hpp"

namespace zerobuffer::interop {
namespace {

using OurReaderState = InteropTest;

TEST_F(OurReaderState, AfterCreationIsAnEmptyRingOfRoundedSize) {
    Reader reader = Reader::create(name_, v1_options(250, 33));
    V1View view(name_);
    EXPECT_EQ(view.word(V1_OIEB_SIZE), 128U | (std::uint64_t{1} << 32U));
    EXPECT_EQ(view.word(V1_METADATA_SIZE), 64U);
    EXPECT_EQ(view.word(V1_METADATA_FREE), 64U);
    EXPECT_EQ(view.word(V1_METADATA_WRITTEN), 0U);
    EXPECT_EQ(view.word(V1_PAYLOAD_SIZE), 256U);
    EXPECT_EQ(view.word(V1_WRITER_PID), 0U);
    EXPECT_EQ(view.word(V1_READER_PID), static_cast<std::uint64_t>(::getpid()));
    EXPECT_EQ(view.bytes().size(), 128U + 64U + 256U);
    EXPECT_EQ(view.state(), (V1State{.free = 256}));
}

TEST_F(OurReaderState, AcquireTakesATokenAndMovesThePosition) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer;
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("write 20")));
    ASSERT_TRUE(ok(writer.ask("write 50")));
    V1View view(name_);
    ASSERT_EQ(view.state(), (V1State{.free = 154, .write_position = 102, .written = 2, .data_tokens = 2}));
    auto frame = reader.acquire(no_wait);
    ASSERT_TRUE(frame);
    EXPECT_EQ(
        view.state(),
        (V1State{.free = 154, .write_position = 102, .read_position = 36, .written = 2, .read = 1, .data_tokens = 1}));
}

TEST_F(OurReaderState, ReleaseCreditsTheFrameAndPostsOnce) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer;
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("write 20")));
    ASSERT_TRUE(ok(writer.ask("write 50")));
    V1View view(name_);
    reader.acquire(no_wait)->release();
    EXPECT_EQ(view.state(), (V1State{.free = 190,
                                     .write_position = 102,
                                     .read_position = 36,
                                     .written = 2,
                                     .read = 1,
                                     .data_tokens = 1,
                                     .space_tokens = 1}));
    reader.acquire(no_wait)->release();
    EXPECT_EQ(
        view.state(),
        (V1State{
            .free = 256, .write_position = 102, .read_position = 102, .written = 2, .read = 2, .space_tokens = 1}));
}

TEST_F(OurReaderState, MarkerIsCountedAndItsTailCredited) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer;
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    for (const char* size : {"20", "50", "100"}) {
        ASSERT_TRUE(ok(writer.ask(std::string("write ") + size)));
        reader.acquire(no_wait)->release();
    }
    ASSERT_TRUE(ok(writer.ask("write 60")));  // 38 bytes are left at 218
    V1View view(name_);
    ASSERT_EQ(view.state(), (V1State{.free = 142,
                                     .write_position = 76,
                                     .read_position = 218,
                                     .written = 5,
                                     .read = 3,
                                     .data_tokens = 1,
                                     .space_tokens = 1}));
    auto frame = reader.acquire(no_wait);
    ASSERT_TRUE(frame);
    EXPECT_EQ(view.word(V1_READ_POSITION), 76U);
    EXPECT_EQ(view.word(V1_READ_COUNT), 5U);
    frame->release();
    EXPECT_EQ(
        view.state(),
        (V1State{.free = 256, .write_position = 76, .read_position = 76, .written = 5, .read = 5, .space_tokens = 1}));
}

TEST_F(OurReaderState, AfterAnExactFitReadsOnFromTheBegin) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer;
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer.ask("write 240")));
    reader.acquire(no_wait)->release();
    V1View view(name_);
    EXPECT_EQ(view.state(), (V1State{.free = 256, .write_position = 256, .written = 1, .read = 1, .space_tokens = 1}));
}

using OurWriterState = InteropTest;

TEST_F(OurWriterState, OpenStoresItsPidAndCloseClearsIt) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    V1View view(name_);
    Writer writer = Writer::open(name_);
    EXPECT_EQ(view.word(V1_WRITER_PID), static_cast<std::uint64_t>(::getpid()));
    EXPECT_EQ(view.word(V1_READER_PID), static_cast<std::uint64_t>(reader.pid()));
    EXPECT_EQ(view.state(), (V1State{.free = 256}));
    writer.close();
    EXPECT_EQ(view.word(V1_WRITER_PID), 0U);
    EXPECT_EQ(view.state(), (V1State{.free = 256}));
}

TEST_F(OurWriterState, ClaimIsInvisibleUntilItIsCommitted) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    V1View view(name_);
    Writer writer = Writer::open(name_);
    auto claim = writer.claim(20, no_wait);
    ASSERT_TRUE(claim);
    EXPECT_EQ(view.state(), (V1State{.free = 256}));
    claim->commit();
    EXPECT_EQ(view.state(), (V1State{.free = 220, .write_position = 36, .written = 1, .data_tokens = 1}));
    EXPECT_EQ(view.header(0).size, 20U);
    EXPECT_EQ(view.header(0).sequence, 1U);
}

TEST_F(OurWriterState, SmallerCommitTakesOnlyWhatItPublishes) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    V1View view(name_);
    Writer writer = Writer::open(name_);
    EXPECT_EQ(writer.claim(100, no_wait)->commit(20), 1U);
    EXPECT_EQ(view.state(), (V1State{.free = 220, .write_position = 36, .written = 1, .data_tokens = 1}));
}

TEST_F(OurWriterState, FramesArePackedAndPostOneTokenEach) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    V1View view(name_);
    Writer writer = Writer::open(name_);
    ASSERT_TRUE(write_pattern(writer, 21, 0, 1));
    ASSERT_TRUE(write_pattern(writer, 50, 0, 2));
    EXPECT_EQ(view.state(), (V1State{.free = 153, .write_position = 103, .written = 2, .data_tokens = 2}));
    EXPECT_EQ(view.header(37).size, 50U);
    EXPECT_EQ(view.header(37).sequence, 2U);
}

TEST_F(OurWriterState, WrapLeavesAMarkerAndCountsIt) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    V1View view(name_);
    Writer writer = Writer::open(name_);
    ASSERT_TRUE(write_pattern(writer, 202, 0, 1));
    ASSERT_TRUE(ok(reader.ask("receive 1")));
    ASSERT_TRUE(write_pattern(writer, 60, 0, 2));
    EXPECT_EQ(view.header(218).size, 0U);
    EXPECT_EQ(view.header(218).sequence, 0U);
    EXPECT_EQ(view.header(0).sequence, 2U);
    EXPECT_EQ(view.state(), (V1State{.free = 142,
                                     .write_position = 76,
                                     .read_position = 218,
                                     .written = 3,
                                     .read = 1,
                                     .data_tokens = 1,
                                     .space_tokens = 1}));
}

TEST_F(OurWriterState, FrameThatWouldLeaveAShortTailWrapsEarly) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    V1View view(name_);
    Writer writer = Writer::open(name_);
    ASSERT_TRUE(write_pattern(writer, 202, 0, 1));
    ASSERT_TRUE(ok(reader.ask("receive 1")));
    ASSERT_TRUE(write_pattern(writer, 10, 0, 2));  // 26 of 38 bytes would leave 12
    EXPECT_EQ(view.header(218).size, 0U);
    EXPECT_EQ(view.header(0).sequence, 2U);
    EXPECT_EQ(view.state(), (V1State{.free = 192,
                                     .write_position = 26,
                                     .read_position = 218,
                                     .written = 3,
                                     .read = 1,
                                     .data_tokens = 1,
                                     .space_tokens = 1}));
}

TEST_F(OurWriterState, FrameThatCannotAvoidAShortTailZeroesIt) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    V1View view(name_);
    Writer writer = Writer::open(name_);
    ASSERT_TRUE(write_pattern(writer, 240, 0, 1));
    ASSERT_TRUE(ok(reader.ask("receive 1")));
    ASSERT_TRUE(write_pattern(writer, 229, 0, 2));  // 245 bytes at 0
    ASSERT_TRUE(ok(reader.ask("receive 1")));
    ASSERT_TRUE(write_pattern(writer, 10, 0, 3));
    EXPECT_THAT(view.payload().subspan(245), testing::Each(std::byte{0}));
    EXPECT_TRUE(ok(reader.ask("receive 1")));
}

}  // namespace
}  // namespace zerobuffer::interop
