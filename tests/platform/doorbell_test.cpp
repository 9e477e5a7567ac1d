// SPDX-License-Identifier: MIT
#include "platform/doorbell.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>

#include <atomic>

#include "child.hpp"
#include "platform/clock.hpp"
#include "woken.hpp"

namespace zerobuffer::platform {
namespace {

constexpr std::int64_t millisecond = 1'000'000;
/// Longer than any test: only a wake-up ends it.
constexpr std::int64_t for_ever = 600'000 * millisecond;

/// A word in memory that this process shares with its children.
class SharedWord {
public:
    SharedWord() {
        void* const page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        EXPECT_NE(page, MAP_FAILED);
        word_ = static_cast<std::uint32_t*>(page);
    }
    SharedWord(const SharedWord&) = delete;
    SharedWord& operator=(const SharedWord&) = delete;
    ~SharedWord() { ::munmap(word_, 4096); }

    std::uint32_t& operator*() const { return *word_; }

private:
    std::uint32_t* word_;
};

class Doorbell : public testing::Test {
protected:
    /// Sleeps on the word while it is 1, and says how it woke.
    [[nodiscard]] auto sleeper(std::int64_t timeout) const {
        return [this, timeout](const Line& line) {
            line.say();
            line.say(static_cast<char>('0' + static_cast<int>(sleep_on(*word_, 1, timeout))));
        };
    }
    static void await_sleep(const Child& child) {
        static_cast<void>(child.line().hear());
        child.await_sleep();
    }
    static Woken how(const Child& child) { return static_cast<Woken>(child.line().hear() - '0'); }

    SharedWord word_;
};

TEST_F(Doorbell, DoesNotSleepWhenTheWordHasChanged) {
    *word_ = 0;
    EXPECT_EQ(sleep_on(*word_, 1, for_ever), Woken::rung);
}

TEST_F(Doorbell, SleepsOutItsTimeAndNotLess) {
    *word_ = 1;
    const std::int64_t start = now();
    EXPECT_EQ(sleep_on(*word_, 1, 5 * millisecond), Woken::timeout);
    EXPECT_GE(now(), start + 5 * millisecond);
}

TEST_F(Doorbell, TimesOfMoreThanASecondAreWellFormed) {
    *word_ = 0;
    EXPECT_EQ(sleep_on(*word_, 1, 1'999'999'999), Woken::rung);
    *word_ = 1;
    const Child child(sleeper(3'999'999'999));
    await_sleep(child);
    wake(*word_);
    EXPECT_EQ(how(child), Woken::rung);
}

TEST_F(Doorbell, NoTimeIsATimeout) {
    *word_ = 1;
    EXPECT_EQ(sleep_on(*word_, 1, 0), Woken::timeout);
}

TEST_F(Doorbell, WakesASleeperInAnotherProcess) {
    *word_ = 1;
    const Child child(sleeper(for_ever));
    await_sleep(child);
    wake(*word_);
    EXPECT_EQ(how(child), Woken::rung);
}

TEST_F(Doorbell, WakesAllSleepers) {
    *word_ = 1;
    const Child one(sleeper(for_ever));
    const Child two(sleeper(for_ever));
    const Child three(sleeper(for_ever));
    for (const Child* child : {&one, &two, &three}) {
        await_sleep(*child);
    }
    wake(*word_);
    for (const Child* child : {&one, &two, &three}) {
        EXPECT_EQ(how(*child), Woken::rung);
    }
}

TEST_F(Doorbell, WakesASleeperThatMappedTheWordSomewhereElse) {
    const int file = ::memfd_create("word", MFD_CLOEXEC);
    ASSERT_EQ(::ftruncate(file, 4096), 0);
    const auto map = [&] {
        return static_cast<std::uint32_t*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
    };
    std::uint32_t* const here = map();
    *here = 1;
    const Child child([&](const Line& line) {
        std::uint32_t* const there = map();
        EXPECT_NE(there, here);
        line.say();
        line.say(static_cast<char>('0' + static_cast<int>(sleep_on(*there, 1, for_ever))));
    });
    await_sleep(child);
    wake(*here);
    EXPECT_EQ(how(child), Woken::rung);
    ::munmap(here, 4096);
    ::close(file);
}

TEST_F(Doorbell, SleepsOnAWordThatItMayOnlyRead) {
    *word_ = 1;
    const Child child([this](const Line& line) {
        EXPECT_EQ(::mprotect(&*word_, 4096, PROT_READ), 0);
        line.say();
        line.say(static_cast<char>('0' + static_cast<int>(sleep_on(*word_, 1, for_ever))));
    });
    await_sleep(child);
    wake(*word_);
    EXPECT_EQ(how(child), Woken::rung);
}

TEST_F(Doorbell, TellsOfASignal) {
    *word_ = 1;
    const Child child([this](const Line& line) {
        ::signal(SIGUSR1, [](int) {});
        sleeper(for_ever)(line);
    });
    await_sleep(child);
    ::kill(child.pid(), SIGUSR1);
    EXPECT_EQ(how(child), Woken::interrupted);
}

TEST_F(Doorbell, WakingNobodyDoesNothing) {
    *word_ = 1;
    wake(*word_);
    EXPECT_EQ(*word_, 1U);
    EXPECT_EQ(sleep_on(*word_, 1, 0), Woken::timeout) << "no wake-up is kept for later";
}

}  // namespace
}  // namespace zerobuffer::platform
