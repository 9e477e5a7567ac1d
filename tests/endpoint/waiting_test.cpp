// SPDX-License-Identifier: MIT
// How waits end: with what is awaited, with the time and never before it, and by waking whoever sleeps.
#include <functional>
#include <thread>
#include <vector>

#include "endpoint/image.hpp"
#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

using Clock = std::chrono::steady_clock;

class Waiting : public EveryLayout {};

INSTANTIATE_TEST_SUITE_P(Layouts, Waiting, layouts(), layout_name);

TEST_P(Waiting, NoTimeAtAllStillDeliversWhatIsReady) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    EXPECT_TRUE(reader.wait_for_peer(no_wait));
    EXPECT_TRUE(writer.wait_for_peer(no_wait));
    EXPECT_TRUE(writer.wait(100, no_wait));
    writer.publish_metadata(bytes_of("x"));
    EXPECT_TRUE(reader.metadata(no_wait));
    for (std::uint64_t number = 1; number <= 4; ++number) {
        ASSERT_TRUE(write_frame(writer, 10, number, no_wait));
    }
    std::array<Frame, 1> frames;
    EXPECT_TRUE(reader.wait(no_wait));
    EXPECT_TRUE(reader.acquire(no_wait));
    EXPECT_EQ(reader.acquire_many(frames, no_wait), 1);
    EXPECT_EQ(reader.acquire_latest(no_wait)->sequence(), 4);
}

TEST_P(Waiting, NeverEndsBeforeTheTime) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    while (write_frame(writer, 1000, 1)) {}
    std::vector<Frame> held(writer.stats().frames);
    ASSERT_EQ(reader.acquire_many(held, no_wait), held.size());
    std::array<Frame, 1> frames;
    const std::vector<std::byte> kilobyte(1000);
    using Wait = std::function<bool(Timeout)>;
    const std::vector<std::pair<const char*, Wait>> waits = {
        {"reader.wait", [&](Timeout timeout) { return reader.wait(timeout); }},
        {"acquire", [&](Timeout timeout) { return reader.acquire(timeout).has_value(); }},
        {"acquire_latest", [&](Timeout timeout) { return reader.acquire_latest(timeout).has_value(); }},
        {"acquire_many", [&](Timeout timeout) { return reader.acquire_many(frames, timeout) != 0; }},
        {"metadata", [&](Timeout timeout) { return reader.metadata(timeout).has_value(); }},
        {"writer.wait", [&](Timeout timeout) { return writer.wait(1000, timeout); }},
        {"claim", [&](Timeout timeout) { return writer.claim(1000, timeout).has_value(); }},
        {"write", [&](Timeout timeout) { return writer.write(kilobyte, timeout).has_value(); }},
        {"write_many", [&](Timeout timeout) { return writer.write_many({{Bytes(kilobyte)}}, timeout) != 0; }},
    };
    // Around the slice of 50 ms after which the peer is looked at, too.
    for (const auto timeout : {1ms, 49ms, 51ms}) {
        for (const auto& [call, wait] : waits) {
            const auto start = Clock::now();
            EXPECT_FALSE(wait(timeout)) << call;
            EXPECT_GE(Clock::now() - start, timeout) << call;
        }
    }
}

TEST_P(Waiting, ForAPeerNeverEndsBeforeTheTime) {
    auto reader = Reader::create(name_, options());
    for (const auto timeout : {1ms, 51ms}) {
        const auto start = Clock::now();
        EXPECT_FALSE(reader.wait_for_peer(timeout));
        EXPECT_GE(Clock::now() - start, timeout);
    }
}

TEST_P(Waiting, SleepingReaderIsWokenByAFrame) {
    Options blocking = options();
    blocking.wait_mode = WaitMode::block;
    auto reader = Reader::create(name_, blocking);
    auto writer = Writer::open(name_);
    std::atomic<pid_t> id{0};
    std::optional<Frame> frame;
    std::thread thread([&] {
        id = this_thread();
        frame = reader.acquire();
    });
    await([&] { return id != 0 && thread_state(id) == 'S'; }, "the reader sleeps");
    write_frame(writer, 100, 1);
    thread.join();
    EXPECT_TRUE(holds(*frame, 100, 1));
    EXPECT_GT(reader.stats().sleeps, 0);
}

