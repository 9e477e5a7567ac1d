// SPDX-License-Identifier: MIT
// A peer that truncates the segment takes its pages away under everybody. A guarded endpoint gets an error instead of SIGBUS.
#include <csignal>
#include <optional>
#include <thread>

#include "endpoint/image.hpp"
#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

// Reader and writer live in processes of their own where the other one would be hit, too.
class Guarded : public EveryLayout {
protected:
    static Options guarded() {
        Options guarded = options();
        guarded.guarded = true;
        return guarded;
    }
    void truncate() const { Image(name_).resize(0); }
    auto truncated() const {
        return says(Status::corrupt, name_, "another process truncated the shared memory", "create it with replace");
    }
    void TearDown() override {
        bury(name_);
        EveryLayout::TearDown();
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, Guarded, layouts(), layout_name);

TEST_P(Guarded, ReaderIsToldAndStaysSo) {
    auto reader = Reader::create(name_, guarded());
    truncate();
    EXPECT_THAT(failure_of([&] { return reader.acquire(1s); }), truncated());
    EXPECT_THAT(failure_of([&] { return reader.acquire(no_wait); }), truncated());
    EXPECT_THAT(failure_of([&] { return reader.wait(no_wait); }), truncated());
}

TEST_P(Guarded, WriterIsToldAndStaysSo) {
    auto reader = Reader::create(name_, guarded());
    auto writer = Writer::open(name_, guarded());
    truncate();
    const auto write_twice = [&] {
        writer.write(bytes_of("x"), 1s);
        return writer.write(bytes_of("x"), 1s);
    };
    EXPECT_THAT(failure_of(write_twice), truncated());
    EXPECT_THAT(failure_of([&] { return writer.claim(1, no_wait); }), truncated());
}

TEST_P(Guarded, HeldFrameReadsAsZeros) {
    auto reader = Reader::create(name_, guarded());
    auto writer = Writer::open(name_, guarded());
    write_frame(writer, 10'000, 1);
    auto frame = reader.acquire(no_wait);
    truncate();
    for (const std::byte byte : frame->bytes()) {
        ASSERT_EQ(byte, std::byte{0});
    }
    frame->release();
    EXPECT_THAT(failure_of([&] { return reader.acquire(no_wait); }), truncated());
}

TEST_P(Guarded, OpenClaimIsStillWritable) {
    auto reader = Reader::create(name_, guarded());
    auto writer = Writer::open(name_, guarded());
    auto claim = writer.claim(10'000);
    truncate();
    Pattern().fill(claim->bytes(), 1);
    EXPECT_THAT(failure_of([&] { return claim->commit(); }), has(Status::corrupt));
}

TEST_P(Guarded, SleepingReaderIsTold) {
    Options blocking = guarded();
    blocking.wait_mode = WaitMode::block;
    auto reader = Reader::create(name_, blocking);
    Failure failure;
    std::atomic<pid_t> id{0};
    std::thread thread([&] {
        id = this_thread();
        failure = failure_of([&] { return reader.acquire(deadline); });
    });
    await([&] { return id != 0 && thread_state(id) == 'S'; }, "the reader sleeps");
    truncate();
    thread.join();
    EXPECT_THAT(failure, truncated());
}

TEST_P(Guarded, OtherBuffersOfTheProcessGoOn) {
    const std::string other = unique_name();
    auto reader = Reader::create(name_, guarded());
    auto other_reader = Reader::create(other, guarded());
    auto other_writer = Writer::open(other, guarded());
    truncate();
    EXPECT_THAT(failure_of([&] { return reader.acquire(1s); }), truncated());
    write_frame(other_writer, 100, 1);
    EXPECT_TRUE(holds(*other_reader.acquire(no_wait), 100, 1));
}

TEST_P(Guarded, NextBufferOfTheNameWorks) {
    {
        auto reader = Reader::create(name_, guarded());
        truncate();
        EXPECT_THAT(failure_of([&] { return reader.acquire(1s); }), truncated());
    }
    bury(name_);
    auto reader = Reader::create(name_, guarded());
    auto writer = Writer::open(name_, guarded());
    write_frame(writer, 100, 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 100, 1));
}

// The other half of the promise, and the proof that the tests above test something.
TEST_P(Guarded, WithoutGuardTheProcessEnds) {
    Child child([this](const Line&) {
        ::signal(SIGBUS, SIG_DFL);  // a sanitizer has a handler of its own
        auto reader = Reader::create(name_, options());
        truncate();
        static_cast<void>(reader.acquire(1s));
    });
    EXPECT_EQ(child.wait(), 128 + SIGBUS);
}

}  // namespace
}  // namespace zerobuffer::test
