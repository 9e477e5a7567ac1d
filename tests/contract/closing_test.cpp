// SPDX-License-Identifier: MIT
// The end of a stream, and closing while others call: every frame arrives before the loss does, and nobody crashes.
#include <atomic>
#include <thread>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

class Closing : public EveryLayout {};

INSTANTIATE_TEST_SUITE_P(Layouts, Closing, layouts(), layout_name);

TEST_P(Closing, WriterThatClosedIsReportedAfterItsLastFrame) {
    auto reader = Reader::create(name_, options());
    {
        auto writer = Writer::open(name_);
        write_frame(writer, 10, 1);
        write_frame(writer, 10, 2);
    }
    EXPECT_TRUE(holds(*reader.acquire(deadline), 10, 1));
    EXPECT_TRUE(holds(*reader.acquire(deadline), 10, 2));
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }),
                says(Status::peer_closed, name_, "the writer closed in order", "wait for the next one"));
}

TEST_P(Closing, WhatAnotherIsMovedOntoIsClosed) {
    const std::string other = unique_name();
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    auto other_reader = Reader::create(other, options());
    auto other_writer = Writer::open(other);
    ASSERT_TRUE(reader.wait_for_peer(no_wait));
    writer = std::move(other_writer);
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::peer_closed));
    reader = std::move(other_reader);
    EXPECT_THAT(failure_of([&] { return inspect(name_); }), has(Status::not_found));
    auto& same_reader = reader;
    reader = std::move(same_reader);
    auto& same_writer = writer;
    writer = std::move(same_writer);
    writer.write(bytes_of("on"));
    EXPECT_EQ(reader.acquire(no_wait)->size(), 2);
}

TEST_P(Closing, EveryWayToWaitReportsThatTheWriterClosed) {
    auto reader = Reader::create(name_, options());
    Writer::open(name_).write(bytes_of("x"));
    ASSERT_TRUE(reader.acquire(deadline));
    std::array<Frame, 2> frames;
    EXPECT_THAT(failure_of([&] { return reader.wait(deadline); }), has(Status::peer_closed));
    EXPECT_THAT(failure_of([&] { return reader.acquire_latest(deadline); }), has(Status::peer_closed));
    EXPECT_THAT(failure_of([&] { return reader.acquire_many(frames, deadline); }), has(Status::peer_closed));
}

TEST_P(Closing, PollingReaderLearnsThatTheWriterClosed) {
    auto reader = Reader::create(name_, options());
    Writer::open(name_).write(bytes_of("x"));
    ASSERT_TRUE(reader.acquire(no_wait));
    Failure failure;
    await([&] { return (failure = failure_of([&] { return reader.acquire(no_wait); })).status != Status::ok; }, "loss");
    EXPECT_THAT(failure, has(Status::peer_closed));
}

TEST_P(Closing, NextWriterEndsTheLoss) {
    auto reader = Reader::create(name_, options());
    Writer::open(name_).write(bytes_of("first"));
    ASSERT_TRUE(reader.acquire(deadline));
    ASSERT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::peer_closed));
    auto writer = Writer::open(name_);
    EXPECT_EQ(writer.write(bytes_of("second")), 2);
    EXPECT_EQ(reader.acquire(deadline)->sequence(), 2);
}

TEST_P(Closing, WriterThatNobodyMetIsNoLoss) {
    auto reader = Reader::create(name_, options());
    EXPECT_FALSE(reader.acquire(brief));
}

TEST_P(Closing, ReaderThatClosedEndsAWriterThatMustWait) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    while (write_frame(writer, 1000, 1)) {}
    reader.close();
    EXPECT_THAT(failure_of([&] { return writer.claim(1000, deadline); }),
                says(Status::peer_closed, name_, "the reader closed in order", "wait for the next one"));
    writer.close();
    bury(name_);  // v2 keeps the unread frames for a reader to come
}

