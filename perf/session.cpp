// SPDX-License-Identifier: MIT
#include "session.hpp"

#include <algorithm>
#include <exception>

#include "load.hpp"

namespace zerobuffer::perf {

namespace {

Sample take_once(const Case& subject) {
    const LoadWatch watch;
    Sample sample;
    sample.figures = subject.run();
    sample.others = watch.others();
    sample.disturbed = watch.disturbed();
    return sample;
}

Sample take(const Case& subject, unsigned retries) {
    Sample best = take_once(subject);
    for (unsigned retry = 0; best.disturbed && retry < retries; ++retry) {
        const Sample next = take_once(subject);
        if (next.others < best.others) { best = next; }
    }
    return best;
}

void add_sample(Row& row, unsigned retries) {
    try {
        row.samples.push_back(take(row.subject, retries));
    } catch (const Interrupted&) { throw; } catch (const std::exception& error) {
        row.failure = error.what();
    }
}

double median_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2.0;
}

}  // namespace

Session measure(const std::vector<Case>& cases, const Plan& plan,
                const std::function<void(unsigned repetition, const Case&)>& progress) {
    Session session;
    session.rows.reserve(cases.size());
    for (const Case& subject : cases) {
        session.rows.push_back({subject, {}, {}});
    }
    try {
        for (unsigned repetition = 1; repetition <= plan.repetitions; ++repetition) {
            for (Row& row : session.rows) {
                if (!row.failure.empty()) { continue; }
                progress(repetition, row.subject);
                add_sample(row, plan.retries);
            }
        }
    } catch (const Interrupted&) { session.interrupted = true; }
    std::erase_if(session.rows, [](const Row& row) { return row.samples.empty() && row.failure.empty(); });
    return session;
}

Summary summarize(const Row& row) {
    std::vector<double> medians;
    std::vector<double> tails;
    Summary summary;
    summary.least = row.samples.front().figures.median;
    for (const Sample& sample : row.samples) {
        medians.push_back(sample.figures.median);
        if (sample.figures.p99) { tails.push_back(*sample.figures.p99); }
        summary.least = std::min(summary.least, sample.figures.least.value_or(sample.figures.median));
        summary.disturbed += sample.disturbed ? 1U : 0U;
    }
    const auto [lowest, highest] = std::minmax_element(medians.begin(), medians.end());
    summary.lowest = *lowest;
    summary.highest = *highest;
    summary.median = median_of(medians);
    if (!tails.empty()) { summary.p99 = median_of(tails); }
    return summary;
}

}  // namespace zerobuffer::perf
