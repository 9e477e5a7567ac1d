// SPDX-License-Identifier: MIT
#include "wire/shared_word.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace zerobuffer::wire {
namespace {

TEST(SharedWord, ReadsThroughConstMemory) {
    const std::uint64_t word = 42;
    EXPECT_EQ(load_acquire(word), 42U);
    EXPECT_EQ(load_relaxed(word), 42U);
}

TEST(SharedWord, CountsUpByOneAndOverTheEnd) {
    std::uint64_t counter = std::numeric_limits<std::uint64_t>::max() - 1;
    count_up(counter);
    EXPECT_EQ(counter, std::numeric_limits<std::uint64_t>::max());
    count_up(counter);
    EXPECT_EQ(counter, 0U);
}

// What the release and acquire of the names promise; ThreadSanitizer would report a weaker order here.
TEST(SharedWord, WhoSeesAReleaseSeesWhatWasWrittenBefore) {
    std::uint64_t plain = 0;
    std::uint32_t word = 0;
    std::thread writer([&] {
        plain = 7;
        store_release(word, std::uint32_t{1});
    });
    while (load_acquire(word) == 0) {
        std::this_thread::yield();
    }
    EXPECT_EQ(plain, 7U);
    writer.join();
}

}  // namespace
}  // namespace zerobuffer::wire
