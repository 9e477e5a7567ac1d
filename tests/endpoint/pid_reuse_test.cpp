// SPDX-License-Identifier: MIT
// Another process gets the number of a dead peer: that does not make it alive.
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "support/buffer_test.hpp"
#include "support/child.hpp"

namespace zerobuffer::test {
namespace {

/// A process that does nothing, of a number that was chosen.
class Impostor {
public:
    explicit Impostor(pid_t pid) {
        clone_args arguments{};
        arguments.exit_signal = SIGCHLD;
        arguments.set_tid = reinterpret_cast<std::uintptr_t>(&pid);
        arguments.set_tid_size = 1;
        // Somebody else may have the number for a moment.
        await([&] { return (pid_ = clone(arguments)) >= 0 || errno != EEXIST; }, "the number is free");
    }
    Impostor(const Impostor&) = delete;
    Impostor& operator=(const Impostor&) = delete;
    ~Impostor() {
        if (pid_ <= 0) { return; }
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    /// 0 when this process may not choose numbers.
    [[nodiscard]] pid_t pid() const { return pid_ > 0 ? pid_ : 0; }

private:
    static pid_t clone(clone_args& arguments) {
        const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
        while (pid == 0) {
            ::pause();
        }
        return pid;
    }

    pid_t pid_ = -1;
};

class PidReuse : public EveryLayout {
protected:
    [[nodiscard]] auto writer() const {
        return [this](const Line& line) {
            line.take();
            auto writer = Writer::open(name_);
            write_frame(writer, 100, 1);
            line.put(1);
            line.wait_for_end();
        };
    }
    [[nodiscard]] auto reader() const {
        return [this](const Line& line) {
            auto reader = Reader::create(name_, options());
            line.put(1);
            line.wait_for_end();
        };
    }
    static void fill(Writer& writer) {
        while (write_frame(writer, 1000, 1)) {}
    }
    static constexpr const char* not_permitted = "clone3 with set_tid is not permitted here";
};

INSTANTIATE_TEST_SUITE_P(Layouts, PidReuse, layouts(), layout_name);

TEST_P(PidReuse, ProcessWithTheNumberOfAKilledWriterIsNotIt) {
    Child child(writer());
    auto reader = Reader::create(name_, options());
    child.line().put(1);
    child.line().take();
    EXPECT_TRUE(reader.wait_for_peer(no_wait));
    const pid_t pid = child.pid();
    child.kill();
    const Impostor impostor(pid);
    if (impostor.pid() == 0) { GTEST_SKIP() << not_permitted; }
    ASSERT_EQ(impostor.pid(), pid);
    EXPECT_TRUE(holds(*reader.acquire(deadline), 100, 1));
    EXPECT_THAT(failure_of([&] { return reader.acquire(deadline); }), has(Status::peer_died));
    EXPECT_EQ(reader.stats().peer, PeerState::died);
}

TEST_P(PidReuse, ProcessWithTheNumberOfAKilledReaderIsNotIt) {
    Child child(reader());
    child.line().take();
    {
        auto writer = Writer::open(name_);
        const pid_t pid = child.pid();
        child.kill();
        const Impostor impostor(pid);
        if (impostor.pid() != 0) {
            ASSERT_EQ(impostor.pid(), pid);
            fill(writer);
            EXPECT_THAT(failure_of([&] { return writer.claim(1000, deadline); }), has(Status::peer_died));
            EXPECT_EQ(writer.stats().peer, PeerState::died);
        }
        bury(name_);
        if (impostor.pid() == 0) { GTEST_SKIP() << not_permitted; }
    }
}

class PidReuseV2 : public PidReuse {};

INSTANTIATE_TEST_SUITE_P(Layouts, PidReuseV2, testing::Values(Layout::v2), layout_name);

TEST_P(PidReuseV2, NextWriterAttachesBesideAProcessWithTheNumberOfTheKilledOne) {
    Child child(writer());
    auto reader = Reader::create(name_, options());
    child.line().put(1);
    child.line().take();
    const pid_t pid = child.pid();
    child.kill();
    const Impostor impostor(pid);
    if (impostor.pid() == 0) { GTEST_SKIP() << not_permitted; }
    auto next = Writer::open(name_);
    EXPECT_EQ(write_frame(next, 100, 2), 2);
}

TEST_P(PidReuseV2, NextReaderAttachesBesideAProcessWithTheNumberOfTheKilledOne) {
    Child child(reader());
    child.line().take();
    auto writer = Writer::open(name_);
    write_frame(writer, 100, 1);
    const pid_t pid = child.pid();
    child.kill();
    const Impostor impostor(pid);
    auto next = Reader::create(name_, options());
    if (impostor.pid() == 0) { GTEST_SKIP() << not_permitted; }
    EXPECT_TRUE(holds(*next.acquire(no_wait), 100, 1));
}

// A limit of the protocol: a pid in the control block may be that of an old peer, of which nothing else tells.
class PidReuseV1 : public PidReuse {};

INSTANTIATE_TEST_SUITE_P(Layouts, PidReuseV1, testing::Values(Layout::v1), layout_name);

TEST_P(PidReuseV1, NextWriterIsRefusedAsLongAsAProcessHasTheNumberOfTheKilledOne) {
    Child child(writer());
    auto reader = Reader::create(name_, options());
    child.line().put(1);
    child.line().take();
    const pid_t pid = child.pid();
    child.kill();
    {
        const Impostor impostor(pid);
        if (impostor.pid() == 0) { GTEST_SKIP() << not_permitted; }
        EXPECT_THAT(failure_of([&] { return Writer::open(name_); }),
                    says(Status::busy, name_, "process " + std::to_string(pid), "close that one first"));
    }
    EXPECT_EQ(failure_of([&] { return Writer::open(name_); }).status, Status::ok);
}

TEST_P(PidReuseV1, NextReaderReplacesTheBufferBesideAProcessWithTheNumberOfTheKilledOne) {
    Child child(reader());
    child.line().take();
    const pid_t pid = child.pid();
    child.kill();
    const Impostor impostor(pid);
    const Failure failure = failure_of([&] { return Reader::create(name_, options()); });
    Options replacing = options();
    replacing.replace = true;
    EXPECT_EQ(failure_of([&] { return Reader::create(name_, replacing); }).status, Status::ok);
    if (impostor.pid() == 0) { GTEST_SKIP() << not_permitted; }
    EXPECT_THAT(failure, has(Status::busy));
}

}  // namespace
}  // namespace zerobuffer::test
