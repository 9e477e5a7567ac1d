// SPDX-License-Identifier: MIT
#include "limits.hpp"

#include <set>

#include <gtest/gtest.h>

namespace zerobuffer::perf {
namespace {

Row row(const std::string& name, double median, double least) {
    Row made;
    made.subject.name = name;
    made.samples.push_back({{median, {}, least}, 0, false});
    return made;
}

Verdict judge_one(Relation relation, double bound, double subject, double yardstick) {
    const Limit limit{"", "a", "b", relation, bound};
    return judge({limit}, {row("a", subject, subject / 2), row("b", yardstick, yardstick / 2)}).front();
}

TEST(Judge, MeetsARatioUpToItsBound) {
    const Verdict verdict = judge_one(Relation::ratio_at_most, 1.5, 300, 200);
    EXPECT_TRUE(verdict.measured);
    EXPECT_TRUE(verdict.met);
    EXPECT_DOUBLE_EQ(verdict.by_medians, 1.5);
    EXPECT_DOUBLE_EQ(verdict.by_least, 1.5);
    EXPECT_FALSE(judge_one(Relation::ratio_at_most, 1.5, 301, 200).met);
}

TEST(Judge, MeetsASpeedUpFromItsBoundOn) {
    EXPECT_TRUE(judge_one(Relation::speed_up_at_least, 12, 10, 120).met);
    EXPECT_FALSE(judge_one(Relation::speed_up_at_least, 12, 10, 119).met);
}

TEST(Judge, MeetsAnExtraUpToItsBound) {
    const Verdict verdict = judge_one(Relation::extra_at_most, 1000, 1300, 300);
    EXPECT_TRUE(verdict.met);
    EXPECT_DOUBLE_EQ(verdict.by_medians, 1000);
    EXPECT_DOUBLE_EQ(verdict.by_least, 500);
    EXPECT_FALSE(judge_one(Relation::extra_at_most, 1000, 1301, 300).met);
}

TEST(Judge, SaysNothingAboutACaseThatWasNotMeasured) {
    const Limit limit{"", "a", "missing", Relation::ratio_at_most, 1};
    EXPECT_FALSE(judge({limit}, {row("a", 1, 1)}).front().measured);
}

TEST(Judge, SaysNothingAboutACaseThatFailed) {
    Row failed = row("b", 1, 1);
    failed.failure = "killed";
    const Limit limit{"", "a", "b", Relation::ratio_at_most, 1};
    EXPECT_FALSE(judge({limit}, {row("a", 1, 1), failed}).front().measured);
}

TEST(Limits, NameOnlyCasesThatExist) {
    perf::Setup setup;
    setup.python.interpreter = "python3";
    std::set<std::string> names;
    for (const Case& each : all_cases(setup)) {
        EXPECT_TRUE(names.insert(each.name).second) << each.name << " twice";
    }
    for (const Limit& limit : all_limits()) {
        EXPECT_TRUE(names.contains(limit.subject)) << limit.subject;
        EXPECT_TRUE(names.contains(limit.yardstick)) << limit.yardstick;
    }
}

}  // namespace
}  // namespace zerobuffer::perf
