// SPDX-License-Identifier: MIT
// What may come between the looks of a wait: the real engine and the real side, with another process's step put exactly there.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <zerobuffer/zerobuffer.hpp>

#include "endpoint/layout_sides.hpp"
#include "endpoint/reader_engine.hpp"
#include "endpoint/writer_engine.hpp"
#include "platform/shared_file.hpp"

namespace zerobuffer::endpoint {
namespace {

// A side beside which something happens right before or after it has looked for its peer.
template <class Side>
class Overtaken : public Side {
public:
    using Side::Side;
    PeerState peer() noexcept {
        if (before_look) { std::exchange(before_look, nullptr)(); }
        const PeerState state = Side::peer();
        if (after_look) { std::exchange(after_look, nullptr)(); }
        return state;
    }
    template <class Ready>
    platform::Woken sleep(Ready&& ready, std::int64_t nanoseconds) noexcept {
        rings_before_sleep = rings;
        const auto woken = Side::sleep(ready, nanoseconds);
        if (woken == platform::Woken::timeout) { ++slept_through; }
        return woken;
    }
    bool ring_peer() noexcept {
        ++rings;
        return Side::ring_peer();
    }
    static inline std::function<void()> before_look;
    static inline std::function<void()> after_look;
    static inline int rings = 0;
    static inline int rings_before_sleep = 0;
    static inline int slept_through = 0;  // sleeps that only the end of their slice ended
};
using OvertakenReader = Overtaken<ReaderSideV2>;
using OvertakenWriter = Overtaken<WriterSideV2>;

struct Dispose {
    void operator()(Endpoint* endpoint) const { endpoint->dispose(); }
};

class WaitLoopTest : public testing::Test {
protected:
    WaitLoopTest() {
        options_.capacity = 64U << 10U;
        options_.wait_mode = WaitMode::block;
    }
    /// A writer that leaves last leaves its unread frames.
    void TearDown() override { platform::remove_shared_name(name_); }
    template <class Engine>
    std::unique_ptr<Engine, Dispose> make(Role role) {
        return std::unique_ptr<Engine, Dispose>(new Engine(name_, options_, SegmentV2::create(role, name_, options_)));
    }
    template <class Call>
    static Status status_of(Call&& call) {
        try {
            return call();
        } catch (const Error& error) { return error.status(); }
    }

    const std::string name_ = "wait-loop-" + std::to_string(::getpid());
    Options options_;
};

constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max();

TEST_F(WaitLoopTest, ReaderDoesNotSleepThroughACloseThatCameAfterItsLook) {
    const auto reader = make<ReaderOf<OvertakenReader>>(Role::reader);
    auto writer = Writer::open(name_);
    OvertakenReader::after_look = [&] { writer.close(); };
    detail::FrameLease frame;
    EXPECT_EQ(status_of([&] { return reader->acquire(frame, no_end); }), Status::peer_closed);
    EXPECT_EQ(OvertakenReader::slept_through, 0);
}

TEST_F(WaitLoopTest, WriterDoesNotSleepThroughACloseThatCameAfterItsLook) {
    const auto writer = make<WriterOf<OvertakenWriter>>(Role::writer);
    auto reader = Reader::open(name_);
    OvertakenWriter::after_look = [&] { reader.close(); };
    const std::vector<std::byte> half(30'000);
    std::uint64_t sequence = 0;
    EXPECT_EQ(writer->write(half, no_end, sequence), Status::ok);
    EXPECT_EQ(writer->write(half, no_end, sequence), Status::ok);
    EXPECT_EQ(status_of([&] { return writer->write(half, no_end, sequence); }), Status::peer_closed);
    EXPECT_EQ(OvertakenWriter::slept_through, 0);
}

TEST_F(WaitLoopTest, ReaderDeliversAFrameThatCameBetweenItsLooksAtTheRingAndAtAWriterThatHasClosed) {
    const auto reader = make<ReaderOf<OvertakenReader>>(Role::reader);
    auto writer = Writer::open(name_);
    OvertakenReader::before_look = [&] {
        writer.write({});
        writer.close();
    };
    detail::FrameLease frame;
    EXPECT_EQ(status_of([&] { return reader->acquire(frame, no_end); }), Status::ok);
    EXPECT_TRUE(reader->release(frame));
    EXPECT_EQ(status_of([&] { return reader->acquire(frame, no_end); }), Status::peer_closed);
}

TEST_F(WaitLoopTest, ReaderDoesNotSleepWhenAFrameCameAfterItsLook) {
    const auto reader = make<ReaderOf<OvertakenReader>>(Role::reader);
    auto writer = Writer::open(name_);
    OvertakenReader::after_look = [&] { writer.write({}); };
    detail::FrameLease frame;
    EXPECT_EQ(status_of([&] { return reader->acquire(frame, no_end); }), Status::ok);
    EXPECT_EQ(OvertakenReader::slept_through, 0);
    EXPECT_TRUE(reader->release(frame));
}

// Or both would sleep: the reader until somebody rings, the writer until the reader has made room.
TEST_F(WaitLoopTest, WriterRingsForTheFramesOfABatchBeforeItSleepsForRoom) {
    const auto writer = make<WriterOf<OvertakenWriter>>(Role::writer);
    auto reader = Reader::open(name_);
    OvertakenWriter::after_look = [&] { static_cast<void>(reader.acquire(std::chrono::seconds(0))); };  // makes room
    const std::vector<std::byte> half(30'000);
    const std::array<Bytes, 3> batch = {half, half, half};
    std::size_t written = 0;
    EXPECT_EQ(writer->write_many(batch, no_end, written), Status::ok);
    EXPECT_EQ(written, 3);
    EXPECT_GT(OvertakenWriter::rings_before_sleep, 0);
}

}  // namespace
}  // namespace zerobuffer::endpoint
