// SPDX-License-Identifier: MIT
#include "report.hpp"

#include <fmt/format.h>

#include "machine.hpp"

namespace zerobuffer::perf {

namespace {

std::string time_text(double nanoseconds) {
    if (nanoseconds < 100) { return fmt::format("{:.1f} ns", nanoseconds); }
    if (nanoseconds < 10'000) { return fmt::format("{:.0f} ns", nanoseconds); }
    if (nanoseconds < 1'000'000) { return fmt::format("{:.1f} us", nanoseconds / 1e3); }
    return fmt::format("{:.3f} ms", nanoseconds / 1e6);
}

std::string range_text(const Summary& summary) {
    return fmt::format("{} .. {}", time_text(summary.lowest), time_text(summary.highest));
}

/// Bytes of payload per nanosecond are GB/s; a stream in place moves none, and a round trip is no rate.
std::string rate_text(const Row& row, const Summary& summary) {
    if (row.subject.kind == Kind::round_trip || row.subject.name.ends_with("none")) { return ""; }
    return fmt::format("{:.2f} GB/s", static_cast<double>(row.subject.frame) / summary.median);
}

void print_row(std::FILE* out, const Row& row) {
    if (!row.failure.empty()) {
        fmt::print(out, "{:<26} failed: {}\n", row.subject.name, row.failure);
        return;
    }
    const Summary summary = summarize(row);
    const std::string p99 = summary.p99 ? time_text(*summary.p99) : "";
    const std::string note = summary.disturbed == 0
                                 ? ""
                                 : fmt::format("  others were busy in {} of {}", summary.disturbed, row.samples.size());
    fmt::print(out, "{:<26} {:>10}  {:>24}  {:>10}  {:>10}  {:>11}{}\n", row.subject.name, time_text(summary.median),
               range_text(summary), p99, time_text(summary.least), rate_text(row, summary), note);
}

std::string value_text(Relation relation, double value) {
    return relation == Relation::extra_at_most ? fmt::format("{:+.0f} ns", value) : fmt::format("{:.2f} x", value);
}

std::string bound_text(const Limit& limit) {
    const char* sign = limit.relation == Relation::speed_up_at_least ? ">=" : "<=";
    return fmt::format("{} {}", sign, value_text(limit.relation, limit.bound));
}

}  // namespace

void print_machine(std::FILE* out) {
    for (const auto& [name, value] : machine_facts()) {
        fmt::print(out, "{:<18} {}\n", name, value);
    }
}

void print_rows(std::FILE* out, const std::vector<Row>& rows, const Plan& plan) {
    fmt::print(
        out,
        "\n{} repetitions of everything in turn, each with two fresh processes. rtt: a whole round trip; stream:\n"
        "one frame, one way; none: in place, payload left alone; copy: in and out. Medians over the repetitions.\n\n",
        plan.repetitions);
    fmt::print(out, "{:<26} {:>10}  {:>24}  {:>10}  {:>10}\n", "", "median", "range of medians", "p99", "least");
    for (const Row& row : rows) {
        print_row(out, row);
    }
}

void print_verdicts(std::FILE* out, const std::vector<Verdict>& verdicts) {
    fmt::print(out, "\n{:<54} {:<24} {:<24} {:>10} {:>10} {:>11}\n", "limit, in this run", "of", "against", "medians",
               "least", "");
    for (const Verdict& verdict : verdicts) {
        const Limit& limit = verdict.limit;
        if (!verdict.measured) { continue; }
        fmt::print(out, "{:<54} {:<24} {:<24} {:>10} {:>10} {:>11}  {}\n", limit.promise, limit.subject,
                   limit.yardstick, value_text(limit.relation, verdict.by_medians),
                   value_text(limit.relation, verdict.by_least), bound_text(limit), verdict.met ? "met" : "MISSED");
    }
}

}  // namespace zerobuffer::perf
