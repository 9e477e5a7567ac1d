// SPDX-License-Identifier: MIT
// Many processes that make and remove the same name at once: one winner, nobody sees half a buffer, and nothing live is ever
// removed. The processes live as long as the test and go through its rounds together.
#include <unistd.h>

#include <array>
#include <memory>
#include <vector>

#include "support/buffer_test.hpp"
#include "support/child.hpp"
#include "support/rounds.hpp"

namespace zerobuffer::test {
namespace {

class Storm : public EveryLayout {
protected:
    using Children = std::vector<std::unique_ptr<Child>>;

    template <class Body>
    static void start(Children& children, std::uint32_t count, Body body) {
        for (std::uint32_t i = 0; i < count; ++i) {
            children.push_back(std::make_unique<Child>([body, i](const Line&) { body(i); }));
        }
    }
    static void finish(Children& children) {
        for (const auto& child : children) {
            EXPECT_EQ(child->wait(), 0);
        }
        children.clear();
    }

    /// In each round every process calls `attempt`, which attaches or throws, and keeps what it got until all have called.
    /// The test expects one winner per round; all others are told `busy`.
    template <class Attempt>
    void expect_one_winner(std::uint32_t processes, std::uint64_t rounds, Attempt attempt) {
        const MeetingPoint meeting(processes);
        auto& winners = shared_[0];
        auto& busy = shared_[1];
        Children children;
        start(children, processes, [&](std::uint32_t) {
            for (std::uint64_t round = 1; round <= rounds; ++round) {
                meeting.meet();
                auto endpoint = decltype(attempt())();
                const Failure failure = failure_of([&] { return endpoint = attempt(), 0; });
                winners += failure.status == Status::ok ? 1 : 0;
                busy += failure.status == Status::busy ? 1 : 0;
                meeting.meet();
                EXPECT_EQ(winners, round) << failure.message;
                EXPECT_EQ(busy, round * (processes - 1)) << failure.message;
                meeting.meet();  // nobody counts on before all have compared
            }
        });
        finish(children);
    }

    SharedNumbers shared_;
};

INSTANTIATE_TEST_SUITE_P(Layouts, Storm, layouts(), layout_name);

TEST_P(Storm, OneOfSixtyFourCreatorsWins) {
    expect_one_winner(64, 20, [&] { return std::optional(Reader::create(name_, options())); });
}

TEST_P(Storm, OneOfSixteenCreatorsWins) {
    expect_one_winner(16, 50, [&] { return std::optional(Reader::create(name_, options())); });
}

TEST_P(Storm, OneOfSixteenReplacersWins) {
    Options replacing = options();
    replacing.replace = true;
    expect_one_winner(16, 50, [&] { return std::optional(Reader::create(name_, replacing)); });
}

TEST_P(Storm, OneOfSixteenWritersWins) {
    const auto reader = Reader::create(name_, options());
    expect_one_winner(16, 50, [&] { return std::optional(Writer::open(name_)); });
}

class StormV2 : public Storm {
protected:
    // Makes the buffer and looks whether it stays the one under the name; leaves it behind with a frame nobody has read.
    void create_and_verify(std::uint64_t round) {
        std::optional<Writer> writer;
        const Failure failure =
            failure_of([&] { return &writer.emplace(Writer::create(name_, make_options(Layout::v2))); });
        if (failure.status == Status::busy) { return; }
        ASSERT_THAT(failure, has(Status::ok));
        const std::uint64_t id = inspect(name_).creation_id;
        write_frame(*writer, 100, round);
        for (int look = 0; look < 5; ++look) {
            const Snapshot snapshot = inspect(name_);
            ASSERT_EQ(snapshot.writer.pid, static_cast<std::uint32_t>(::getpid()));
            ASSERT_EQ(snapshot.creation_id, id);
        }
        ++shared_[0];
    }

    // Makes and closes the buffer, each time while another process is in the midst of what it does all the time.
    template <class Meddle>
    void close_beside(Meddle meddle) {
        constexpr std::uint64_t rounds = 200;
        auto& opened = shared_[0];
        auto& closed = shared_[1];
        auto& stopped = shared_[2];
        auto& meddled = shared_[3];
        Children children;
        start(children, 1, [&](std::uint32_t) {
            for (std::uint64_t round = 1; round <= rounds; ++round) {
                await([&] { return opened >= round; }, "the next round");
                for (; closed < round; ++meddled) {
                    meddle();
                }
                stopped = round;
            }
        });
        std::uint64_t left_behind = 0;
        for (std::uint64_t round = 1; round <= rounds; ++round) {
            auto writer = Writer::create(name_, make_options(Layout::v2));
            const std::uint64_t before = meddled;
            opened = round;
            await([&] { return meddled > before; }, "the other is at it");
            writer.close();
            closed = round;
            await([&] { return stopped == round; }, "the other is out");
            if (failure_of([&] { return inspect(name_); }).status != Status::not_found) { ++left_behind; }
        }
        finish(children);
        EXPECT_EQ(left_behind, 0);
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, StormV2, testing::Values(Layout::v2), layout_name);

TEST_P(StormV2, CleanersRemoveNothingThatIsLive) {
    auto& made = shared_[0];
    auto& finished = shared_[1];
    auto& removed = shared_[2];
    Children children;
    start(children, 2, [&](std::uint32_t) {
        for (std::uint64_t round = 1; round <= 1000 && !testing::Test::HasFailure(); ++round) {
            create_and_verify(round);
        }
        ++finished;
    });
    start(children, 2, [&](std::uint32_t) {
        while (finished < 2) {
            removed += clean().size();
        }
    });
    finish(children);
    EXPECT_GT(made, 0);
    EXPECT_GT(removed, 0);
    bury(name_);
}

// Both sides come and go by name, while cleaners sweep and observers look. In each round the writer stays until its frame
// was taken: by a reader that found the buffer under its name. So no buffer with somebody in it ever lost its name.
class Meetings : public Storm {
protected:
    auto& met() const { return shared_[0]; }
    auto& over() const { return shared_[1]; }
    auto& looks() const { return shared_[2]; }

