// SPDX-License-Identifier: MIT
#include "platform/process.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <limits>
#include <set>

#include "child.hpp"

namespace zerobuffer::platform {
namespace {

/// A child that lives until it is told to end.
void wait_for_a_word(const Line& line) { static_cast<void>(line.hear()); }

TEST(ProcessId, IsOurs) { EXPECT_EQ(process_id(), static_cast<std::uint32_t>(::getpid())); }

TEST(ProcessExists, ThisOneDoes) { EXPECT_TRUE(process_exists(process_id())); }

TEST(ProcessExists, ALivingChildDoes) {
    const Child child(wait_for_a_word);
    EXPECT_TRUE(process_exists(static_cast<std::uint64_t>(child.pid())));
}

TEST(ProcessExists, AStoppedOneDoes) {
    const Child child(wait_for_a_word);
    ::kill(child.pid(), SIGSTOP);
    siginfo_t information{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child.pid()), &information, WSTOPPED | WNOWAIT), 0);
    EXPECT_TRUE(process_exists(static_cast<std::uint64_t>(child.pid())));
}

TEST(ProcessExists, AZombieDoesNot) {
    const Child child(wait_for_a_word);
    child.kill();
    ASSERT_EQ(::kill(child.pid(), 0), 0) << "it still has its number";
    EXPECT_FALSE(process_exists(static_cast<std::uint64_t>(child.pid())));
}

TEST(ProcessExists, OneThatIsGoneDoesNot) {
    Child child(wait_for_a_word);
    const auto pid = static_cast<std::uint64_t>(child.pid());
    child.kill();
    child.wait();
    EXPECT_FALSE(process_exists(pid));
}

TEST(ProcessExists, ANameThatLooksLikeAStateDoesNotMatter) {
    const Child child([](const Line& line) {
        EXPECT_EQ(::prctl(PR_SET_NAME, "a) Z (b) X"), 0);
        line.say();
        static_cast<void>(line.hear());
    });
    static_cast<void>(child.line().hear());
    EXPECT_TRUE(process_exists(static_cast<std::uint64_t>(child.pid())));
    child.kill();
    EXPECT_FALSE(process_exists(static_cast<std::uint64_t>(child.pid())));
}

TEST(ProcessExists, OneOfAnotherUserDoes) {
    if (::geteuid() != 0) { GTEST_SKIP() << "only root can become another user"; }
    const auto parent = static_cast<std::uint64_t>(::getpid());
    EXPECT_EQ(outcome_of([&] {
                  ASSERT_EQ(::setuid(65534), 0);
                  ASSERT_NE(::kill(static_cast<pid_t>(parent), 0), 0) << "we may not signal it";
                  EXPECT_TRUE(process_exists(parent));
              }),
              0);
}

// These numbers would address groups of processes.
TEST(ProcessExists, NumbersThatNoProcessHasDoNot) {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    for (const std::uint64_t number :
         {std::uint64_t{0}, std::uint64_t{1} << 31U, std::uint64_t{1} << 32U, (std::uint64_t{1} << 32U) + process_id(),
          most, most - process_id() + 1, std::uint64_t{std::numeric_limits<pid_t>::max()}}) {
        EXPECT_FALSE(process_exists(number)) << number;
    }
}

TEST(RandomId, IsNeverZeroAndNeverTheSame) {
    std::set<std::uint64_t> ids;
    for (int i = 0; i < 1000; ++i) {
        ids.insert(random_id());
    }
    EXPECT_EQ(ids.size(), 1000U);
    EXPECT_FALSE(ids.contains(0));
}

}  // namespace
}  // namespace zerobuffer::platform
