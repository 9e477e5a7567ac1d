// SPDX-License-Identifier: MIT
// A reader of layout v2 is killed at every instruction of what it does to a ring.
#include "crash/crash_test.hpp"
#include "crash/reading.hpp"
#include "endpoint/image.hpp"

namespace zerobuffer::crash {
namespace {

constexpr std::uint64_t ring = 64U << 10U;

// docs/format.md: the writer's doorbell, as if the writer were about to sleep.
void set_bell(const std::string& buffer) { test::Image(buffer).store(0x200, std::uint32_t{1}); }

const std::vector<ReaderCase>& cases() {
    using Sizes = std::vector<std::uint64_t>;
    const Sizes full = {8128, 8128, 8128, 8128, 8128, 8128, 8128, 8064};
    static const std::vector<ReaderCase> all = {
        ReaderCase("Acquire", at(4096 + 192, {100, 100}), 0, acquire, 1),
        ReaderCase("AcquireFromEmptyRing", at(4096 + 192), 0, acquire_nothing, 1),
        ReaderCase("AcquireMany", at(ring - 128, {100, 0, 300}), 0, acquire_many, 1),
        ReaderCase("AcquireLatest", at(ring - 128, {100, 0, 300}), 0, acquire_latest, 5),
        ReaderCase("AcquireAndRelease", at(4096 + 192, {100, 100}), 0, acquire_and_release, 3),
        ReaderCase("ReleaseTheOnlyFrame", at(0, {100}), 1, release_in_order, 3),
        ReaderCase("ReleaseAnEmptyFrame", at(4096 + 192, {0}), 1, release_in_order, 3),
        ReaderCase("ReleaseInOrder", at(ring - 192, {100, 100, 100, 100}), 3, release_in_order, 7),
        ReaderCase("ReleaseOutOfOrder", at(ring - 192, {100, 100, 100, 100}), 3, release_out_of_order, 5),
        ReaderCase("ReleaseAllButTheFirst", at(4096, {100, 100, 100}), 3, release_all_but_the_first, 1),
        ReaderCase("ReleaseMany", at(ring - 192, {100, 100, 100}), 3, release_many, 7),
        ReaderCase("ReleaseOfAFullRing", at(2048 + 128, full), 8, release_many, 17),
        ReaderCase("ReleaseUpToTheEnd", at(ring - 512, {448, 64}), 1, release_in_order, 3),
        ReaderCase("ReleaseTheLargestFrame", at(2048 + 128, {ring - 128}), 1, release_in_order, 3),
        ReaderCase("ReleaseWithABellToRing", at(4096, {100}), 1, release_in_order, 4).disturbed(set_bell),
        ReaderCase("SleepInVain", at(4096 + 192), 0, sleep_in_vain, 4),
    };
    return all;
}

class ReaderV2 : public StepTest, public testing::WithParamInterface<ReaderCase> {};

TEST_P(ReaderV2, MayDieAnywhere) { expect_no_anomaly(reader_dies(GetParam()), GetParam().least_images); }

INSTANTIATE_TEST_SUITE_P(Cases, ReaderV2, testing::ValuesIn(cases()), name_of_case<ReaderCase>);

}  // namespace
}  // namespace zerobuffer::crash