TEST_P(Waiting, SleepingWriterIsWokenByARelease) {
    Options blocking = options();
    blocking.wait_mode = WaitMode::block;
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_, blocking);
    while (write_frame(writer, 1000, 1)) {}
    std::atomic<pid_t> id{0};
    std::optional<std::uint64_t> sequence;
    std::thread thread([&] {
        id = this_thread();
        sequence = writer.write(std::vector<std::byte>(1000));
    });
    await([&] { return id != 0 && thread_state(id) == 'S'; }, "the writer sleeps");
    reader.acquire(no_wait)->release();
    thread.join();
    EXPECT_EQ(sequence, writer.stats().frames);
    EXPECT_GT(writer.stats().sleeps, 0);
}

TEST_P(Waiting, SleepingWriterIsWokenByABatchOfReleases) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    while (write_frame(writer, 1000, 1)) {}
    std::vector<Frame> frames(writer.stats().frames);
    ASSERT_EQ(reader.acquire_many(frames, no_wait), frames.size());
    std::optional<Claim> claim;
    std::thread thread([&] { claim = writer.claim(writer.capacity() / 2 - 100); });
    reader.release_many(frames);
    thread.join();
    EXPECT_TRUE(claim);
}

TEST_P(Waiting, SleepingReaderIsWokenByABatchOfFrames) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    std::vector<Frame> frames(3);
    std::size_t taken = 0;
    std::thread thread([&] {
        while (taken < frames.size()) {
            taken += reader.acquire_many(std::span(frames).subspan(taken));
        }
    });
    const std::array batch = {bytes_of("a"), bytes_of("b"), bytes_of("c")};
    EXPECT_EQ(writer.write_many(batch), 3);
    thread.join();
    EXPECT_EQ(text_of(frames[2].bytes()), "c");
}

// Also through a ring that is full again and again: whoever sleeps must know of everything before.
TEST_P(Waiting, LargeBatchPassesAnyRing) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    const std::vector<std::byte> content(1000, std::byte{7});
    const std::vector<Bytes> batch(1000, content);
    std::size_t written = 0;
    std::thread thread([&] { written = writer.write_many(batch); });
    for (std::uint64_t sequence = 1; sequence <= batch.size(); ++sequence) {
        const auto frame = reader.acquire(deadline);
        ASSERT_TRUE(frame);
        ASSERT_EQ(frame->sequence(), sequence);
    }
    thread.join();
    EXPECT_EQ(written, batch.size());
}

TEST_P(Waiting, ReaderIsWokenByTheEndOfTheStream) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    Failure failure;
    std::atomic<pid_t> id{0};
    std::thread thread([&] {
        id = this_thread();
        failure = failure_of([&] { return reader.acquire(); });
    });
    await([&] { return id != 0 && thread_state(id) == 'S'; }, "the reader sleeps");
    writer.close();
    thread.join();
    EXPECT_THAT(failure, has(Status::peer_closed));
}

TEST_P(Waiting, SecondThreadInTheSameReaderIsRefused) {
    Options blocking = options();
    blocking.wait_mode = WaitMode::block;
    auto reader = Reader::create(name_, blocking);
    auto writer = Writer::open(name_);
    std::atomic<pid_t> id{0};
    bool ready = false;
    std::thread thread([&] {
        id = this_thread();
        ready = reader.wait();
    });
    await([&] { return id != 0 && thread_state(id) == 'S'; }, "the reader sleeps");
    EXPECT_THAT(failure_of([&] { return reader.wait(1ms); }),
                says(Status::misuse, name_, "another thread is waiting", "one thread at a time"));
    writer.write(bytes_of("x"));
    thread.join();
    EXPECT_TRUE(ready);
}

