// SPDX-License-Identifier: MIT
// Ending the wait of another thread, by cancelling and by closing.
#include <atomic>
#include <functional>
#include <thread>

#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

class Ending : public EveryLayout {
protected:
    Ending() : reader_(Reader::create(name_, blocking())), writer_(Writer::open(name_, blocking())) {}
    void TearDown() override {
        writer_.close();
        reader_.close();
        bury(name_);  // v2 keeps unread frames
        EveryLayout::TearDown();
    }

    static Options blocking() {
        Options blocking = options();
        blocking.wait_mode = WaitMode::block;
        return blocking;
    }
    void fill() {
        while (write_frame(writer_, 1000, ++written_)) {}
        --written_;
    }
    /// How `wait` ends when `end` is called while it sleeps.
    template <class Wait, class End>
    static Failure end_while_asleep(Wait wait, End end) {
        std::atomic<pid_t> id{0};
        Failure failure;
        std::thread thread([&] {
            id = this_thread();
            failure = failure_of(wait);
        });
        await([&] { return id != 0 && thread_state(id) == 'S'; }, "the thread sleeps");
        end();
        thread.join();
        return failure;
    }
    auto cancelled() const { return says(Status::cancelled, name_, "was cancelled", "call again"); }

    Reader reader_;
    Writer writer_;
    std::uint64_t written_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Layouts, Ending, layouts(), layout_name);

TEST_P(Ending, CancelEndsEveryWaitOfAReader) {
    std::array<Frame, 2> frames;
    const auto cancel = [&] { reader_.cancel(); };
    EXPECT_THAT(end_while_asleep([&] { return reader_.acquire(); }, cancel), cancelled());
    EXPECT_THAT(end_while_asleep([&] { return reader_.wait(); }, cancel), cancelled());
    EXPECT_THAT(end_while_asleep([&] { return reader_.acquire_latest(); }, cancel), cancelled());
    EXPECT_THAT(end_while_asleep([&] { return reader_.acquire_many(frames); }, cancel), cancelled());
    EXPECT_THAT(end_while_asleep([&] { return reader_.metadata(forever); }, cancel), cancelled());
    writer_.close();
    EXPECT_THAT(end_while_asleep([&] { return reader_.wait_for_peer(); }, cancel), cancelled());
}

TEST_P(Ending, CancelEndsEveryWaitOfAWriter) {
    fill();
    const std::vector<std::byte> content(1000);
    const auto cancel = [&] { writer_.cancel(); };
    EXPECT_THAT(end_while_asleep([&] { return writer_.claim(1000); }, cancel), cancelled());
    EXPECT_THAT(end_while_asleep([&] { return writer_.wait(1000); }, cancel), cancelled());
    EXPECT_THAT(end_while_asleep([&] { return writer_.write(content); }, cancel), cancelled());
    EXPECT_THAT(end_while_asleep([&] { return writer_.write_many({{Bytes(content)}}); }, cancel), cancelled());
}

TEST_P(Ending, CancelledReaderLosesNoFrame) {
    for (std::uint64_t number = 1; number <= 20; ++number) {
        ASSERT_THAT(end_while_asleep([&] { return reader_.acquire(); }, [&] { reader_.cancel(); }), cancelled());
        ASSERT_TRUE(write_frame(writer_, 10, number));
        ASSERT_TRUE(holds(*reader_.acquire(no_wait), 10, number));
        ASSERT_FALSE(reader_.acquire(no_wait));
    }
}

TEST_P(Ending, CancelledReaderSeesNoFrameThatIsNotThere) {
    ASSERT_THAT(end_while_asleep([&] { return reader_.acquire(); }, [&] { reader_.cancel(); }), cancelled());
    EXPECT_FALSE(reader_.wait(1ms));
    EXPECT_FALSE(reader_.acquire(1ms));
    EXPECT_EQ(reader_.stats().timeouts, 2);
}

TEST_P(Ending, CancelledWriterLosesNoRoom) {
    fill();
    ASSERT_THAT(end_while_asleep([&] { return writer_.claim(1000); }, [&] { writer_.cancel(); }), cancelled());
    reader_.acquire(no_wait)->release();
    EXPECT_TRUE(write_frame(writer_, 1000, written_ + 1));
    EXPECT_FALSE(writer_.claim(1000, 1ms));
}

