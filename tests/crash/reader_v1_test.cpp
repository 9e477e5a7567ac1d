// SPDX-License-Identifier: MIT
// A reader of layout v1 is killed at every instruction of what it does to a ring, and the writer is one of this library. A
// v1 buffer goes with its reader: the writer hears of it, and the next reader makes the name anew.
#include "crash/crash_test.hpp"
#include "crash/reading.hpp"

namespace zerobuffer::crash {
namespace {

const std::vector<ReaderCase>& cases() {
    static const std::vector<ReaderCase> all = {
        ReaderCase("Acquire", at_v1(0, {40, 30}), 0, acquire, 4),
        ReaderCase("AcquireFromEmptyRing", at_v1(0), 0, acquire_nothing, 1),
        ReaderCase("AcquireMany", at_v1(0, {40, 30, 100}), 0, acquire_many, 10),
        ReaderCase("AcquireAndRelease", at_v1(0, {40, 30}), 0, acquire_and_release, 6),
        ReaderCase("ReleaseInOrder", at_v1(0, {40, 30, 100}), 3, release_in_order, 4),
        ReaderCase("ReleaseOutOfOrder", at_v1(0, {40, 30, 100}), 3, release_out_of_order, 3),
        ReaderCase("ReleaseOfAFullRing", at_v1(0, {240, 240}), 2, release_many, 3),
    };
    return all;
}

class ReaderV1 : public StepTest, public testing::WithParamInterface<ReaderCase> {};

TEST_P(ReaderV1, MayDieAnywhere) { expect_no_anomaly(reader_dies(GetParam()), GetParam().least_images); }

INSTANTIATE_TEST_SUITE_P(Cases, ReaderV1, testing::ValuesIn(cases()), name_of_case<ReaderCase>);

}  // namespace
}  // namespace zerobuffer::crash
