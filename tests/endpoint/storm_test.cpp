// SPDX-License-Identifier: MIT
// Many processes that make and remove the same name at once: one winner, and nothing live is ever removed.
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

// Counters that children share.
class Shared {
public:
    Shared()
        : numbers_(static_cast<std::atomic<std::uint64_t>*>(
              ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() { ::munmap(numbers_, 4096); }
    std::atomic<std::uint64_t>& operator[](std::size_t which) const { return numbers_[which]; }

private:
    std::atomic<std::uint64_t>* numbers_;
};

class Storm : public EveryLayout {
protected:
    using Children = std::vector<std::unique_ptr<Child>>;

    template <class Body>
    static void start(Children& children, int count, Body body) {
        for (int i = 0; i < count; ++i) {
            children.push_back(std::make_unique<Child>(body));
        }
    }
    static void finish(Children& children) {
        for (const auto& child : children) {
            EXPECT_EQ(child->wait(), 0);
        }
        children.clear();
    }

    Shared shared_;
};

INSTANTIATE_TEST_SUITE_P(Layouts, Storm, layouts(), layout_name);

// Every child is at the same line, makes its call, and keeps what it got until all have made theirs.
TEST_P(Storm, OneOfSixteenCreatorsWins) {
    constexpr std::uint64_t creators = 16;
    for (int round = 0; round < 10; ++round) {
        auto& waiting = shared_[0];
        auto& called = shared_[1];
        auto& winners = shared_[2];
        auto& losers = shared_[3];
        for (std::size_t which = 0; which < 4; ++which) {
            shared_[which] = 0;
        }
        Children children;
        start(children, creators, [&](const Line&) {
            ++waiting;
            await([&] { return waiting == creators; }, "all are ready");
            std::optional<Reader> reader;
            const Failure failure = failure_of([&] { return &reader.emplace(Reader::create(name_, options())); });
            if (failure.status == Status::ok) { ++winners; }
            if (failure.status == Status::busy) { ++losers; }
            ++called;
            await([&] { return called == creators; }, "all have called");
        });
        finish(children);
        ASSERT_EQ(winners, 1);
        ASSERT_EQ(losers, creators - 1);
    }
}

TEST_P(Storm, OneOfSixteenWritersWins) {
    constexpr std::uint64_t writers = 16;
    auto& called = shared_[0];
    auto& winners = shared_[1];
    auto& losers = shared_[2];
    Children children;
    start(children, writers, [&](const Line& line) {
        line.take();
        std::optional<Writer> writer;
        const Failure failure = failure_of([&] { return &writer.emplace(Writer::open(name_)); });
        if (failure.status == Status::ok) { ++winners; }
        if (failure.status == Status::busy) { ++losers; }
        ++called;
        await([&] { return called == writers; }, "all have called");
    });
    const auto reader = Reader::create(name_, options());
    for (const auto& child : children) {
        child->line().put(1);
    }
    finish(children);
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(losers, writers - 1);
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
        start(children, 1, [&](const Line&) {
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
    start(children, 2, [&](const Line&) {
        for (std::uint64_t round = 1; round <= 300 && !testing::Test::HasFailure(); ++round) {
            create_and_verify(round);
        }
        ++finished;
    });
    start(children, 2, [&](const Line&) {
        while (finished < 2) {
            removed += clean().size();
        }
    });
    finish(children);
    EXPECT_GT(made, 0);
    EXPECT_GT(removed, 0);
    bury(name_);
}

TEST_P(StormV2, WhoIsRefusedForItsShapeKeepsNobodyFromRemovingItsName) {
    close_beside([&] { failure_of([&] { return Reader::create(name_, make_options(Layout::v2, 128U << 10U)); }); });
}

}  // namespace
}  // namespace zerobuffer::test
