// SPDX-License-Identifier: MIT
#include "platform/named_semaphore.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>

#include <climits>
#include <fstream>
#include <iterator>

#include "child.hpp"
#include "platform/clock.hpp"
#include "refused.hpp"
#include "shared_names.hpp"
#include "woken.hpp"

namespace zerobuffer::platform {
namespace {

constexpr std::int64_t millisecond = 1'000'000;
constexpr std::int64_t for_ever = 600'000 * millisecond;

class Semaphore : public WithName {
protected:
    void TearDown() override {
        NamedSemaphore::remove(name_);
        WithName::TearDown();
    }
    [[nodiscard]] std::string file() const { return "/dev/shm/sem." + name_; }

    NamedSemaphore semaphore_ = NamedSemaphore::create(name_, 0600);
};

TEST_F(Semaphore, StartsEmpty) {
    EXPECT_EQ(semaphore_.value(), 0);
    EXPECT_FALSE(semaphore_.try_take());
}

TEST_F(Semaphore, GivesATokenForEachPost) {
    semaphore_.post();
    semaphore_.post();
    EXPECT_EQ(semaphore_.value(), 2);
    EXPECT_TRUE(semaphore_.try_take());
    EXPECT_TRUE(semaphore_.try_take());
    EXPECT_FALSE(semaphore_.try_take());
}

TEST_F(Semaphore, IsTheSameForWhoeverOpensIt) {
    auto other = NamedSemaphore::open(name_);
    ASSERT_TRUE(other);
    other->post();
    EXPECT_EQ(semaphore_.value(), 1);
}

// Peers open it with sem_open.
TEST_F(Semaphore, IsByteForByteWhatGlibcMakes) {
    const auto bytes = [](const std::string& path) {
        std::ifstream stream(path, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(stream), {});
    };
    const std::string other = name_ + "-glibc";
    sem_t* const semaphore = ::sem_open(("/" + other).c_str(), O_CREAT | O_EXCL, 0600U, 0U);
    ASSERT_NE(semaphore, SEM_FAILED);
    const std::string expected = bytes("/dev/shm/sem." + other);
    ::sem_close(semaphore);
    ::sem_unlink(("/" + other).c_str());
    EXPECT_EQ(expected.size(), sizeof(sem_t));
    EXPECT_EQ(bytes(file()), expected);
}

TEST_F(Semaphore, HasThePermissionsAskedWhateverTheUmask) {
    for (const ::mode_t mask : {0U, 022U, 077U, 0777U}) {
        for (const std::uint32_t permissions : {0600U, 0660U, 0666U}) {
            const ::mode_t before = ::umask(mask);
            NamedSemaphore::create(name_, permissions);
            ::umask(before);
            EXPECT_EQ(mode_of(file()), permissions) << mask;
        }
    }
}

TEST_F(Semaphore, IsMadeAnewInPlaceOfALeftover) {
    semaphore_.post();
    const NamedSemaphore fresh = NamedSemaphore::create(name_, 0600);
    EXPECT_EQ(fresh.value(), 0);
    EXPECT_EQ(semaphore_.value(), 1) << "who has the old one keeps it";
}

TEST_F(Semaphore, IsNotFoundAfterItWasRemoved) {
    NamedSemaphore::remove(name_);
    EXPECT_FALSE(NamedSemaphore::open(name_));
    semaphore_.post();
    EXPECT_TRUE(semaphore_.try_take()) << "who has it keeps it";
}

TEST_F(Semaphore, RemovingOneThatIsNotThereDoesNothing) {
    NamedSemaphore::remove(name_);
    NamedSemaphore::remove(name_);
}

TEST_F(Semaphore, ThatCannotBeMadeIsAnErrorThatNamesIt) {
    EXPECT_THAT([] { NamedSemaphore::create("a/b", 0600); },
                Refuses(Status::system_failure, "semaphore \"a/b\": create"));
}

TEST_F(Semaphore, ThatMayNotBeOpenedIsAnErrorThatNamesIt) {
    if (::geteuid() != 0) { GTEST_SKIP() << "only root can become another user"; }
    EXPECT_EQ(outcome_of([&] {
                  ASSERT_EQ(::setuid(65534), 0);
                  EXPECT_THAT([&] { static_cast<void>(NamedSemaphore::open(name_)); },
                              Refuses(Status::permission_denied, "semaphore \"" + name_ + "\": open"));
              }),
              0);
}

TEST_F(Semaphore, MovesToItsNewOwner) {
    NamedSemaphore moved(std::move(semaphore_));
    moved.post();
    semaphore_ = std::move(moved);
    EXPECT_EQ(semaphore_.value(), 1);
}

// glibc keeps the value in the first word of the file.
TEST_F(Semaphore, ThatIsFullTakesAPostAsDone) {
    const FileDescriptor descriptor(::open(file().c_str(), O_RDWR | O_CLOEXEC));
    const std::uint32_t full = SEM_VALUE_MAX;
    ASSERT_EQ(::pwrite(descriptor.number(), &full, sizeof full, 0), 4);
    ASSERT_EQ(semaphore_.value(), SEM_VALUE_MAX);
    semaphore_.post();
    EXPECT_EQ(semaphore_.value(), SEM_VALUE_MAX);
    EXPECT_TRUE(semaphore_.try_take());
}

// ---- waiting ---------------------------------------------------------------------------------------------------------

class WaitingForAToken : public Semaphore {
protected:
    /// A child that takes a token and says how that ended.
    [[nodiscard]] std::unique_ptr<Child> taker() const {
        auto child = std::make_unique<Child>([this](const Line& line) {
            ::signal(SIGUSR1, [](int) {});
            auto semaphore = NamedSemaphore::open(name_);
            line.say();
            line.say(static_cast<char>('0' + static_cast<int>(semaphore->take(for_ever))));
        });
        static_cast<void>(child->line().hear());
        child->await_sleep();
        return child;
    }
    static Woken how(const Child& child) { return static_cast<Woken>(child.line().hear() - '0'); }
};

TEST_F(WaitingForAToken, TakesOneThatIsThereAtOnce) {
    semaphore_.post();
    EXPECT_EQ(semaphore_.take(for_ever), Woken::rung);
    EXPECT_EQ(semaphore_.value(), 0);
}

TEST_F(WaitingForAToken, SleepsOutItsTimeAndNotLess) {
    const std::int64_t start = now();
    EXPECT_EQ(semaphore_.take(5 * millisecond), Woken::timeout);
    EXPECT_GE(now(), start + 5 * millisecond) << "the time of the monotonic clock";
}

TEST_F(WaitingForAToken, NoTimeIsATimeoutOrAToken) {
    EXPECT_EQ(semaphore_.take(0), Woken::timeout);
    semaphore_.post();
    EXPECT_EQ(semaphore_.take(0), Woken::rung);
}

TEST_F(WaitingForAToken, EndsWithAPostFromAnotherProcess) {
    const auto child = taker();
    semaphore_.post();
    EXPECT_EQ(how(*child), Woken::rung);
    EXPECT_EQ(semaphore_.value(), 0);
}

TEST_F(WaitingForAToken, APostServesOne) {
    const auto one = taker();
    const auto two = taker();
    semaphore_.post();
    ASSERT_TRUE(await([&] { return one->line().has_word() || two->line().has_word(); }));
    EXPECT_NE(one->line().has_word(), two->line().has_word());
    semaphore_.post();
    EXPECT_EQ(how(*one), Woken::rung);
    EXPECT_EQ(how(*two), Woken::rung);
}

TEST_F(WaitingForAToken, TellsOfASignal) {
    const auto child = taker();
    ::kill(child->pid(), SIGUSR1);
    EXPECT_EQ(how(*child), Woken::interrupted);
    semaphore_.post();
    EXPECT_EQ(semaphore_.value(), 1) << "no token went with it";
}

}  // namespace
}  // namespace zerobuffer::platform
