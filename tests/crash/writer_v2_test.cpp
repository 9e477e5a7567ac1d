// SPDX-License-Identifier: MIT
// A writer of layout v2 is killed at every instruction of what it does to a ring.
#include <array>

#include "crash/crash_test.hpp"
#include "crash/writing.hpp"
#include "endpoint/image.hpp"

namespace zerobuffer::crash {
namespace {

constexpr std::uint64_t ring = 64U << 10U;

void find_no_room(Writing& work) {
    if (work.writer.claim(1000, no_wait)) { throw std::runtime_error("there was room"); }
}

void write_in_parts(Writing& work) {
    const auto content = work.ledger.content(work.next);
    const std::array parts = {Bytes(content).first(50), Bytes(content).subspan(50)};
    work.commits(1, [&] { work.writer.write_parts(parts, no_wait); });
}

// docs/format.md: the reader's doorbell, as if the reader were about to sleep.
void set_bell(const std::string& buffer) { test::Image(buffer).store(0x180, std::uint32_t{1}); }

const std::vector<WriterCase>& cases() {
    using Sizes = std::vector<std::uint64_t>;
    const Sizes nearly_full(62, 960);  // 2048 bytes are left of 65536
    const Sizes full(63, 960);
    static const std::vector<WriterCase> all = {
        WriterCase("FirstFrame", at(0), {24}, claim_fill_commit, 8),
        WriterCase("BehindUnreadFrames", at(0, {100, 0, 300}), {24}, claim_fill_commit, 8),
        WriterCase("OverOldFrames", at(4096), {40}, claim_fill_commit, 10),
        WriterCase("OverOldPayloads", at(4096 + 192, {100}), {40}, claim_fill_commit, 10),
        WriterCase("EmptyFrame", at(4096 + 192), {0}, claim_fill_commit, 6),
        WriterCase("TwoFrames", at(4096 + 192), {70, 30}, two_frames, 14),
        WriterCase("CommitOfLess", at(4096 + 192), {40}, commit_less, 14),
        WriterCase("Abort", at(4096 + 192, {100}), {}, claim_and_abort, 4),
        WriterCase("AbortAndCommit", at(4096 + 192), {24}, abort_and_commit, 10),
        WriterCase("AcrossTheEnd", at(ring - 256, {64}), {80}, claim_fill_commit, 10),
        WriterCase("UpToTheEnd", at(ring - 128), {64}, claim_fill_commit, 10),
        WriterCase("HeaderAtTheEnd", at(ring - 64), {40}, claim_fill_commit, 10),
        WriterCase("ExactFit", at(2048 + 128, nearly_full), {1920}, finish_and_commit, 6).preparing(fill_but_end),
        WriterCase("LargestFrame", at(2048 + 128), {ring - 128}, finish_and_commit, 6).preparing(fill_but_end),
        WriterCase("NoRoom", at(2048 + 128, full), {}, find_no_room, 1),
        WriterCase("WriteByCopy", at(4096 + 192, {100}), {300}, write_by_copy, 8).preparing(make_content),
        WriterCase("WriteInParts", at(ring - 128), {300}, write_in_parts, 8),
        WriterCase("Batch", at(ring - 512), {100, 0, 300, 50}, write_batch, 20).preparing(make_content),
        WriterCase("BatchThatFillsTheRing", at(2048 + 128, nearly_full), {300, 1000}, write_batch, 14)
            .preparing([](Writing& work) {
                make_content(work);
                work.content.resize(4, work.content.back());  // no room for the last two
            }),
        WriterCase("WhileTheReaderHoldsFrames", at(ring - 192, {100, 100, 100}), {24}, claim_fill_commit, 8).holding(2),
        WriterCase("WithABellToRing", at(4096 + 192), {24}, claim_fill_commit, 9).disturbed(set_bell),
    };
    return all;
}

class WriterV2 : public StepTest, public testing::WithParamInterface<WriterCase> {};

TEST_P(WriterV2, MayDieAnywhere) { expect_no_anomaly(writer_dies(GetParam()), GetParam().least_images); }

INSTANTIATE_TEST_SUITE_P(Cases, WriterV2, testing::ValuesIn(cases()), name_of_case<WriterCase>);

}  // namespace
}  // namespace zerobuffer::crash
