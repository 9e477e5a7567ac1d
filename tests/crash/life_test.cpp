// SPDX-License-Identifier: MIT
// An endpoint is killed at every instruction of its making, of its attaching and of its leaving.
#include "crash/life.hpp"
#include "crash/crash_test.hpp"

namespace zerobuffer::crash {
namespace {

const std::vector<LifeCase>& cases() {
    using enum Act;
    constexpr auto v1 = Layout::v1;
    constexpr auto v2 = Layout::v2;
    constexpr auto reader = Side::reader;
    constexpr auto writer = Side::writer;
    static const std::vector<LifeCase> all = {
        {"ReaderCreates", v2, reader, create, false, {}, 4},
        {"WriterCreates", v2, writer, create, false, {}, 4},
        {"WriterAttaches", v2, writer, attach, true, {100, 0, 300}, 2},
        {"WriterAttachesBehindAFrameWithoutMirror", v2, writer, attach, true, {100, 300}, 4, 2},
        {"WriterAttachesBehindAFrameWithHalfAMirror", v2, writer, attach, true, {100, 300}, 3, 1},
        {"ReaderAttaches", v2, reader, attach, true, {100, 0, 300}, 2},
        {"WriterLeavesItsReader", v2, writer, leave, true, {100}, 2},
        {"ReaderLeavesItsWriter", v2, reader, leave, true, {100}, 2},
        {"LastWriterLeavesFrames", v2, writer, leave, false, {100}, 2},
        {"LastWriterLeavesNothing", v2, writer, leave, false, {}, 3},
        {"LastReaderLeaves", v2, reader, leave, false, {100}, 3},
        {"V1ReaderCreates", v1, reader, create, false, {}, 5},
        {"V1WriterAttaches", v1, writer, attach, true, {100, 30}, 2},
        {"V1WriterLeaves", v1, writer, leave, true, {100, 30}, 2},
        {"V1ReaderLeaves", v1, reader, leave, false, {}, 5},
    };
    return all;
}

class LifeCycle : public StepTest, public testing::WithParamInterface<LifeCase> {};

TEST_P(LifeCycle, MayDieAnywhere) { expect_no_anomaly(life(GetParam()), GetParam().least_images); }

INSTANTIATE_TEST_SUITE_P(Cases, LifeCycle, testing::ValuesIn(cases()), name_of_case<LifeCase>);

}  // namespace
}  // namespace zerobuffer::crash
