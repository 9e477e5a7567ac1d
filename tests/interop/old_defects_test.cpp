// SPDX-License-Identifier: MIT
// Defects that the first implementations are known to have, each as a test that ours does not share it. The numbers are
// those of the table in docs/scenarios.md; defects that other files of this folder already test are listed there only.
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <functional>
#include <future>
#include <set>
#include <thread>

#include <zerobuffer/zerobuffer.h>

#include "child.hpp"
#include "interop_test.hpp"

namespace zerobuffer::interop {
namespace {

/// Old reader, our writer.
class WriterDefect : public InteropTest {
protected:
    Writer attach(std::uint64_t capacity = 256) {
        EXPECT_TRUE(ok(reader_.ask(create_command(capacity))));
        return Writer::open(name_);
    }

    /// One frame of ours, taken and released by the old reader.
    void pass(Writer& writer, std::uint64_t size) {
        ASSERT_TRUE(write_pattern(writer, size, 0, ++passed_, no_wait));
        ASSERT_EQ(reader_.ask("receive 1").status(), "ok") << size;
    }

    Peer reader_;
    std::uint64_t passed_ = 0;
};

/// Our reader, old writer.
class ReaderDefect : public InteropTest {
protected:
    Reader attach(std::uint64_t capacity = 256) {
        Reader reader = Reader::create(name_, v1_options(capacity));
        EXPECT_TRUE(ok(writer_.ask("connect " + name_)));
        return reader;
    }

    /// One frame of the old writer, taken and released by ours.
    void pass(Reader& reader, std::uint64_t size) {
        ASSERT_TRUE(ok(writer_.ask("write " + std::to_string(size))));
        auto frame = reader.acquire(no_wait);
        ASSERT_TRUE(frame) << size;
        EXPECT_TRUE(matches(frame->bytes(), 0, ++passed_)) << size;
    }

