// SPDX-License-Identifier: MIT
// Long random streams between the library and the independent v1 peer, in both roles.
#include <algorithm>
#include <deque>

#include "interop_test.hpp"

namespace zerobuffer::interop {
namespace {

struct Stream {
    const char* name;
    const char* style;
    std::uint64_t capacity;
    std::uint64_t largest;
    std::uint64_t frames;
    std::uint64_t held;   // frames that the reader keeps while it reads on
    const char* tail;     // what an old writer leaves in a short tail
    std::uint64_t early;  // percent of the frames that an old writer wraps although they fit
};

void PrintTo(const Stream& stream, std::ostream* out) { *out << stream.name; }

std::string stream_name(const testing::TestParamInfo<Stream>& info) { return info.param.name; }

constexpr std::uint64_t seed = 7;

class StreamTest : public InteropTest, public testing::WithParamInterface<Stream> {};

using OldReaderStream = StreamTest;

TEST_P(OldReaderStream, GetsEveryFrameOfOurWriter) {
    const Stream& stream = GetParam();
    Peer reader(stream.style);
    ASSERT_EQ(reader.ask(create_command(stream.capacity)).status(), "ok");
    Writer writer = Writer::open(name_);
    reader.send("receive " + std::to_string(stream.frames) +
                " seed=7 timeout=20000 hold=" + std::to_string(stream.held));
    for (std::uint64_t frame = 1; frame <= stream.frames; ++frame) {
        ASSERT_TRUE(write_pattern(writer, pattern_size(seed, frame, 1, stream.largest), seed, frame)) << frame;
    }
    const Reply received = reader.answer();
    EXPECT_EQ(received.status(), "ok");
    EXPECT_EQ(received.number("frames"), stream.frames);
    EXPECT_EQ(received.number("short_tails"), 0U);
    EXPECT_EQ(writer.stats().sequence, stream.frames);
    writer.close();
    if (std::string(stream.style) == "py") {
        reader.ask("close");
        bury();  // the Python reader leaves its semaphores
    }
}

INSTANTIATE_TEST_SUITE_P(Random, OldReaderStream,
                         testing::Values(Stream{"cpp_100000_small_frames", "cpp", 2048, 400, 100'000, 0, "", 0},
                                         Stream{"py_small_frames", "py", 2048, 400, 20'000, 0, "", 0},
                                         Stream{"cs_small_frames", "cs", 2048, 400, 20'000, 0, "", 0},
                                         Stream{"cpp_frames_of_half_the_ring", "cpp", 1024, 488, 20'000, 0, "", 0},
                                         Stream{"cpp_tiny_ring", "cpp", 64, 8, 20'000, 0, "", 0},
                                         Stream{"cpp_large_frames", "cpp", 65536, 9000, 20'000, 2, "", 0},
                                         Stream{"cpp_full_ring", "cpp", 4096, 400, 20'000, 5, "", 0}),
                         stream_name);

using OldWriterStream = StreamTest;

TEST_P(OldWriterStream, ReachesOurReaderWhole) {
    const Stream& stream = GetParam();
    Reader reader = Reader::create(name_, v1_options(stream.capacity));
    Peer writer(stream.style);
    ASSERT_EQ(writer.ask("connect " + name_).status(), "ok");
    writer.ask(std::string("set tail ") + stream.tail);
    writer.ask("set early " + std::to_string(stream.early));
    writer.ask("set timeout 20000");
    writer.send("send " + std::to_string(stream.frames) + " 1 " + std::to_string(stream.largest) + " seed=7");
    std::deque<Frame> held;
    for (std::uint64_t number = 1; number <= stream.frames; ++number) {
        auto frame = reader.acquire(deadline);
        ASSERT_TRUE(frame) << number;
        ASSERT_EQ(frame->sequence(), number);
        ASSERT_EQ(frame->size(), pattern_size(seed, number, 1, stream.largest)) << number;
        ASSERT_TRUE(matches(frame->bytes(), seed, number)) << number;
        held.push_back(std::move(*frame));
        if (held.size() > stream.held) { held.pop_front(); }
    }
    held.clear();
    const Reply sent = writer.answer();
    EXPECT_EQ(sent.status(), "ok");
    EXPECT_EQ(sent.number("frames"), stream.frames);
    const Reply state = writer.ask("state");
    EXPECT_EQ(state.number("free"), reader.capacity());
    EXPECT_EQ(state.number("data_tokens"), 0U);
}

INSTANTIATE_TEST_SUITE_P(Random, OldWriterStream,
                         testing::Values(Stream{"cpp_100000_small_frames", "cpp", 2048, 400, 100'000, 0, "stale", 0},
                                         Stream{"cpp_zeroed_short_tails", "cpp", 2048, 400, 20'000, 0, "zero", 0},
                                         Stream{"cpp_early_wraps", "cpp", 2048, 400, 20'000, 0, "stale", 30},
                                         Stream{"py_small_frames", "py", 2048, 400, 20'000, 0, "stale", 5},
                                         Stream{"cs_small_frames", "cs", 2048, 400, 20'000, 0, "avoid", 5},
                                         Stream{"cpp_frames_of_half_the_ring", "cpp", 1024, 496, 20'000, 0, "stale", 0},
                                         Stream{"cpp_tiny_ring", "cpp", 64, 16, 20'000, 0, "stale", 0},
                                         Stream{"cpp_large_frames", "cpp", 65536, 9000, 20'000, 2, "stale", 0},
                                         Stream{"cpp_full_ring", "cpp", 4096, 400, 20'000, 5, "stale", 0}),
                         stream_name);

using HalfCommitted = InteropTest;

// The writer has moved its offset to the reader's and not yet taken the free bytes: full, and it looks empty, as this writer
// did not count its short tail. The token in hand is that of the frame before.
TEST_F(HalfCommitted, FrameThatFillsTheRingCostsNoToken) {
    Reader reader = Reader::create(name_, v1_options(64));
    Peer writer;
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    for (const int size : {40, 16}) {  // up to 56, and behind the short tail up to 32
        ASSERT_TRUE(ok(writer.ask("write " + std::to_string(size))));
        ASSERT_TRUE(reader.acquire(no_wait));
    }
    ASSERT_TRUE(ok(writer.ask("write 16")));
    ASSERT_TRUE(ok(writer.ask("write 16")));
    V1View view(name_);
    ASSERT_EQ(view.word(V1_PAYLOAD_FREE), 0U);
    const std::uint64_t written = view.word(V1_WRITTEN_COUNT);
    view.set(V1_PAYLOAD_FREE, 32);
    view.set(V1_WRITTEN_COUNT, written - 1);
    view.take_data();
    EXPECT_FALSE(reader.acquire(no_wait));

    view.set(V1_PAYLOAD_FREE, 0);
    view.set(V1_WRITTEN_COUNT, written);
    view.post_data();
    for (const std::uint64_t number : {3U, 4U}) {
        const auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame) << number;
        EXPECT_EQ(frame->sequence(), number);
        EXPECT_TRUE(matches(frame->bytes(), 0, number));
    }
    EXPECT_EQ(view.data_tokens(), 0);
}

using RestartStream = InteropTest;

TEST_F(RestartStream, OldReaderGetsEveryFrameOfManyWritersOfOurs) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(2048))));
    reader.send("receive 10000 seed=7 timeout=20000");
    std::uint64_t frame = 0;
    while (frame < 10'000) {
        Writer writer = Writer::open(name_);
        const std::uint64_t last = frame + pattern_size(seed, frame, 1, 200);
        for (; frame < std::min<std::uint64_t>(last, 10'000); ++frame) {
            ASSERT_TRUE(write_pattern(writer, pattern_size(seed, frame + 1, 1, 400), seed, frame + 1)) << frame;
        }
        ASSERT_EQ(writer.stats().sequence, frame);
    }
    EXPECT_EQ(reader.answer().status(), "ok");
}

TEST_F(RestartStream, OurReaderGetsEveryFrameOfManyOldWriters) {
    Reader reader = Reader::create(name_, v1_options(2048));
    for (std::uint64_t first = 1; first <= 4000; first += 200) {
        Peer writer;
        ASSERT_TRUE(ok(writer.ask("connect " + name_)));
        writer.ask("set from " + std::to_string(first));
        writer.ask("set timeout 20000");
        writer.send("send 200 1 400 seed=7");
        for (std::uint64_t number = first; number < first + 200; ++number) {
            auto frame = reader.acquire(deadline);
            ASSERT_TRUE(frame) << number;
            ASSERT_TRUE(matches(frame->bytes(), seed, number)) << number;
            ASSERT_EQ(frame->sequence(), number - first + 1);
        }
        ASSERT_TRUE(ok(writer.answer()));
    }
}

using FullRing = InteropTest;

TEST_F(FullRing, OurWriterWaitsUntilAnOldReaderReleases) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    Writer writer = Writer::open(name_);
    for (std::uint64_t frame = 1; frame <= 4; ++frame) {
        ASSERT_TRUE(write_pattern(writer, 48, 0, frame));
    }
    EXPECT_FALSE(writer.claim(48, no_wait));
    EXPECT_FALSE(writer.claim(48, brief));
    ASSERT_TRUE(ok(reader.ask("read")));
    EXPECT_FALSE(writer.claim(48, no_wait));  // read is not released
    ASSERT_TRUE(ok(reader.ask("release")));
    EXPECT_TRUE(write_pattern(writer, 48, 0, 5, no_wait));
}

TEST_F(FullRing, ReleaseWakesOurSleepingWriter) {
    Peer reader;
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    Options options;
    options.wait_mode = WaitMode::block;
    Writer writer = Writer::open(name_, options);
    for (std::uint64_t frame = 1; frame <= 4; ++frame) {
        ASSERT_TRUE(write_pattern(writer, 48, 0, frame));
    }
    reader.send("receive 5");  // the fifth comes out only if the writer wakes
    EXPECT_TRUE(write_pattern(writer, 48, 0, 5, deadline));
    EXPECT_EQ(reader.answer().number("frames"), 5U);
}

TEST_F(FullRing, OurReleaseWakesASleepingOldWriter) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer;
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    writer.ask("set timeout 60000");
    ASSERT_TRUE(ok(writer.ask("send 4 48 48")));
    writer.send("write 48");
    for (std::uint64_t number = 1; number <= 5; ++number) {
        auto frame = reader.acquire(deadline);
        ASSERT_TRUE(frame);
        EXPECT_TRUE(matches(frame->bytes(), 0, number));
    }
    EXPECT_TRUE(ok(writer.answer()));
}

using ExactFit = StyleTest;

TEST_P(ExactFit, OfEveryFrameByAnOldWriterReachesOurReader) {
    Reader reader = Reader::create(name_, v1_options(256));
    Peer writer(GetParam());
    ASSERT_TRUE(ok(writer.ask("connect " + name_)));
    for (std::uint64_t number = 1; number <= 6; ++number) {
        ASSERT_TRUE(ok(writer.ask("write 240")));
        auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame);
        EXPECT_TRUE(matches(frame->bytes(), 0, number));
    }
}

TEST_P(ExactFit, OfEveryFrameByOurWriterReachesAnOldReader) {
    Peer reader(GetParam());
    ASSERT_TRUE(ok(reader.ask(create_command(256))));
    Writer writer = Writer::open(name_);
    for (std::uint64_t number = 1; number <= 6; ++number) {
        ASSERT_TRUE(write_pattern(writer, 240, 0, number, no_wait));
        EXPECT_TRUE(ok(reader.ask("receive 1")));
    }
    writer.close();
    reader.ask("close");
    bury();  // the Python reader leaves its semaphores
}

INSTANTIATE_TEST_SUITE_P(Styles, ExactFit, every_style(), style_name);

}  // namespace
}  // namespace zerobuffer::interop