TEST_P(Ending, CancelBeforeTheWaitEndsIt) {
    reader_.cancel();
    EXPECT_THAT(failure_of([&] { return reader_.acquire(); }), cancelled());
    reader_.cancel();
    EXPECT_THAT(failure_of([&] { return reader_.wait(); }), cancelled());
    reader_.cancel();
    EXPECT_THAT(failure_of([&] { return reader_.metadata(forever); }), cancelled());
    EXPECT_FALSE(reader_.acquire(1ms));
}

TEST_P(Ending, CancelBeforeTheWaitOfAWriterEndsIt) {
    fill();
    writer_.cancel();
    EXPECT_THAT(failure_of([&] { return writer_.claim(1000); }), cancelled());
    EXPECT_FALSE(writer_.claim(1000, 1ms));
}

TEST_P(Ending, CancelDoesNotEndACallThatNeedNotWait) {
    reader_.cancel();
    write_frame(writer_, 10, 1);
    EXPECT_TRUE(holds(*reader_.acquire(), 10, 1));
    EXPECT_THAT(failure_of([&] { return reader_.acquire(); }), cancelled());
    EXPECT_FALSE(reader_.acquire(1ms));
}

TEST_P(Ending, CancelTwiceBeforeTheWaitEndsItOnce) {
    reader_.cancel();
    reader_.cancel();
    EXPECT_THAT(failure_of([&] { return reader_.acquire(); }), cancelled());
    EXPECT_FALSE(reader_.acquire(1ms));
    write_frame(writer_, 10, 1);
    write_frame(writer_, 10, 2);
    EXPECT_TRUE(holds(*reader_.acquire(no_wait), 10, 1));
    EXPECT_TRUE(holds(*reader_.acquire(no_wait), 10, 2));
}

TEST_P(Ending, CancelManyTimesInAStreamLosesNoFrame) {
    std::atomic<bool> done{false};
    std::thread canceller([&] {
        while (!done) {
            reader_.cancel();
            writer_.cancel();
            std::this_thread::yield();
        }
    });
    std::thread producer([&] {
        for (std::uint64_t number = 1; number <= 1000;) {
            if (failure_of([&] { return write_frame(writer_, 1000, number, forever); }).status == Status::ok) {
                ++number;
            }
        }
    });
    std::uint64_t expected = 1;
    while (expected <= 1000) {
        const Failure failure = failure_of([&] {
            const auto frame = reader_.acquire(deadline);
            EXPECT_TRUE(frame && holds(*frame, 1000, expected)) << expected;
            ++expected;
            return 0;
        });
        ASSERT_THAT(failure.status, testing::AnyOf(Status::ok, Status::cancelled));
        if (HasFailure()) { break; }
    }
    producer.join();
    done = true;
    canceller.join();
}

TEST_P(Ending, CloseEndsEveryWaitOfAReader) {
    const auto closed = says(Status::closed, name_, "is closed", "open a new one");
    EXPECT_THAT(end_while_asleep([&] { return reader_.acquire(); }, [&] { reader_.close(); }), closed);
}

TEST_P(Ending, CloseEndsAWaitForMetadata) {
    EXPECT_THAT(end_while_asleep([&] { return reader_.metadata(forever); }, [&] { reader_.close(); }),
                has(Status::closed));
}

TEST_P(Ending, CloseEndsTheWaitOfAWriter) {
    fill();
    EXPECT_THAT(end_while_asleep([&] { return writer_.claim(1000); }, [&] { writer_.close(); }),
                says(Status::closed, name_, "is closed", "open a new one"));
}

TEST_P(Ending, CloseAfterAWaitLeavesNothing) {
    EXPECT_THAT(end_while_asleep([&] { return reader_.acquire(); }, [&] { reader_.close(); }), has(Status::closed));
    writer_.close();
    EXPECT_THAT(failure_of([&] { return inspect(name_); }), has(Status::not_found));
}

}  // namespace
}  // namespace zerobuffer::test
