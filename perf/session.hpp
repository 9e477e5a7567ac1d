// SPDX-License-Identifier: MIT
// Runs cases again and again, all once before any a second time, so that what the machine does in the meantime falls on
// everything alike; and again right away when others used the machine during a repetition.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cases.hpp"

namespace zerobuffer::perf {

/// One accepted repetition of a case.
struct Sample {
    Figures figures;
    /// CPUs that others used meanwhile.
    double others = 0;
    /// Taken although others used more than 6 % of a CPU: no try was quieter.
    bool disturbed = false;
};

struct Row {
    Case subject;
    std::vector<Sample> samples;
    /// Why the case could not be measured; empty if it could.
    std::string failure;
};

/// What the samples of a row come to. Medians over repetitions.
struct Summary {
    double median = 0;
    double lowest = 0;
    double highest = 0;
    std::optional<double> p99;
    /// The least of all samples of all repetitions.
    double least = 0;
    unsigned disturbed = 0;
};

struct Plan {
    unsigned repetitions = 5;
    /// How often a disturbed repetition is tried again; the quietest try counts.
    unsigned retries = 3;
};

struct Session {
    /// Those with samples or a failure, in the order of the cases.
    std::vector<Row> rows;
    /// The user ended it: there are fewer repetitions than planned.
    bool interrupted = false;
};

/// A case that fails is not repeated, and its row says why. `progress` is told the number of the repetition that begins and the case.
Session measure(const std::vector<Case>& cases, const Plan& plan,
                const std::function<void(unsigned repetition, const Case&)>& progress);

/// The row must have samples.
Summary summarize(const Row& row);

}  // namespace zerobuffer::perf
