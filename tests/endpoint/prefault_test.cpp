// SPDX-License-Identifier: MIT
// Pages are touched when an endpoint attaches, not when the first frames pass.
#include <sys/resource.h>

#include <vector>

#include "image.hpp"
#include "support/buffer_test.hpp"

namespace zerobuffer::test {
namespace {

long page_faults() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_minflt + usage.ru_majflt;
}

class Prefaulting : public EveryLayout {
protected:
    static constexpr std::uint64_t capacity = 4U << 20U;

    /// Page faults of the first lap of a ring.
    long faults_of_first_lap(Prefault prefault) {
        Options chosen = options(capacity);
        chosen.prefault = prefault;
        auto reader = Reader::create(name_, chosen);
        auto writer = Writer::open(name_, chosen);
        const auto content = Pattern().bytes(60'000, 1);
        std::uint64_t sum = 0;
        // What is touched by every frame, the semaphores of v1 among it.
        writer.write(bytes_of("x"), no_wait);
        static_cast<void>(reader.acquire(no_wait));
        const long before = page_faults();
        for (int frame = 0; frame < 80; ++frame) {
            writer.write(content, no_wait);
            const auto taken = reader.acquire(no_wait);
            for (std::uint64_t at = 0; at < taken->size(); at += 4096) {
                sum += static_cast<std::uint64_t>(taken->bytes()[at]);
            }
        }
        const long faults = page_faults() - before;
        EXPECT_GT(sum, 0);
        EXPECT_GE(writer.stats().bytes, capacity);
        return faults;
    }
};

INSTANTIATE_TEST_SUITE_P(Layouts, Prefaulting, layouts(), layout_name);

TEST_P(Prefaulting, FirstLapOfASmallRingFaultsNoPage) { EXPECT_EQ(faults_of_first_lap(Prefault::automatic), 0); }

TEST_P(Prefaulting, FirstLapFaultsNoPageWhenAlwaysAskedFor) { EXPECT_EQ(faults_of_first_lap(Prefault::always), 0); }

TEST_P(Prefaulting, FirstLapFaultsPagesInWhenNotWanted) {
    EXPECT_GE(faults_of_first_lap(Prefault::never), static_cast<long>(capacity / 65'536));
}

class PrefaultOfALiar : public BufferTest {};

TEST_F(PrefaultOfALiar, TouchesNoHolesThatTheMakerOfTheBufferLeft) {
    constexpr std::uint64_t hole = 1U << 30U;
    const auto reader = Reader::create(name_, make_options(Layout::v2));
    const Image image(name_);
    image.resize(hole + (64U << 10U));
    image.store<std::uint64_t>(v2_offset::payload_offset, hole);
    const auto writer = Writer::open(name_);
    EXPECT_LT(image.status().st_blocks * 512, 16 << 20);
}

}  // namespace
}  // namespace zerobuffer::test