    static bool may_come_later(const Failure& failure) {
        return failure.status == Status::busy || failure.status == Status::not_found ||
               failure.status == Status::not_ready;
    }

    /// Tries until it is in. Whatever it meets is whole, or not there, or somebody's.
    template <class Attach>
    static auto attach(Attach attach_once) {
        decltype(std::optional(attach_once())) endpoint;
        await(
            [&] {
                const Failure failure = failure_of([&] { return endpoint.emplace(attach_once()), 0; });
                if (failure.status != Status::ok && !may_come_later(failure)) {
                    throw std::runtime_error("half a buffer: " + failure.message);
                }
                return endpoint.has_value();
            },
            "attaching");
        return endpoint;
    }

    void write_one(Writer& writer, std::uint64_t round) const {
        ASSERT_TRUE(write_frame(writer, 100, round, deadline));
        await([&] { return met() == round; }, "a reader finds the frame of round " + std::to_string(round));
    }
    /// A reader that is in before the writer of the last round is out is told so, and waits for the next one.
    static void read_one(Reader& reader, std::uint64_t round) {
        std::optional<Frame> frame;
        const Failure failure = failure_of([&] { return frame = reader.acquire(deadline), 0; });
        if (failure.status == Status::peer_closed) {
            ASSERT_TRUE(reader.wait_for_peer(deadline));
            frame = reader.acquire(deadline);
        }
        ASSERT_TRUE(frame) << failure.message;
        ASSERT_TRUE(holds(*frame, 100, round)) << "round " << round;
    }

    void sweep() const {
        while (over() == 0) {
            static_cast<void>(clean());
        }
    }
    void observe() const {
        while (over() == 0) {
            const Failure failure = failure_of([&] { return inspect(name_); });
            if (failure.status != Status::ok && !may_come_later(failure)) {
                throw std::runtime_error("half a buffer: " + failure.message);
            }
            ++looks();
        }
    }

    template <class Write, class Read>
    void meet(std::uint64_t rounds, Write write, Read read) {
        Children children;
        start(children, 2, [&](std::uint32_t) { sweep(); });
        start(children, 1, [&](std::uint32_t) { observe(); });
        Children sides;
        start(sides, 1, [&](std::uint32_t) {
            for (std::uint64_t round = 1; round <= rounds && !HasFailure(); ++round) {
                write(round);
            }
        });
        start(sides, 1, [&](std::uint32_t) {
            for (std::uint64_t round = 1; round <= rounds && !HasFailure(); ++round) {
                read(round);
            }
        });
        finish(sides);
        over() = 1;
        finish(children);
        EXPECT_EQ(met(), rounds);
        EXPECT_GT(looks(), 0);
        static_cast<void>(
            clean());  // a cleaner that held the bytes when the last one left is the one to remove the name
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, Meetings, layouts(), layout_name);

TEST_P(Meetings, WriterFindsTheReaderThatMadeTheBuffer) {
    meet(
        2000,
        [&](std::uint64_t round) {
            auto writer = attach([&] { return Writer::open(name_); });
            write_one(*writer, round);
        },
        [&](std::uint64_t round) {
            auto reader = attach([&] { return Reader::create(name_, options()); });
            read_one(*reader, round);
            reader.reset();
            ++met();
        });
}

class MeetingsV2 : public Meetings {};

INSTANTIATE_TEST_SUITE_P(Layouts, MeetingsV2, testing::Values(Layout::v2), layout_name);

TEST_P(MeetingsV2, BothCreateAndBothLeave) {
    meet(
        2500,
        [&](std::uint64_t round) {
            auto writer = attach([&] { return Writer::create(name_, options()); });
            write_one(*writer, round);
        },
        [&](std::uint64_t round) {
            auto reader = attach([&] { return Reader::create(name_, options()); });
            read_one(*reader, round);
            reader.reset();
            ++met();
        });
}

TEST_P(MeetingsV2, ReaderReplacesAndNeverALiveWriter) {
    Options replacing = options();
    replacing.replace = true;
    meet(
        2000,
        [&](std::uint64_t round) {
            auto writer = attach([&] { return Writer::create(name_, options()); });
            write_one(*writer, round);
        },
        [&](std::uint64_t round) {
            auto reader = attach([&] { return Reader::create(name_, replacing); });
            read_one(*reader, round);
            reader.reset();
            ++met();
        });
}

TEST_P(MeetingsV2, ReaderOpensWhileTheWriterCloses) {
    meet(
        2500,
        [&](std::uint64_t round) {
            auto writer = attach([&] { return Writer::create(name_, options()); });
            write_one(*writer, round);
        },
        [&](std::uint64_t round) {
            auto reader = attach([&] { return Reader::open(name_); });
            read_one(*reader, round);
            reader.reset();
            ++met();
        });
}

TEST_P(StormV2, WhoIsRefusedForItsShapeKeepsNobodyFromRemovingItsName) {
    close_beside([&] { failure_of([&] { return Reader::create(name_, make_options(Layout::v2, 128U << 10U)); }); });
}

}  // namespace
}  // namespace zerobuffer::test
