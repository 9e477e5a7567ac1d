// SPDX-License-Identifier: MIT
// Files of a shared-memory folder that has 1 MiB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>

#include "platform/shared_file.hpp"
#include "private_folder.hpp"
#include "refused.hpp"

namespace zerobuffer::platform {
namespace {

std::uint64_t free_pages() {
    struct statvfs status {};
    EXPECT_EQ(::statvfs("/dev/shm", &status), 0);
    return status.f_bfree;
}

class NoSpace : public testing::TestWithParam<Appearance> {
protected:
    static SharedFile create(std::uint64_t size) { return SharedFile::create("large", size, 0600, GetParam()); }
    static void expect_in_small_folder(const std::function<void()>& body) {
        const int outcome = in_private_folder("/dev/shm", "size=1m,mode=1777", body);
        if (outcome == not_permitted) { GTEST_SKIP() << "this process may not make a mount namespace"; }
        EXPECT_EQ(outcome, 0);
    }
};

TEST_P(NoSpace, IsAnErrorAtCreationAndLeavesNothing) {
    expect_in_small_folder([] {
        const std::uint64_t before = free_pages();
        EXPECT_THAT([] { create(8U << 20U); },
                    Refuses(Status::no_space, "buffer \"large\": reserve 8388608 bytes", "No space left", "smaller"));
        EXPECT_THAT(shared_names(), testing::IsEmpty());
        EXPECT_EQ(free_pages(), before);
    });
}

TEST_P(NoSpace, LeavesRoomForWhatFits) {
    expect_in_small_folder([] {
        EXPECT_THROW(create(8U << 20U), Error);
        SharedFile file = create(512U << 10U);
        EXPECT_TRUE(file.appear());
        EXPECT_THAT([] { create(768U << 10U); }, Refuses(Status::no_space, "reserve 786432 bytes"));
        EXPECT_THAT(shared_names(), testing::ElementsAre("large"));
    });
}

TEST_P(NoSpace, AHoleReadsAsZerosAndTakesNoMemory) {
    expect_in_small_folder([] {
        SharedFile file = create(64U << 10U);
        EXPECT_TRUE(file.appear());
        ASSERT_EQ(::ftruncate(file.descriptor(), 0), 0);
        ASSERT_EQ(::ftruncate(file.descriptor(), 64 << 10), 0);
        SharedFile filler = create(free_pages() * 4096);
        ASSERT_EQ(free_pages(), 0U);
        std::array<std::byte, 8192> bytes{};
        bytes.fill(std::byte{1});
        EXPECT_EQ(file.read(0, bytes), bytes.size());
        EXPECT_THAT(bytes, testing::Each(std::byte{0}));
        EXPECT_EQ(file.facts().allocated, 0U);
    });
}

TEST_P(NoSpace, IsAlsoASizeThatNoFileCanHave) {
    EXPECT_THAT([] { create(std::uint64_t{1} << 62U); }, Refuses(Status::no_space, "reserve"));
}

INSTANTIATE_TEST_SUITE_P(Appearances, NoSpace, testing::Values(Appearance::unnamed, Appearance::hidden),
                         [](const auto& appearance) {
                             return appearance.param == Appearance::unnamed ? "Unnamed" : "Hidden";
                         });

}  // namespace
}  // namespace zerobuffer::platform
