// SPDX-License-Identifier: MIT
// StepTest: kills at every step of a scenario and reports.
#pragma once

#include <cstdio>

#include "crash/step_killer.hpp"
#include "support/buffer_test.hpp"
#include "support/traced.hpp"

namespace zerobuffer::crash {

template <class Case>
std::string name_of_case(const testing::TestParamInfo<Case>& tested) {
    return tested.param.name;
}

template <class Case>
requires requires(const Case& tested) { tested.least_images; }
void PrintTo(const Case& tested, std::ostream* out) { *out << tested.name; }

class StepTest : public test::BufferTest {
protected:
    /// `least_images`: what the stores of the protocol make at least, so that a run that steps past nothing fails.
    void expect_no_anomaly(const MakeScenario& make, std::uint64_t least_images) const {
        if (!test::may_trace()) { GTEST_SKIP() << test::ptrace_refused; }
        const Report report = kill_at_every_step(make, name_);
        std::printf("%s\n", text_of(report).c_str());
        EXPECT_THAT(report.anomalies, testing::IsEmpty());
        EXPECT_TRUE(report.reached_end);
        EXPECT_GE(report.images, least_images);
        EXPECT_GT(report.boundaries, report.images);
    }
};

}  // namespace zerobuffer::crash
