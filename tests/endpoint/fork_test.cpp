// SPDX-License-Identifier: MIT
// A forked child inherits endpoints that are not its own: it may read their frames, and nothing it does disturbs the parent.
#include <signal.h>

#include <optional>

#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

/// A process of somebody else's that stays, whatever becomes of its parent.
class Frozen {
public:
    explicit Frozen(std::uint64_t pid) : pid_(static_cast<pid_t>(pid)) {
        ::kill(pid_, SIGSTOP);
        await([this] { return is_there(); }, "the process stops");
    }
    Frozen(const Frozen&) = delete;
    Frozen& operator=(const Frozen&) = delete;
    ~Frozen() { ::kill(pid_, SIGKILL); }
    [[nodiscard]] bool is_there() const { return thread_state(pid_) == 'T'; }

private:
    pid_t pid_;
};

class Fork : public EveryLayout {
protected:
    /// Forks a child that stays as long as its line, and tells its number once it runs.
    static void keep_a_child(const Line& line) {
        Child child([](const Line& inner) {
            inner.put(1);
            inner.wait_for_end();
        });
        child.line().take();
        line.put(static_cast<std::uint64_t>(child.pid()));
        line.wait_for_end();
    }
    void make() {
        reader_.emplace(Reader::create(name_, options()));
        writer_.emplace(Writer::open(name_));
    }
    void TearDown() override {
        writer_.reset();
        reader_.reset();
        EveryLayout::TearDown();
    }
    [[nodiscard]] bool stream_works() {
        const std::uint64_t number = writer_->stats().sequence + 1;
        return write_frame(*writer_, 100, number) && holds(*reader_->acquire(no_wait), 100, number);
    }

    std::optional<Reader> reader_;
    std::optional<Writer> writer_;
};

INSTANTIATE_TEST_SUITE_P(Layouts, Fork, layouts(), layout_name);

TEST_P(Fork, EveryCallOfTheChildIsRefused) {
    make();
    Child child([this](const Line&) {
        const auto refused =
            says(Status::misuse, name_, "belongs to the parent process", "open a new one in the child");
        std::array<Frame, 2> frames;
        EXPECT_THAT(failure_of([&] { return reader_->wait(); }), refused);
        EXPECT_THAT(failure_of([&] { return reader_->acquire(); }), refused);
        EXPECT_THAT(failure_of([&] { return reader_->acquire_latest(); }), refused);
        EXPECT_THAT(failure_of([&] { return reader_->acquire_many(frames); }), refused);
        EXPECT_THAT(failure_of([&] { return reader_->metadata(); }), refused);
        EXPECT_THAT(failure_of([&] { return reader_->wait_for_peer(); }), refused);
        EXPECT_THAT(failure_of([&] { return reader_->stats(); }), refused);
        EXPECT_THAT(failure_of([&] {
                        reader_->cancel();
                        return 0;
                    }),
                    refused);
        EXPECT_THAT(failure_of([&] { return writer_->wait(1); }), refused);
        EXPECT_THAT(failure_of([&] { return writer_->claim(1); }), refused);
        EXPECT_THAT(failure_of([&] { return writer_->write(bytes_of("x")); }), refused);
        EXPECT_THAT(failure_of([&] { return writer_->write_many({{bytes_of("x")}}); }), refused);
        EXPECT_THAT(failure_of([&] {
                        writer_->publish_metadata({});
                        return 0;
                    }),
                    refused);
        EXPECT_THAT(failure_of([&] { return writer_->wait_for_peer(); }), refused);
        EXPECT_THAT(failure_of([&] {
                        writer_->cancel();
                        return 0;
                    }),
                    refused);
    });
    EXPECT_EQ(child.wait(), 0);
    EXPECT_TRUE(stream_works());
}

TEST_P(Fork, FramesAreReadableInTheChildAndReleasedOnlyByTheParent) {
    make();
    write_frame(*writer_, 1000, 1);
    auto frame = reader_->acquire(no_wait);
    Child child([&](const Line&) {
        EXPECT_TRUE(holds(*frame, 1000, 1));
        frame->release();
    });
    EXPECT_EQ(child.wait(), 0);
    EXPECT_EQ(reader_->stats().held, 1);
    EXPECT_GT(reader_->stats().used, 0);
    frame->release();
    EXPECT_EQ(reader_->stats().used, 0);
}