    Peer writer_;
    std::uint64_t passed_ = 0;
};

// Defect 1
TEST_F(ReaderDefect, SemaphoresExistBeforeAWriterCanAttach) {
    for (int round = 0; round < 100; ++round) {
        writer_.send("connect " + name_ + " tries=20000000");
        Reader reader = Reader::create(name_, v1_options(256));
        ASSERT_EQ(writer_.answer().status(), "ok");
        writer_.ask("disconnect");
    }
}

// Defect 2
TEST_F(ReaderDefect, StaleShortTailIsAWrap) {
    for (std::uint64_t tail = 1; tail < 16; ++tail) {
        Reader reader = attach();
        pass(reader, 240);
        pass(reader, 240 - tail);
        pass(reader, 10);
        pass(reader, 10);
        writer_.ask("disconnect");
    }
}

// Defect 2
TEST_F(WriterDefect, ShortTailIsAvoidedByWrappingEarly) {
    for (std::uint64_t tail = 1; tail < 16; ++tail) {
        Writer writer = attach();
        pass(writer, 124);         // up to 140
        pass(writer, 100 - tail);  // would end 1..15 bytes before the end
        EXPECT_EQ(reader_.ask("state").number("write_position"), 116 - tail);
        writer.close();
        reader_.ask("close");
    }
}

// Defect 3
TEST_F(WriterDefect, FramesBehindAZeroedTailOutliveTheirWriter) {
    Writer writer = attach();
    pass(writer, 240);
    pass(writer, 229);  // nothing but the begin of the ring could hold it, and 11 bytes are left
    ASSERT_TRUE(write_pattern(writer, 10, 0, 3, no_wait));
    ASSERT_TRUE(write_pattern(writer, 10, 0, 4, no_wait));
    writer.close();
    const Reply received = reader_.ask("receive 2");
    EXPECT_EQ(received.status(), "ok");
    EXPECT_EQ(received.number("frames"), 2U);
}

// Defect 4
TEST_F(WriterDefect, RingOfWholeFramesIsPassedAgainAndAgain) {
    Writer writer = attach(512);
    for (int frame = 0; frame < 64; ++frame) {
        pass(writer, 48);
    }
}

// Defect 4
TEST_F(ReaderDefect, RingOfWholeFramesIsPassedAgainAndAgain) {
    Reader reader = attach(512);
    for (int frame = 0; frame < 64; ++frame) {
        pass(reader, 48);
    }
}

// Defect 5
TEST_F(WriterDefect, FrameThatCannotBePlacedLeavesTheWriterUsable) {
    Writer writer = attach(10240);
    pass(writer, 6144);
    EXPECT_EQ(status_of([&] { return writer.claim(7168, brief); }), Status::too_large);
    pass(writer, 1000);
    EXPECT_EQ(writer.stats().sequence, 2U);
}

// Defect 5
TEST_F(WriterDefect, FrameThatFitsOnlyWithAShortTailIsRefusedAtOnce) {
    Writer writer = attach();
    pass(writer, 84);  // 100 bytes
    // 150 of the 156 that are left, and more than the 100 before.
    EXPECT_EQ(status_of([&] { return writer.claim(134, forever); }), Status::too_large);
    pass(writer, 20);
    pass(writer, 20);
}

// Defect 5
TEST_F(WriterDefect, FrameLargerThanTheRingIsRefusedAtOnce) {
    Writer writer = attach();
    EXPECT_EQ(writer.max_frame(), 240U);
    EXPECT_EQ(status_of([&] { return writer.claim(241, forever); }), Status::too_large);
    EXPECT_EQ(status_of([&] { return writer.claim(UINT64_MAX, forever); }), Status::too_large);
    pass(writer, 240);
}

// Defect 6
TEST_F(ReaderDefect, OutOfOrderReleaseDoesNotFreeAHeldFrame) {
    Reader reader = attach();
    ASSERT_TRUE(ok(writer_.ask("send 2 112 112")));
    writer_.ask("set timeout 0");
    auto first = reader.acquire(no_wait);
    auto second = reader.acquire(no_wait);
    ASSERT_TRUE(first && second);
    second->release();
    EXPECT_EQ(writer_.ask("write 112").status(), "full");
    EXPECT_TRUE(matches(first->bytes(), 0, 1));
    first->release();
    EXPECT_EQ(writer_.ask("state").number("free"), 256U);
    EXPECT_EQ(writer_.ask("write 112").status(), "ok");
}

// Defect 7
TEST_F(ReaderDefect, EachReleaseCreditsItsOwnFrame) {
    Reader reader = attach();
    ASSERT_TRUE(ok(writer_.ask("write 20")));
    ASSERT_TRUE(ok(writer_.ask("write 120")));
    auto first = reader.acquire(no_wait);
    auto second = reader.acquire(no_wait);
    ASSERT_TRUE(first && second);
    first->release();
    EXPECT_EQ(writer_.ask("state").number("free"), 256U - 136);
    second->release();
    EXPECT_EQ(writer_.ask("state").number("free"), 256U);
}

// Defect 9
TEST_F(ReaderDefect, RefusedWriterLeavesTheOtherAlone) {
    Reader reader = attach();
    EXPECT_EQ(status_of([&] { return Writer::open(name_); }), Status::busy);
    EXPECT_EQ(writer_.ask("state").number("writer_pid"), static_cast<std::uint64_t>(writer_.pid()));
    pass(reader, 20);
}

// Defect 10
TEST_F(WriterDefect, OnlyOneOfManyWritersAttaches) {
    constexpr int rivals = 4;
    ASSERT_TRUE(ok(reader_.ask(create_command(256))));
    for (int round = 0; round < 10; ++round) {
        const auto rival = [&](const Line& line) {
            line.put(0);
            static_cast<void>(line.take());
            std::optional<Writer> writer;
            const Status status = status_of([&] { writer.emplace(Writer::open(name_)); });
            line.put(static_cast<std::uint64_t>(status));
            static_cast<void>(line.take());  // holds on until all have tried
        };
        std::array<Child, rivals> children{Child(rival), Child(rival), Child(rival), Child(rival)};
        std::multiset<Status> results;
        for (const Child& child : children) {
            static_cast<void>(child.line().take());
        }
        for (const Child& child : children) {
            child.line().put(0);
        }
        for (const Child& child : children) {
            results.insert(static_cast<Status>(child.line().take()));
        }
        for (const Child& child : children) {
            child.line().put(0);
        }
        for (Child& child : children) {
            EXPECT_EQ(child.wait(), 0);
        }
        EXPECT_EQ(results.count(Status::ok), 1U);
        EXPECT_EQ(results.count(Status::busy), rivals - 1U);
    }
}

// Defect 10
TEST_F(WriterDefect, CloseLeavesThePidOfAnotherWriter) {
    Writer writer = attach();
    V1View view(name_);
    const auto other = static_cast<std::uint64_t>(reader_.pid());
    view.set(V1_WRITER_PID, other);
    writer.close();
    EXPECT_EQ(view.word(V1_WRITER_PID), other);
}

// Defect 11
TEST_F(ReaderDefect, SpaceTokensDoNotGrow) {
    Reader reader = attach();
    V1View view(name_);
    for (int frame = 0; frame < 1000; ++frame) {
        pass(reader, 20);
    }
    EXPECT_LE(view.space_tokens(), 1);
}

// Defect 11
TEST_F(ReaderDefect, ReleaseSurvivesAFullSpaceSemaphore) {
    Reader reader = attach();
    V1View view(name_);
    view.set_space_tokens(INT_MAX);
    pass(reader, 20);
    EXPECT_EQ(view.word(V1_PAYLOAD_FREE), 256U);
    EXPECT_EQ(view.space_tokens(), INT_MAX);
}

// Defect 11
TEST_F(WriterDefect, StaleSpaceTokensAreNotRoom) {
    Writer writer = attach();
    V1View view(name_);
    ASSERT_TRUE(write_pattern(writer, 240, 0, 1, no_wait));
    view.set_space_tokens(3'000'000);
    EXPECT_FALSE(writer.claim(20, brief));
    EXPECT_TRUE(ok(reader_.ask("receive 1")));
    EXPECT_TRUE(write_pattern(writer, 20, 0, 2, deadline));
}

// Defect 12
TEST_F(ReaderDefect, FrameOutlivesItsReader) {
    std::optional<Frame> frame;
    {
        Reader reader = attach();
        ASSERT_TRUE(ok(writer_.ask("write 100")));
        frame = reader.acquire(no_wait);
    }
    ASSERT_TRUE(frame);
    EXPECT_TRUE(matches(frame->bytes(), 0, 1));
    frame->release();
    EXPECT_THAT(files_of(name_), testing::IsEmpty());
}

// Defect 13
TEST_F(ReaderDefect, SecondReleaseCreditsNothing) {
    zb_options options;
    ASSERT_EQ(zb_options_init(&options, sizeof options), ZB_OK);
    options.layout = ZB_LAYOUT_V1;
    options.capacity = 256;
    zb_reader* reader = nullptr;
    ASSERT_EQ(zb_reader_create(name_.c_str(), &options, &reader), ZB_OK);
    ASSERT_TRUE(ok(writer_.ask("connect " + name_)));
    ASSERT_TRUE(ok(writer_.ask("send 2 20 20")));
    zb_frame frame;
    ASSERT_EQ(zb_reader_acquire(reader, 0, &frame), ZB_OK);
    EXPECT_EQ(zb_reader_release(&frame), ZB_OK);
    EXPECT_EQ(zb_reader_release(&frame), ZB_MISUSE);
    EXPECT_EQ(writer_.ask("state").number("free"), 256U - 36);
    zb_reader_close(reader);
}

// Defect 14
TEST_F(WriterDefect, AbandonedClaimLeavesNoGap) {
    Writer writer = attach();
    pass(writer, 20);
    static_cast<void>(writer.claim(100, no_wait));
    pass(writer, 20);
    EXPECT_EQ(writer.stats().sequence, 2U);
}

// Defect 14: an abandoned claim that had to wrap
TEST_F(WriterDefect, AbandonedWrapLeavesNoGap) {
    Writer writer = attach();
    pass(writer, 184);
    static_cast<void>(writer.claim(100, no_wait));
    pass(writer, 20);
    pass(writer, 20);
}

using CreationDefect = InteropTest;

// Defect 15
TEST_F(CreationDefect, BuffersOfDifferentNamesDoNotDisturbEachOther) {
    const auto create_many = [](const Line&) {
        for (int round = 0; round < 50; ++round) {
            const std::string name = unique_name();
            { Reader reader = Reader::create(name, v1_options(256)); }
            EXPECT_THAT(files_of(name), testing::IsEmpty());
        }
    };
    Child first(create_many);
    Child second(create_many);
    EXPECT_EQ(first.wait(), 0);
    EXPECT_EQ(second.wait(), 0);
}

// Defect 15
TEST_F(CreationDefect, ClosingReaderDoesNotDeleteItsSuccessor) {
    Child rival([&](const Line& line) {
        line.put(0);
        for (int round = 0; round < 200; ++round) {
            static_cast<void>(status_of([&] { return Reader::create(name_, v1_options(256)); }));
        }
    });
    static_cast<void>(rival.line().take());
    for (int created = 0; created < 50;) {
        std::optional<Reader> reader;
        if (status_of([&] { reader.emplace(Reader::create(name_, v1_options(256))); }) != Status::ok) { continue; }
        EXPECT_THAT(files_of(name_), testing::SizeIs(5));
        Writer writer = Writer::open(name_);
        EXPECT_TRUE(write_pattern(writer, 20, 0, 1, no_wait));
        EXPECT_TRUE(reader->acquire(no_wait));
        ++created;
    }
    EXPECT_EQ(rival.wait(), 0);
}

// Defect 16
TEST_F(CreationDefect, SemaphoresOfAPythonReaderAreNoObstacle) {
    {
        Peer python("py");
        ASSERT_TRUE(ok(python.ask(create_command(256))));
        python.ask("close");
    }
    ASSERT_THAT(files_of(name_), testing::SizeIs(2));
    Reader reader = Reader::create(name_, v1_options(256));
    EXPECT_EQ(V1View(name_).state(), (V1State{.free = 256}));
}

// Defect 17
TEST_F(CreationDefect, WriterOfAReplacedReaderNoticesOnItsNextFrame) {
    Peer dead;
    ASSERT_TRUE(ok(dead.ask(create_command(256))));
    Writer writer = Writer::open(name_);
    ASSERT_TRUE(write_pattern(writer, 20, 0, 1, no_wait));
    dead.kill();
    Reader reader = Reader::create(name_, v1_options(256));
    EXPECT_EQ(status_of([&] { return writer.claim(20, no_wait); }), Status::peer_closed);
    Writer next = Writer::open(name_);
    EXPECT_TRUE(write_pattern(next, 20, 0, 1, no_wait));
    EXPECT_TRUE(reader.acquire(no_wait));
}

int signal_pipe = -1;

void tell(int) { static_cast<void>(!::write(signal_pipe, "", 1)); }

/// While it lives, SIGALRM interrupts the thread that made it every millisecond; `after_many` runs once, in another
/// thread, when a hundred signals have come.
class SignalStorm {
public:
    explicit SignalStorm(std::function<void()> after_many) {
        sigset_t alarm;
        ::sigemptyset(&alarm);
        ::sigaddset(&alarm, SIGALRM);
        ::pthread_sigmask(SIG_BLOCK, &alarm, nullptr);  // the new thread inherits it: signals are for this one
        EXPECT_EQ(::pipe(pipe_.data()), 0);
        signal_pipe = pipe_[1];
        helper_ = std::thread([this, after_many = std::move(after_many)] {
            std::array<char, 100> signals{};
            for (std::size_t count = 0; count < signals.size();) {
                count += static_cast<std::size_t>(::read(pipe_[0], signals.data(), signals.size() - count));
            }
            after_many();
        });
        struct sigaction action {};
        action.sa_handler = tell;
        ::sigaction(SIGALRM, &action, nullptr);
        ::pthread_sigmask(SIG_UNBLOCK, &alarm, nullptr);
        const itimerval every{{0, 1000}, {0, 1000}};
        ::setitimer(ITIMER_REAL, &every, nullptr);
    }
    SignalStorm(const SignalStorm&) = delete;
    SignalStorm& operator=(const SignalStorm&) = delete;
    ~SignalStorm() {
        helper_.join();
        const itimerval never{};
        ::setitimer(ITIMER_REAL, &never, nullptr);
        ::signal(SIGALRM, SIG_IGN);
        ::close(pipe_[0]);
        ::close(pipe_[1]);
    }

private:
    std::array<int, 2> pipe_{};
    std::thread helper_;
};

// Defect 19
TEST_F(ReaderDefect, SignalsDoNotEndAWait) {
    Reader reader = attach();
    SignalStorm storm([&] { writer_.send("write 20"); });
    auto frame = reader.acquire(deadline);
    ASSERT_TRUE(frame);
    EXPECT_TRUE(matches(frame->bytes(), 0, 1));
}

// Defect 19
TEST_F(WriterDefect, SignalsDoNotEndAWaitForRoom) {
    Writer writer = attach();
    ASSERT_TRUE(write_pattern(writer, 240, 0, 1, no_wait));
    SignalStorm storm([&] { reader_.send("receive 1"); });
    EXPECT_TRUE(write_pattern(writer, 240, 0, 2, deadline));
}

// Defect 20
TEST_F(ReaderDefect, PollTakesAPendingFrame) {
    Reader reader = attach();
    EXPECT_FALSE(reader.acquire(no_wait));
    ASSERT_TRUE(ok(writer_.ask("write 20")));
    EXPECT_TRUE(reader.acquire(no_wait));
}

// Defect 20
TEST_F(ReaderDefect, LongestTimeoutsWaitForTheFrame) {
    Reader reader = attach();
    for (const Timeout timeout : {forever, Timeout(std::chrono::hours(24 * 365 * 290))}) {
        writer_.send("write 20");
        EXPECT_TRUE(reader.acquire(timeout));
        EXPECT_TRUE(ok(writer_.answer()));
    }
    EXPECT_EQ(status_of([&] { return reader.acquire(std::chrono::milliseconds::max()); }), Status::misuse);
}

// Defect 21
TEST_F(ReaderDefect, CloseEndsTheWaitOfAnotherThread) {
    Reader reader = attach();
    auto waiting = std::async(std::launch::async, [&] { return status_of([&] { return reader.acquire(forever); }); });
    reader.close();
    EXPECT_EQ(waiting.get(), Status::closed);
}

// Defect 28
TEST_F(WriterDefect, ReaderOfAnotherUserIsAlive) {
    ASSERT_TRUE(ok(reader_.ask(create_command(256))));
    V1View view(name_);
    view.set(V1_READER_PID, 1);  // there, but not ours to signal
    Writer writer = Writer::open(name_);
    EXPECT_TRUE(write_pattern(writer, 240, 0, 1, no_wait));
    EXPECT_FALSE(writer.claim(240, brief));
}

}  // namespace
}  // namespace zerobuffer::interop
