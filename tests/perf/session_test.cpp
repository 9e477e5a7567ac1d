// SPDX-License-Identifier: MIT
#include "session.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace zerobuffer::perf {
namespace {

void ignore_progress(unsigned, const Case&) {}

Row row_of(const std::vector<Figures>& figures) {
    Row row;
    for (const Figures& each : figures) {
        row.samples.push_back({each, 0, false});
    }
    return row;
}

TEST(Measure, RunsEveryCaseOnceBeforeAnyASecondTime) {
    std::string order;
    const std::vector<Case> cases{{"a", Kind::copy, 0,
                                   [&] {
                                       return order += 'a', Figures{1, {}, {}};
                                   }},
                                  {"b", Kind::copy, 0, [&] {
                                       return order += 'b', Figures{2, {}, {}};
                                   }}};
    const std::vector<Row> rows = measure(cases, {3, 0}, ignore_progress).rows;
    EXPECT_EQ(order, "ababab");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].samples.size(), 3U);
    EXPECT_EQ(rows[1].samples.size(), 3U);
}

TEST(Measure, ReportsAFailedCaseOnceAndGoesOnWithTheOthers) {
    int failures = 0;
    const std::vector<Case> cases{{"bad", Kind::copy, 0,
                                   [&]() -> Figures {
                                       ++failures;
                                       throw std::runtime_error("broken ring");
                                   }},
                                  {"good", Kind::copy, 0, [] {
                                       return Figures{1, {}, {}};
                                   }}};
    const std::vector<Row> rows = measure(cases, {2, 0}, ignore_progress).rows;
    EXPECT_EQ(failures, 1);
    EXPECT_EQ(rows[0].failure, "broken ring");
    EXPECT_TRUE(rows[1].failure.empty());
    EXPECT_EQ(rows[1].samples.size(), 2U);
}

TEST(Measure, KeepsWhatItHasWhenTheUserInterrupts) {
    int runs = 0;
    const auto second_run_is_interrupted = [&]() -> Figures {
        if (++runs == 2) { throw Interrupted(); }
        return {1, {}, {}};
    };
    const auto not_reached = []() -> Figures { throw Interrupted(); };
    const Session session = measure({{"twice", Kind::copy, 0,
                                      [] {
                                          return Figures{1, {}, {}};
                                      }},
                                     {"once", Kind::copy, 0, second_run_is_interrupted}},
                                    {2, 0}, ignore_progress);
    EXPECT_TRUE(session.interrupted);
    ASSERT_EQ(session.rows.size(), 2U);
    EXPECT_EQ(session.rows[0].samples.size(), 2U);
    EXPECT_EQ(session.rows[1].samples.size(), 1U);
    EXPECT_TRUE(measure({{"never", Kind::copy, 0, not_reached}}, {2, 0}, ignore_progress).rows.empty());
}

TEST(Summarize, TakesMediansOverRepetitionsAndTheLeastOfAll) {
    const Summary summary = summarize(row_of({{30, 300, 3}, {10, 100, 1}, {20, 200, 2}}));
    EXPECT_EQ(summary.median, 20);
    EXPECT_EQ(summary.lowest, 10);
    EXPECT_EQ(summary.highest, 30);
    EXPECT_EQ(summary.p99, 200);
    EXPECT_EQ(summary.least, 1);
}

TEST(Summarize, TakesTheMiddleOfTwoAndKnowsNoTailOfAStream) {
    const Summary summary = summarize(row_of({{10, {}, {}}, {30, {}, {}}}));
    EXPECT_EQ(summary.median, 20);
    EXPECT_EQ(summary.least, 10);
    EXPECT_FALSE(summary.p99.has_value());
}

TEST(Summarize, CountsRepetitionsThatOthersDisturbed) {
    Row row = row_of({{10, {}, {}}, {30, {}, {}}});
    row.samples[1].disturbed = true;
    EXPECT_EQ(summarize(row).disturbed, 1U);
}

}  // namespace
}  // namespace zerobuffer::perf
