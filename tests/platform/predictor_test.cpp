// SPDX-License-Identifier: MIT
#include "endpoint/predictor.hpp"

#include <gtest/gtest.h>

#include <random>

namespace zerobuffer::endpoint {
namespace {

constexpr std::int64_t microsecond = 1000;
constexpr std::int64_t millisecond = 1000 * microsecond;
constexpr std::int64_t most_margin = 300 * microsecond;

/// Events of a stream, and what a waiter would do that comes right after the last one.
class PredictorTest : public testing::Test {
protected:
    /// `count` events, one every `gap`.
    void stream(int count, std::int64_t gap) {
        for (int i = 0; i < count; ++i) {
            event(gap);
        }
    }
    void event(std::int64_t gap, std::uint64_t events = 1) {
        time_ += gap;
        number_ += events;
        predictor_.arrived(time_, number_);
    }
    [[nodiscard]] Predictor::Plan plan(std::int64_t after = microsecond) const {
        return predictor_.plan(time_ + after);
    }
    void expect_no_prediction() const {
        EXPECT_EQ(plan().sleep_until, 0);
        EXPECT_EQ(plan().spin_until, 0);
    }
    /// Asleep until shortly before the next event is due, spinning until shortly after.
    void expect_prediction(std::int64_t gap) const {
        const auto [sleep_until, spin_until] = plan();
        const std::int64_t expected = time_ + gap;
        EXPECT_LT(sleep_until, expected);
        EXPECT_GE(sleep_until, expected - most_margin);
        EXPECT_GT(spin_until, expected);
        EXPECT_LE(spin_until, expected + most_margin);
    }

    Predictor predictor_;
    std::int64_t time_ = 1'000'000 * millisecond;
    std::uint64_t number_ = 0;
};

TEST_F(PredictorTest, KnowsNothingAtFirst) { expect_no_prediction(); }

TEST_F(PredictorTest, NeedsFourEvents) {
    stream(3, 10 * microsecond);
    expect_no_prediction();
    stream(1, 10 * microsecond);
    EXPECT_NE(plan().spin_until, 0);
}

TEST_F(PredictorTest, ARegularStreamIsPredictedAtAnyUsualPace) {
    for (const std::int64_t per_second : {30, 60, 240, 1000, 5000}) {
        predictor_ = {};
        const std::int64_t gap = 1000 * millisecond / per_second;
        stream(60, gap);
        SCOPED_TRACE(per_second);
        expect_prediction(gap);
    }
}

TEST_F(PredictorTest, AStreamOfAnyStartIsLearnedWithinAFewDozenEvents) {
    stream(4, 500 * microsecond);
    stream(60, 33 * millisecond);
    expect_prediction(33 * millisecond);
}

TEST_F(PredictorTest, SmallJitterIsPredicted) {
    std::mt19937 random(1);
    for (int i = 0; i < 200; ++i) {
        event(10 * millisecond + static_cast<std::int64_t>(random() % 40'000) - 20'000);
    }
    expect_prediction(10 * millisecond);
}

TEST_F(PredictorTest, AnIrregularStreamIsNotPredicted) {
    std::mt19937 random(1);
    for (int i = 0; i < 200; ++i) {
        event(5 * millisecond + static_cast<std::int64_t>(random() % (10 * millisecond)));
    }
    expect_no_prediction();
}

TEST_F(PredictorTest, GapsOfMoreThanTwoSecondsAreNotPredicted) {
    stream(60, 2001 * millisecond);
    expect_no_prediction();
}

TEST_F(PredictorTest, AFastStreamIsSpunForWithoutSleep) {
    stream(60, 20 * microsecond);
    EXPECT_EQ(plan().sleep_until, 0);
    EXPECT_GT(plan().spin_until, time_ + 20 * microsecond);
    EXPECT_LT(plan().spin_until, time_ + 60 * microsecond);
}

TEST_F(PredictorTest, AFastStreamThatIsLateIsNotSpunForAnyMore) {
    stream(60, 20 * microsecond);
    EXPECT_EQ(plan(millisecond).spin_until, 0);
}

TEST_F(PredictorTest, FramesThatWereReadyStretchNoGap) {
    stream(60, 10 * millisecond);
    for (int i = 0; i < 60; ++i) {
        event(30 * millisecond, 3);  // two came while this side was busy
    }
    expect_prediction(10 * millisecond);
}

TEST_F(PredictorTest, CloseToTheArrivalItSpinsAtOnce) {
    stream(60, 10 * millisecond);
    const auto [sleep_until, spin_until] = plan(10 * millisecond - 10 * microsecond);
    EXPECT_EQ(sleep_until, 0);
    EXPECT_GT(spin_until, time_ + 10 * millisecond);
}

TEST_F(PredictorTest, APredictionThatFailedIsGivenUp) {
    stream(60, 10 * millisecond);
    const auto [sleep_until, spin_until] = plan(10 * millisecond + most_margin + microsecond);
    EXPECT_EQ(sleep_until, 0);
    EXPECT_EQ(spin_until, 0);
}

TEST_F(PredictorTest, OnePauseIsForgottenAfterAWhile) {
    stream(60, 10 * millisecond);
    event(1500 * millisecond);
    expect_no_prediction();
    stream(100, 10 * millisecond);
    expect_prediction(10 * millisecond);
}

TEST_F(PredictorTest, SleepsThatEndLateMakeTheNextOnesShorter) {
    stream(100, 10 * millisecond);
    for (int i = 0; i < 60; ++i) {
        predictor_.overslept(10 * microsecond);
    }
    const std::int64_t punctual = plan().sleep_until;
    for (int i = 0; i < 60; ++i) {
        predictor_.overslept(200 * microsecond);
    }
    EXPECT_LT(plan().sleep_until, punctual - 50 * microsecond);
    expect_prediction(10 * millisecond);
}

TEST_F(PredictorTest, NoSleepIsSoLateThatItCostsMoreThanTheMargin) {
    stream(100, 10 * millisecond);
    for (int i = 0; i < 60; ++i) {
        predictor_.overslept(100 * millisecond);
    }
    expect_prediction(10 * millisecond);
}

TEST_F(PredictorTest, EventsThatComeAgainTeachNothing) {
    stream(60, 10 * millisecond);
    predictor_.arrived(time_, number_);
    expect_prediction(10 * millisecond);
}

}  // namespace
}  // namespace zerobuffer::endpoint
