// SPDX-License-Identifier: MIT
#include "endpoint/predictor.hpp"

#include <algorithm>
#include <cstdlib>

namespace zerobuffer::endpoint {
namespace {

constexpr std::int64_t microsecond = 1000;
constexpr int samples_needed = 4;
// Below this gap a sleep costs more than it saves: spin across the whole gap.
constexpr std::int64_t soon = 50 * microsecond;
// A timed sleep on a halted processor ends 50 to 100 us late; start from there and learn.
constexpr std::int64_t first_lateness = 60 * microsecond;
constexpr std::int64_t least_margin = 60 * microsecond;
constexpr std::int64_t most_margin = 300 * microsecond;
// Streams less regular than this are not worth a spin.
constexpr std::int64_t most_deviation = 200 * microsecond;
constexpr std::int64_t most_gap = 2'000'000 * microsecond;

// Exponential filters of 1/8, as RFC 6298 has for the mean; the deviation follows as fast, because streams change pace.
void learn(std::int64_t& mean, std::int64_t& deviation, std::int64_t sample) noexcept {
    const std::int64_t error = sample - mean;
    mean += error / 8;
    deviation += (std::abs(error) - deviation) / 8;
}

}  // namespace

Predictor::Predictor() noexcept : lateness_(first_lateness), lateness_deviation_(first_lateness / 4) {}

void Predictor::arrived(std::int64_t time, std::uint64_t count) noexcept {
    if (samples_ > 0 && count > last_count_) {
        const std::int64_t gap = (time - last_time_) / static_cast<std::int64_t>(count - last_count_);
        if (samples_ == 1) {
            gap_ = gap;
            gap_deviation_ = gap / 8;
        } else {
            learn(gap_, gap_deviation_, gap);
        }
    }
    last_time_ = time;
    last_count_ = count;
    samples_ = std::min(samples_ + 1, samples_needed);
}

void Predictor::overslept(std::int64_t late) noexcept { learn(lateness_, lateness_deviation_, late); }

Predictor::Plan Predictor::plan(std::int64_t time) const noexcept {
    if (samples_ < samples_needed || gap_ > most_gap || gap_deviation_ > most_deviation) { return {}; }
    const std::int64_t expected = last_time_ + gap_;
    if (gap_ <= soon) {
        const std::int64_t until = expected + 2 * gap_deviation_ + 10 * microsecond;
        return until > time ? Plan{0, until} : Plan{};
    }
    const std::int64_t margin =
        std::clamp(lateness_ + 2 * (lateness_deviation_ + gap_deviation_), least_margin, most_margin);
    // Later than the prediction allows: it was wrong this time.
    if (time > expected + margin) { return {}; }
    const std::int64_t sleep_until = expected - margin;
    return {sleep_until > time ? sleep_until : 0, expected + margin};
}

}  // namespace zerobuffer::endpoint
