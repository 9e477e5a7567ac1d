// SPDX-License-Identifier: MIT
// The bells of two sides without a ring between them: who tells whom how it sleeps, and what is seen when nobody rang.
#include "endpoint/bell_v2.hpp"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

namespace zerobuffer::endpoint {
namespace {

using wire::SleepersFence;

constexpr std::int64_t slice = 20'000'000;

void use_membarrier(bool use) {
    if (use) {
        ::unsetenv("ZEROBUFFER_NO_MEMBARRIER");
    } else {
        ::setenv("ZEROBUFFER_NO_MEMBARRIER", "1", 1);
    }
}

/// From now on membarrier(2) is refused to this process, as in a sandbox. man 2 seccomp.
bool forbid_membarrier() {
    std::array<sock_filter, 4> filter = {
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program = {filter.size(), filter.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

class BellTest : public testing::Test {
protected:
    BellTest() { use_membarrier(false); }
    ~BellTest() override { use_membarrier(true); }

    [[nodiscard]] SleepersFence announced() const { return static_cast<SleepersFence>(own_.fences); }

    wire::DoorbellLine own_{};
    wire::DoorbellLine peers_{};
};

// Its ringer looked at the bell before it was announced, and what it published shows only after the look that follows.
TEST_F(BellTest, SleeperWithoutMembarrierSeesAfterItsNapWhatNobodyRangFor) {
    BellV2 bell(own_, peers_, WaitMode::adaptive);
    int looks = 0;
    EXPECT_EQ(bell.sleep([&] { return ++looks == 2; }, slice), platform::Woken::rung);
    EXPECT_EQ(looks, 2);
}

TEST_F(BellTest, SleeperWithoutMembarrierSleepsOnWhenNothingCame) {
    BellV2 bell(own_, peers_, WaitMode::adaptive);
    int looks = 0;
    const auto look = [&] {
        EXPECT_EQ(own_.bell, 1);
        return ++looks == 3;
    };
    EXPECT_EQ(bell.sleep(look, slice), platform::Woken::timeout);
    EXPECT_EQ(looks, 2);
    EXPECT_EQ(own_.bell, 0);
}

// Its caller looks again, and decides.
TEST_F(BellTest, SleepShorterThanTheNapEndsInTime) {
    BellV2 bell(own_, peers_, WaitMode::adaptive);
    int looks = 0;
    EXPECT_EQ(bell.sleep([&] { return ++looks == 2; }, platform::stores_show_within / 2), platform::Woken::timeout);
    EXPECT_EQ(looks, 1);
}

TEST_F(BellTest, RingerFollowsTheWordOfTheSleeper) {
    const BellV2 sleeper_that_naps(own_, peers_, WaitMode::adaptive);
    BellV2 ringer(peers_, own_, WaitMode::adaptive);
    for (const auto fence : {SleepersFence::nap, SleepersFence::membarrier, SleepersFence::own, SleepersFence::nap}) {
        own_.fences = static_cast<std::uint32_t>(fence);
        EXPECT_FALSE(ringer.ring());
        EXPECT_FALSE(ringer.ring());
        own_.bell = 1;
        EXPECT_TRUE(ringer.ring());
        EXPECT_EQ(own_.bell, 0);
    }
}

TEST_F(BellTest, AnnouncesWhatTheSleeperDoes) {
    BellV2(own_, peers_, WaitMode::adaptive).announce();
    EXPECT_EQ(announced(), SleepersFence::nap);
    BellV2(own_, peers_, WaitMode::block).announce();
    EXPECT_EQ(announced(), SleepersFence::own);
    use_membarrier(true);
    BellV2(own_, peers_, WaitMode::spin).announce();
    EXPECT_EQ(announced(), platform::register_membarrier() ? SleepersFence::membarrier : SleepersFence::nap);
}

TEST_F(BellTest, SleeperWhoseMembarrierIsRefusedLaterNaps) {
    use_membarrier(true);
    if (!platform::register_membarrier()) { GTEST_SKIP() << "this kernel has no membarrier(2) for us"; }
    const auto sleep_in_a_sandbox = [&] {
        BellV2 bell(own_, peers_, WaitMode::adaptive);
        bell.announce();
        if (!forbid_membarrier()) { ::_exit(1); }
        int looks = 0;
        const auto woken = bell.sleep([&] { return ++looks == 2; }, slice);
        ::_exit(woken == platform::Woken::rung && announced() == SleepersFence::nap ? 0 : 2);
    };
    EXPECT_EXIT(sleep_in_a_sandbox(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace zerobuffer::endpoint