TEST_P(Fork, ClaimOfTheParentIsNotTheChildsToCommit) {
    make();
    auto claim = writer_->claim(100);
    Child child([&](const Line&) {
        EXPECT_THAT(failure_of([&] { return claim->commit(); }), has(Status::misuse));
        claim->abort();
    });
    EXPECT_EQ(child.wait(), 0);
    Pattern().fill(claim->bytes(), 1);
    EXPECT_EQ(claim->commit(), 1);
    EXPECT_TRUE(holds(*reader_->acquire(no_wait), 100, 1));
}

TEST_P(Fork, ChildThatClosesDisturbsNothing) {
    make();
    Child child([this](const Line&) {
        writer_->close();
        reader_->close();
    });
    EXPECT_EQ(child.wait(), 0);
    EXPECT_EQ(reader_->stats().peer, PeerState::attached);
    EXPECT_EQ(writer_->stats().peer, PeerState::attached);
    EXPECT_TRUE(stream_works());
}

TEST_P(Fork, ChildThatDestroysDisturbsNothing) {
    make();
    write_frame(*writer_, 100, 1);
    auto frame = reader_->acquire(no_wait);
    Child child([&](const Line&) {
        writer_.reset();
        reader_.reset();
        EXPECT_TRUE(holds(*frame, 100, 1)) << "a lease keeps its memory";
        frame.reset();
    });
    EXPECT_EQ(child.wait(), 0);
    EXPECT_TRUE(holds(*frame, 100, 1));
    EXPECT_EQ(reader_->stats().peer, PeerState::attached);
    EXPECT_EQ(writer_->stats().peer, PeerState::attached);
}

TEST_P(Fork, ChildOpensEndpointsOfItsOwn) {
    reader_.emplace(Reader::create(name_, options()));
    Child child([this](const Line&) {
        auto writer = Writer::open(name_);
        write_frame(writer, 100, 1);
    });
    EXPECT_EQ(child.wait(), 0);
    EXPECT_TRUE(holds(*reader_->acquire(no_wait), 100, 1));
}

TEST_P(Fork, DeathOfTheParentIsNoticedWhileItsChildLives) {
    Child parent([this](const Line& line) {
        line.take();
        auto writer = Writer::open(name_);
        write_frame(writer, 100, 1);
        keep_a_child(line);
    });
    reader_.emplace(Reader::create(name_, options()));
    parent.line().put(1);
    const Frozen grandchild(parent.line().take());
    EXPECT_TRUE(reader_->acquire(deadline));
    EXPECT_TRUE(reader_->wait_for_peer(no_wait));
    parent.kill();
    EXPECT_THAT(failure_of([&] { return reader_->acquire(10s); }), has(Status::peer_died));
    EXPECT_TRUE(grandchild.is_there());
}

TEST_P(Fork, DeathOfAReaderIsNoticedWhileItsChildLives) {
    Child parent([this](const Line& line) {
        auto reader = Reader::create(name_, options());
        keep_a_child(line);
    });
    const Frozen grandchild(parent.line().take());
    writer_.emplace(Writer::open(name_));
    parent.kill();
    while (write_frame(*writer_, 1000, 1)) {}
    EXPECT_THAT(failure_of([&] { return writer_->claim(1000, 10s); }), has(Status::peer_died));
    EXPECT_TRUE(grandchild.is_there());
    writer_.reset();
    bury(name_);
}

TEST_P(Fork, NextReaderAttachesWhileAChildOfTheDeadOneLives) {
    Child parent([this](const Line& line) {
        auto reader = Reader::create(name_, options());
        keep_a_child(line);
    });
    const Frozen grandchild(parent.line().take());
    parent.kill();
    make();
    EXPECT_TRUE(stream_works());
    EXPECT_TRUE(grandchild.is_there());
}

TEST_P(Fork, NextWriterAttachesWhileAChildOfTheDeadOneLives) {
    Child parent([this](const Line& line) {
        line.take();
        auto writer = Writer::open(name_);
        keep_a_child(line);
    });
    reader_.emplace(Reader::create(name_, options()));
    parent.line().put(1);
    const Frozen grandchild(parent.line().take());
    parent.kill();
    writer_.emplace(Writer::open(name_));
    EXPECT_TRUE(stream_works());
    EXPECT_TRUE(grandchild.is_there());
}

}  // namespace
}  // namespace zerobuffer::test
