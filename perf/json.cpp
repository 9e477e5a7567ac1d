// SPDX-License-Identifier: MIT
#include "json.hpp"

#include <optional>
#include <ostream>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "json_text.hpp"
#include "machine.hpp"

namespace zerobuffer::perf {

namespace {

std::string number(const std::optional<double>& value) { return value ? fmt::format("{:.4f}", *value) : "null"; }

template <class Field>
std::string list(const std::vector<Sample>& samples, Field&& field) {
    std::string out;
    for (const Sample& sample : samples) {
        out += out.empty() ? "" : ",";
        out += field(sample);
    }
    return '[' + out + ']';
}

std::string row_line(const Row& row) {
    return fmt::format(
        R"({{"type":"row","name":{},"frame":{},"median":{},"p99":{},"least":{},"others":{},"disturbed":{}}})",
        json_text(row.subject.name), row.subject.frame,
        list(row.samples, [](const Sample& sample) { return number(sample.figures.median); }),
        list(row.samples, [](const Sample& sample) { return number(sample.figures.p99); }),
        list(row.samples, [](const Sample& sample) { return number(sample.figures.least); }),
        list(row.samples, [](const Sample& sample) { return number(sample.others); }),
        list(row.samples, [](const Sample& sample) { return sample.disturbed ? "true" : "false"; }));
}

std::string limit_line(const Verdict& verdict) {
    const std::optional<double> missing;
    const bool measured = verdict.measured;
    return fmt::format(
        R"({{"type":"limit","subject":{},"yardstick":{},"bound":{},"by_medians":{},"by_least":{},"met":{}}})",
        json_text(verdict.limit.subject), json_text(verdict.limit.yardstick), verdict.limit.bound,
        number(measured ? verdict.by_medians : missing), number(measured ? verdict.by_least : missing),
        measured ? (verdict.met ? "true" : "false") : "null");
}

}  // namespace

void write_json(std::ostream& out, const std::vector<Row>& rows, const std::vector<Verdict>& verdicts) {
    std::string machine = R"({"type":"machine")";
    for (const auto& [name, value] : machine_facts()) {
        machine += fmt::format(",{}:{}", json_text(name), json_text(value));
    }
    fmt::print(out, "{}}}\n", machine);
    for (const Row& row : rows) {
        if (row.failure.empty()) {
            fmt::print(out, "{}\n", row_line(row));
        } else {
            fmt::print(out, "{}\n",
                       fmt::format(R"({{"type":"failure","name":{},"reason":{}}})", json_text(row.subject.name),
                                   json_text(row.failure)));
        }
    }
    for (const Verdict& verdict : verdicts) {
        fmt::print(out, "{}\n", limit_line(verdict));
    }
}

}  // namespace zerobuffer::perf
