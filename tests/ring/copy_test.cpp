// SPDX-License-Identifier: MIT
#include "ring/copy.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "memory.hpp"
#include "rings.hpp"

namespace zerobuffer::ring {
namespace {

constexpr std::byte canary{0xc5};
constexpr std::uint64_t fringe = 128;

/// Copies `size` bytes and looks at everything around them. Vector stores must not touch a line beyond the last byte.
class Copying : public testing::Test {
protected:
    using Way = std::function<void(std::byte*, const std::byte*, std::uint64_t)>;

    void expect_exact(const Way& way, std::uint64_t to, std::uint64_t from, std::uint64_t size) {
        std::fill(target_.begin(), target_.begin() + static_cast<std::ptrdiff_t>(2 * fringe + size), canary);
        std::byte* const target = aligned(target_) + to;
        const std::byte* const source = aligned(source_) + from;
        way(target, source, size);
        const bool same = std::memcmp(target, source, size) == 0;
        const bool clean = std::all_of(target_.data(), target, is_canary) &&
                           std::all_of(target + size, target_.data() + 2 * fringe + size, is_canary);
        ASSERT_TRUE(same && clean) << size << " bytes, to " << to << ", from " << from;
    }
    void expect_exact_everywhere(const Way& way, std::uint64_t size) {
        for (std::uint64_t to = 0; to < 64; ++to) {
            for (std::uint64_t from = 0; from < 64; from += to % 16 == 0 ? 1 : 13) {
                ASSERT_NO_FATAL_FAILURE(expect_exact(way, to, from, size));
            }
        }
    }

private:
    static bool is_canary(std::byte byte) { return byte == canary; }
    static std::byte* aligned(std::vector<std::byte>& bytes) {
        const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
        return bytes.data() + (64 - address % 64) % 64;
    }
    static std::vector<std::byte> numbered(std::uint64_t size) {
        std::vector<std::byte> bytes(size);
        fill(bytes.data(), size, 1);
        return bytes;
    }

    std::vector<std::byte> target_ = std::vector<std::byte>(40'000);
    std::vector<std::byte> source_ = numbered(40'000);
};

TEST_F(Copying, StreamingIsExactForSmallSizesAtEveryAlignment) {
    for (std::uint64_t size = 0; size <= 330; ++size) {
        ASSERT_NO_FATAL_FAILURE(expect_exact_everywhere(copy_streaming, size));
    }
}

TEST_F(Copying, StreamingIsExactAroundTheEdgesOfLargeSizes) {
    for (const std::uint64_t edge : {1024U, 4096U, 16384U}) {
        for (std::uint64_t size = edge - 2; size <= edge + 2; ++size) {
            ASSERT_NO_FATAL_FAILURE(expect_exact_everywhere(copy_streaming, size));
        }
    }
}

TEST_F(Copying, BothWaysOfCopyInAreExactAroundTheThreshold) {
    for (const bool streaming : {false, true}) {
        const Way way = [&](std::byte* to, const std::byte* from, std::uint64_t size) {
            copy_in(to, from, size, streaming);
        };
        for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, streaming_frame - 1, streaming_frame}) {
            ASSERT_NO_FATAL_FAILURE(expect_exact(way, 1, 2, size));
        }
    }
}

TEST(CopyIn, NothingMayComeFromNowhere) {
    std::byte target{7};
    copy_in(&target, nullptr, 0, false);
    copy_in(&target, nullptr, 0, true);
    EXPECT_EQ(target, std::byte{7});
}

/// Both ends lie at inaccessible pages, so reading or writing one byte too far ends the test.
void copy_at_the_edge(Edge edge) {
    for (std::uint64_t size = 1; size <= 700; ++size) {
        const GuardedBytes target(size, edge);
        const GuardedBytes source(size, edge);
        fill(source.data(), size, 3);
        copy_streaming(target.data(), source.data(), size);
        ASSERT_TRUE(equal(target.bytes(), source.bytes())) << size;
    }
}

TEST(CopyStreaming, StaysInsideMemoryThatEndsAtTheLastByte) { copy_at_the_edge(Edge::back); }

TEST(CopyStreaming, StaysInsideMemoryThatStartsAtTheFirstByte) { copy_at_the_edge(Edge::front); }

}  // namespace
}  // namespace zerobuffer::ring