TEST_P(Closing, EndpointThatIsClosedRefusesEveryCall) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    reader.close();
    writer.close();
    std::array<Frame, 2> frames;
    const auto closed = has(Status::closed);
    EXPECT_THAT(failure_of([&] { return reader.wait(no_wait); }), closed);
    EXPECT_THAT(failure_of([&] { return reader.acquire(no_wait); }), closed);
    EXPECT_THAT(failure_of([&] { return reader.acquire_latest(no_wait); }), closed);
    EXPECT_THAT(failure_of([&] { return reader.acquire_many(frames, no_wait); }), closed);
    EXPECT_THAT(failure_of([&] { return reader.metadata(); }), closed);
    EXPECT_THAT(failure_of([&] { return reader.wait_for_peer(no_wait); }), closed);
    EXPECT_THAT(failure_of([&] {
                    reader.cancel();
                    return 0;
                }),
                closed);
    EXPECT_THAT(failure_of([&] { return writer.wait(1, no_wait); }), closed);
    EXPECT_THAT(failure_of([&] { return writer.claim(1, no_wait); }), closed);
    EXPECT_THAT(failure_of([&] { return writer.write(bytes_of("x"), no_wait); }), closed);
    EXPECT_THAT(failure_of([&] { return writer.write_many({{bytes_of("x")}}, no_wait); }), closed);
    EXPECT_THAT(failure_of([&] {
                    writer.publish_metadata({});
                    return 0;
                }),
                closed);
    EXPECT_THAT(failure_of([&] { return writer.wait_for_peer(no_wait); }), closed);
    EXPECT_THAT(failure_of([&] {
                    writer.cancel();
                    return 0;
                }),
                closed);
    EXPECT_THAT(failure_of([&] { return writer.stats(); }), closed);
}

TEST_P(Closing, TwiceIsTheSameAsOnce) {
    auto reader = Reader::create(name_, options());
    auto writer = Writer::open(name_);
    reader.close();
    reader.close();
    writer.close();
    writer.close();
    EXPECT_THAT(failure_of([&] { return inspect(name_); }), has(Status::not_found));
}

// close() may be called from any thread at any time: the other one is anywhere in its call, or between two.
TEST_P(Closing, WhileAnotherThreadPollsEndsItWithClosed) {
    for (int round = 0; round < 50; ++round) {
        auto reader = Reader::create(name_, options());
        auto writer = Writer::open(name_);
        std::atomic<bool> polling{false};
        Failure failure;
        std::thread thread([&] {
            failure = failure_of([&] {
                for (;;) {
                    static_cast<void>(reader.acquire(no_wait));
                    polling.store(true);
                }
                return 0;
            });
        });
        await([&] { return polling.load(); }, "the thread polls");
        reader.close();
        thread.join();
        ASSERT_THAT(failure, has(Status::closed));
    }
}

TEST_P(Closing, WhileAnotherThreadWritesEndsItWithClosed) {
    for (int round = 0; round < 50; ++round) {
        auto reader = Reader::create(name_, options());
        auto writer = Writer::open(name_);
        std::atomic<bool> writing{false};
        Failure failure;
        std::thread thread([&] {
            failure = failure_of([&] {
                for (;;) {
                    if (!writer.write(bytes_of("x"), no_wait)) { static_cast<void>(reader.acquire_latest(no_wait)); }
                    writing.store(true);
                }
                return 0;
            });
        });
        await([&] { return writing.load(); }, "the thread writes");
        writer.close();
        thread.join();
        ASSERT_THAT(failure, has(Status::closed));
    }
}

// One thread waits, one gives its last frame back, one closes: whoever comes last lets go, and nobody before.
TEST_P(Closing, WhileOneThreadWaitsAndAnotherReleasesEndsBoth) {
    for (int round = 0; round < 100; ++round) {
        auto reader = Reader::create(name_, options());
        auto writer = Writer::open(name_);
        write_frame(writer, 100, 1);
        auto frame = reader.acquire(no_wait);
        std::atomic<int> started{0};
        Failure failure;
        std::thread waits([&] {
            ++started;
            failure = failure_of([&] { return reader.wait(); });
        });
        std::thread releases([&] {
            ++started;
            await([&] { return started == 3; }, "all have started");
            frame->release();
        });
        await([&] { return started == 2; }, "both have started");
        ++started;
        reader.close();
        waits.join();
        releases.join();
        ASSERT_THAT(failure, has(Status::closed));
        writer.close();
        bury(name_);
    }
}

TEST_P(Closing, FromTwoThreadsWhileAThirdWaitsEndsIt) {
    for (int round = 0; round < 100; ++round) {
        auto reader = Reader::create(name_, options());
        auto writer = Writer::open(name_);
        std::atomic<bool> started{false};
        Failure failure;
        std::thread waits([&] {
            started = true;
            failure = failure_of([&] { return reader.wait(); });
        });
        await([&] { return started.load(); }, "the wait");
        std::thread closes([&] { reader.close(); });
        reader.close();
        closes.join();
        waits.join();
        ASSERT_THAT(failure, has(Status::closed));
        writer.close();
        bury(name_);
    }
}

}  // namespace
}  // namespace zerobuffer::test
