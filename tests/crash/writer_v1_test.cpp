// SPDX-License-Identifier: MIT
// A writer of layout v1 is killed at every instruction of what it does to a ring, and the reader is one of this library.
// docs/memory-model.md, "What a kill leaves": space may be lost, frames and their order are not.
#include "crash/crash_test.hpp"
#include "crash/writing.hpp"

namespace zerobuffer::crash {
namespace {

constexpr std::uint64_t ring = 512;

const std::vector<WriterCase>& cases() {
    static const std::vector<WriterCase> all = {
        WriterCase("FirstFrame", at_v1(0), {24}, claim_fill_commit, 10).losing(40).restarting(),
        WriterCase("BehindUnreadFrames", at_v1(0, {100, 30}), {24}, claim_fill_commit, 10).losing(40),
        WriterCase("OverOldFrames", at_v1(128), {24}, claim_fill_commit, 10).losing(40),
        WriterCase("OverOldPayloads", at_v1(128 + 40, {31}), {24}, claim_fill_commit, 10).losing(40),
        WriterCase("TwoFrames", at_v1(128), {24, 17}, two_frames, 18).losing(40),
        WriterCase("CommitOfLess", at_v1(128), {40}, commit_less, 12).losing(136),
        WriterCase("Abort", at_v1(128, {100}), {}, claim_and_abort, 4),
        WriterCase("UpToTheEnd", at_v1(ring - 64, {}), {48}, claim_fill_commit, 10).losing(64),
        WriterCase("Wrap", at_v1(ring - 64, {}), {60}, claim_fill_commit, 12).losing(64 + 76).restarting(),
        WriterCase("WrapBehindUnreadFrames", at_v1(ring - 192, {100}), {60}, claim_fill_commit, 12).losing(76 + 76),
        WriterCase("AbortOfAWrap", at_v1(ring - 64, {}), {}, claim_and_abort, 4).restarting(),
        WriterCase("AbortOfAWrapAndCommit", at_v1(ring - 64, {}), {40}, abort_and_commit, 12)
            .losing(64 + 56)
            .restarting(),
        WriterCase("WriteByCopy", at_v1(128), {100}, write_by_copy, 8).preparing(make_content).losing(116),
        WriterCase("Batch", at_v1(ring - 128), {30, 20, 70}, write_batch, 20)
            .preparing(make_content)
            .losing(128 + 86)
            .restarting(),
    };
    return all;
}

class WriterV1 : public StepTest, public testing::WithParamInterface<WriterCase> {};

TEST_P(WriterV1, MayDieAnywhere) { expect_no_anomaly(writer_dies(GetParam()), GetParam().least_images); }

INSTANTIATE_TEST_SUITE_P(Cases, WriterV1, testing::ValuesIn(cases()), name_of_case<WriterCase>);

}  // namespace
}  // namespace zerobuffer::crash