// The header of the reader permits it: whoever waits for one frame leaves the rest to others.
TEST_P(Waiting, FramesAreReleasedWhileAnotherThreadWaits) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    write_frame(writer, 100, 1);
    auto frame = reader.acquire(no_wait);
    std::atomic<pid_t> id{0};
    bool ready = false;
    std::thread thread([&] {
        id = this_thread();
        ready = reader.wait();
    });
    await([&] { return id != 0 && thread_state(id) == 'S'; }, "the reader sleeps");
    frame->release();
    EXPECT_EQ(reader.stats().held, 0);
    write_frame(writer, 100, 2);
    thread.join();
    EXPECT_TRUE(ready);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 100, 2));
}

TEST_P(Waiting, LooksThatDoNotWaitAreAllowedWhileAnotherThreadWaits) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    std::atomic<pid_t> id{0};
    bool ready = false;
    std::thread thread([&] {
        id = this_thread();
        ready = reader.wait();
    });
    await([&] { return id != 0 && thread_state(id) == 'S'; }, "the reader sleeps");
    EXPECT_FALSE(reader.wait(no_wait));
    EXPECT_FALSE(reader.metadata());
    EXPECT_TRUE(reader.wait_for_peer(no_wait));
    write_frame(writer, 100, 1);
    thread.join();
    EXPECT_TRUE(ready);
}

TEST_P(Waiting, LookForRoomIsAllowedWhileAnotherThreadWaits) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    while (write_frame(writer, 1000, 1)) {}
    std::atomic<pid_t> id{0};
    bool room = false;
    std::thread thread([&] {
        id = this_thread();
        room = writer.wait(1000);
    });
    await([&] { return id != 0 && thread_state(id) == 'S'; }, "the writer sleeps");
    EXPECT_FALSE(writer.wait(1000, no_wait));
    EXPECT_TRUE(writer.wait_for_peer(no_wait));
    static_cast<void>(reader.acquire(no_wait));
    thread.join();
    EXPECT_TRUE(room);
}

TEST_P(Waiting, ForMetadataEndsWithTheWriter) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    Failure failure;
    std::atomic<pid_t> id{0};
    std::thread thread([&] {
        id = this_thread();
        failure = failure_of([&] { return reader.metadata(forever); });
    });
    await([&] { return id != 0 && thread_state(id) == 'S'; }, "the reader sleeps");
    writer.close();
    thread.join();
    EXPECT_THAT(failure, has(Status::peer_closed));
}

TEST_P(Waiting, ForMetadataOfAWriterThatLeftStillFindsThem) {
    auto reader = Reader::create(name_, options());
    {
        auto writer = Writer::open(name_);
        write_frame(writer, 100, 1);
        writer.publish_metadata(bytes_of("last words"));
    }
    const auto metadata = reader.metadata(deadline);
    ASSERT_TRUE(metadata);
    EXPECT_EQ(text_of(*metadata), "last words");
}

// Who sleeps has stored a 1; whoever comes or goes clears it and wakes.
TEST_F(BufferTest, AttachAndCloseRingWhoeverSleeps) {
    auto reader = Reader::create(name_, make_options(Layout::v2));
    const Image image(name_);
    image.store<std::uint32_t>(v2_offset::reader_bell, 1);
    auto writer = Writer::open(name_);
    EXPECT_EQ(image.load<std::uint32_t>(v2_offset::reader_bell), 0);
    image.store<std::uint32_t>(v2_offset::reader_bell, 1);
    writer.close();
    EXPECT_EQ(image.load<std::uint32_t>(v2_offset::reader_bell), 0);
    auto next = Writer::open(name_);
    image.store<std::uint32_t>(v2_offset::writer_bell, 1);
    reader.close();
    EXPECT_EQ(image.load<std::uint32_t>(v2_offset::writer_bell), 0);
    image.store<std::uint32_t>(v2_offset::writer_bell, 1);
    auto successor = Reader::open(name_);
    EXPECT_EQ(image.load<std::uint32_t>(v2_offset::writer_bell), 0);
}

}  // namespace
}  // namespace zerobuffer::test
