// SPDX-License-Identifier: MIT
// Buffers of other users, and too little shared memory: clear errors, nothing left behind.
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

class OtherUser : public EveryLayout {
protected:
    void SetUp() override {
        if (::geteuid() != 0) { GTEST_SKIP() << "only root can become another user"; }
    }
    /// What `body` expects, as the user nobody.
    static void as_nobody(const std::function<void()>& body) {
        Child child([&](const Line&) {
            ASSERT_EQ(::setgid(65534), 0);
            ASSERT_EQ(::setuid(65534), 0);
            body();
        });
        EXPECT_EQ(child.wait(), 0);
    }
    auto denied() const {
        return says(Status::permission_denied, name_, "Permission denied", "create it with wider permissions");
    }
    static Options open_to_all() {
        Options shared = options();
        shared.permissions = 0666;
        return shared;
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, OtherUser, layouts(), layout_name);

TEST_P(OtherUser, IsDeniedTheBufferOfAnotherOne) {
    auto reader = Reader::create(name_, options());
    as_nobody([&] {
        EXPECT_THAT(failure_of([&] { return Writer::open(name_); }), denied());
        EXPECT_THAT(failure_of([&] { return Reader::open(name_); }), denied());
        EXPECT_THAT(failure_of([&] { return inspect(name_); }), denied());
        EXPECT_NE(failure_of([&] { return Reader::create(name_, options()); }).status, Status::ok);
    });
    auto writer = Writer::open(name_);
    write_frame(writer, 10, 1);
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
}

TEST_P(OtherUser, SeesAndCleansOnlyItsOwn) {
    auto reader = Reader::create(name_, options());
    as_nobody([&] {
        for (const Snapshot& snapshot : list_buffers()) {
            EXPECT_NE(snapshot.name, name_);
        }
        EXPECT_THAT(clean(), testing::Not(testing::Contains(name_)));
    });
    EXPECT_EQ(inspect(name_).status, Status::ok);
}

TEST_P(OtherUser, WritesIntoABufferThatIsOpenToAll) {
    auto reader = Reader::create(name_, open_to_all());
    as_nobody([&] {
        auto writer = Writer::open(name_);
        write_frame(writer, 10, 1);
    });
    EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1));
}

TEST_P(OtherUser, ThatDiedIsReported) {
    auto reader = Reader::create(name_, open_to_all());
    Child child([&](const Line& line) {
        ASSERT_EQ(::setuid(65534), 0);
        auto writer = Writer::open(name_);
        line.put(1);
        line.wait_for_end();
    });
    child.line().take();
    EXPECT_TRUE(reader.wait_for_peer(deadline));
    child.kill();
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::peer_died));
}

// It may not even send a signal to the one that died.
TEST_P(OtherUser, LearnsThatTheReaderOfRootDied) {
    Child reading([this](const Line& line) {
        auto reader = Reader::create(name_, open_to_all());
        line.put(1);
        line.wait_for_end();
    });
    reading.line().take();
    Child writing([this](const Line& line) {
        ASSERT_EQ(::setuid(65534), 0);
        auto writer = Writer::open(name_);
        while (write_frame(writer, 1000, 1)) {}
        EXPECT_FALSE(writer.claim(1000, brief)) << "it lives";
        line.put(1);
        EXPECT_THAT(failure_of([&] { return writer.claim(1000, deadline); }), has(Status::peer_died));
    });
    writing.line().take();
    reading.kill();
    EXPECT_EQ(writing.wait(), 0);
    bury(name_);
}

TEST_P(OtherUser, LearnsThatTheWriterOfRootDied) {
    Child writing([this](const Line& line) {
        line.take();
        auto writer = Writer::open(name_);
        write_frame(writer, 10, 1);
        line.put(1);
        line.wait_for_end();
    });
    Child reading([this](const Line& line) {
        ASSERT_EQ(::setuid(65534), 0);
        auto reader = Reader::create(name_, open_to_all());
        line.put(1);
        EXPECT_TRUE(holds(*reader.acquire(deadline), 10, 1));
        EXPECT_FALSE(reader.acquire(brief)) << "it lives";
        line.put(2);
        EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::peer_died));
    });
    reading.line().take();
    writing.line().put(1);
    writing.line().take();
    reading.line().take();
    writing.kill();
    EXPECT_EQ(reading.wait(), 0);
}

class NoSpace : public EveryLayout {
protected:
    static std::ptrdiff_t files() {
        const std::filesystem::directory_iterator folder("/dev/shm");
        return std::distance(begin(folder), end(folder));
    }
    auto no_space(const std::string& cause) const {
        return says(Status::no_space, name_, cause, "make the buffer smaller");
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, NoSpace, layouts(), layout_name);

TEST_P(NoSpace, IsSaidAtOnceAndLeavesNothing) {
    Child child([this](const Line& line) {
        const bool mounted = mount_shared_memory("1m");
        line.put(mounted ? 1 : 0);
        if (!mounted) { return; }
        const Failure failure = failure_of([&] { return Reader::create(name_, options(4U << 20U)); });
        EXPECT_THAT(failure, no_space("No space left on device"));
        EXPECT_EQ(failure.system_error, ENOSPC);
        EXPECT_EQ(files(), 0);
        auto reader = Reader::create(name_, options(256U << 10U));
        auto writer = Writer::open(name_);
        write_frame(writer, 10, 1);
        EXPECT_TRUE(holds(*reader.acquire(no_wait), 10, 1)) << "what fits still works";
    });
    if (child.line().take() == 0) { GTEST_SKIP() << "mounting a small /dev/shm is not permitted here"; }
    EXPECT_EQ(child.wait(), 0);
}

TEST_P(NoSpace, IsSaidWhenTheUserMayNotHaveSoMuch) {
    Child child([this](const Line&) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{1U << 20U, RLIM_INFINITY};
        ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
        EXPECT_THAT(failure_of([&] { return Reader::create(name_, options(4U << 20U)); }), no_space("File too large"));
        EXPECT_EQ(footprint().files, std::vector<std::string>());
        EXPECT_EQ(Reader::create(name_, options(64U << 10U)).capacity(), 64U << 10U);
    });
    EXPECT_EQ(child.wait(), 0);
}

}  // namespace
}  // namespace zerobuffer::test
