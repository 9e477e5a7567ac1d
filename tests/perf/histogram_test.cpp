// SPDX-License-Identifier: MIT
#include "histogram.hpp"

#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace zerobuffer::perf {
namespace {

TEST(Histogram, HoldsNothingAtFirst) {
    const auto histogram = std::make_unique<Histogram>();
    EXPECT_EQ(histogram->count(), 0U);
    EXPECT_EQ(histogram->least(), 0U);
    EXPECT_EQ(histogram->quantile(0.5), 0.0);
}

TEST(Histogram, KeepsSmallValuesExact) {
    const auto histogram = std::make_unique<Histogram>();
    for (std::uint64_t value = 1; value <= 511; ++value) {
        histogram->add(value);
    }
    EXPECT_EQ(histogram->count(), 511U);
    EXPECT_EQ(histogram->least(), 1U);
    EXPECT_EQ(histogram->quantile(0.5), 256.0);
    EXPECT_EQ(histogram->quantile(1.0), 511.0);
}

TEST(Histogram, QuantileIsTheSmallestValueThatCoversTheShare) {
    const auto histogram = std::make_unique<Histogram>();
    for (int count = 0; count < 99; ++count) {
        histogram->add(10);
    }
    histogram->add(400);
    EXPECT_EQ(histogram->quantile(0.99), 10.0);
    EXPECT_EQ(histogram->quantile(0.995), 400.0);
}

TEST(Histogram, StaysWithinOneStepForLargeValues) {
    for (std::uint64_t value = 512; value < (std::uint64_t{1} << 39U); value = value * 5 / 3 + 1) {
        const auto histogram = std::make_unique<Histogram>();
        histogram->add(value);
        const auto exact = static_cast<double>(value);
        EXPECT_NEAR(histogram->quantile(0.5), exact, exact / 256) << value;
    }
}

TEST(Histogram, KeepsOrderAcrossEveryBorderOfTwo) {
    for (unsigned bits = 8; bits < 40; ++bits) {
        const std::uint64_t border = std::uint64_t{1} << bits;
        const auto below = std::make_unique<Histogram>();
        const auto above = std::make_unique<Histogram>();
        below->add(border - 1);
        above->add(border);
        EXPECT_LT(below->quantile(0.5), above->quantile(0.5)) << border;
    }
}

TEST(Histogram, PutsValuesBeyondItsRangeIntoTheLastStep) {
    const auto histogram = std::make_unique<Histogram>();
    histogram->add(UINT64_MAX);
    EXPECT_EQ(histogram->count(), 1U);
    EXPECT_GT(histogram->quantile(0.5), 1e12);
}

TEST(Histogram, ForgetsEverythingWhenCleared) {
    const auto histogram = std::make_unique<Histogram>();
    histogram->add(7);
    histogram->clear();
    histogram->add(9);
    EXPECT_EQ(histogram->count(), 1U);
    EXPECT_EQ(histogram->least(), 9U);
    EXPECT_EQ(histogram->quantile(0.5), 9.0);
}

TEST(Histogram, KnowsTheLargestValueExactly) {
    const auto histogram = std::make_unique<Histogram>();
    EXPECT_EQ(histogram->largest(), 0U);
    histogram->add(123'457);
    histogram->add(7);
    EXPECT_EQ(histogram->largest(), 123'457U);
    histogram->clear();
    EXPECT_EQ(histogram->largest(), 0U);
}

TEST(Histogram, VisitsTheStepsThatHoldValuesInOrder) {
    const auto histogram = std::make_unique<Histogram>();
    for (const std::uint64_t value : {500U, 3U, 3U, 40U}) {
        histogram->add(value);
    }
    std::vector<std::pair<double, std::uint32_t>> steps;
    histogram->for_each([&](double middle, std::uint32_t count) { steps.emplace_back(middle, count); });
    const std::vector<std::pair<double, std::uint32_t>> expected{{3.0, 2U}, {40.0, 1U}, {500.0, 1U}};
    EXPECT_EQ(steps, expected);
}

TEST(Histogram, CountsTheValuesAboveOne) {
    const auto histogram = std::make_unique<Histogram>();
    for (const std::uint64_t value : {1U, 2U, 2U, 3U, 100'000U}) {
        histogram->add(value);
    }
    EXPECT_EQ(histogram->count_above(2), 2U);
    EXPECT_EQ(histogram->count_above(0), 5U);
    EXPECT_EQ(histogram->count_above(100'000), 0U);
}

}  // namespace
}  // namespace zerobuffer::perf
