// SPDX-License-Identifier: MIT
// What the project promises about speed, as relations between cases of one run: an absolute time says more about the
// machine than about the library.
#pragma once

#include <string>
#include <vector>

#include "session.hpp"

namespace zerobuffer::perf {

/// How two figures are set against each other.
enum class Relation {
    /// subject / yardstick, at most the bound
    ratio_at_most,
    /// yardstick / subject, at least the bound: how many times faster
    speed_up_at_least,
    /// subject - yardstick in nanoseconds, at most the bound
    extra_at_most,
};

struct Limit {
    std::string promise;
    std::string subject;
    std::string yardstick;
    Relation relation = Relation::ratio_at_most;
    double bound = 0;
};

struct Verdict {
    Limit limit;
    /// Whether both cases were measured in this run; if not, the rest means nothing.
    bool measured = false;
    bool met = false;
    /// From the medians, which decide, and from the least values, which a busy machine disturbs less.
    double by_medians = 0;
    double by_least = 0;
};

std::vector<Limit> all_limits();

std::vector<Verdict> judge(const std::vector<Limit>& limits, const std::vector<Row>& rows);

}  // namespace zerobuffer::perf
