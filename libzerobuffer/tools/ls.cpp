// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include <zerobuffer/snapshot.hpp>

#include "commands.hpp"
#include "json.hpp"
#include "output.hpp"
#include "snapshot_json.hpp"

namespace zerobuffer::tools {

namespace {

constexpr std::size_t column_count = 8;
using Row = std::array<std::string, column_count>;

std::string side_text(const Side& side) {
    return side.state == PeerState::attached ? fmt::format("pid {}", side.pid) : std::string(state_name(side.state));
}

Row row_of(const Snapshot& snapshot) {
    if (snapshot.status != Status::ok) {
        return {printable(snapshot.name),
                "-",
                human_size(snapshot.file_size),
                "-",
                "-",
                "-",
                "-",
                fmt::format("{}: {}", status_name(snapshot.status), printable(snapshot.problem))};
    }
    const double percent = 100.0 * static_cast<double>(snapshot.used) / static_cast<double>(snapshot.capacity);
    return {printable(snapshot.name),        std::string(layout_name(snapshot.layout)),
            human_size(snapshot.capacity),   fmt::format("{:.1f}%", percent),
            std::to_string(snapshot.unread), side_text(snapshot.writer),
            side_text(snapshot.reader),      "ok"};
}

std::string table(const std::vector<Row>& rows) {
    std::array<std::size_t, column_count> widths{};
    for (const Row& row : rows) {
        std::transform(row.begin(), row.end(), widths.begin(), widths.begin(),
                       [](const std::string& cell, std::size_t width) { return std::max(width, cell.size()); });
    }
    std::string text;
    for (const Row& row : rows) {
        for (std::size_t column = 0; column + 1 < column_count; ++column) {
            fmt::format_to(std::back_inserter(text), "{:<{}}  ", row.at(column), widths.at(column));
        }
        text += row.back() + "\n";
    }
    return text;
}

}  // namespace

Ls::Ls(CLI::App& app) {
    CLI::App* command = app.add_subcommand("ls", "List all buffers that you can see, broken ones included");
    command->add_flag("--json", json_, "Print one JSON object");
    command->footer("Examples:\n  zerobuffer ls\n  zerobuffer ls --json | python3 -m json.tool");
    command->callback([this] { run(); });
}

void Ls::run() const {
    const std::vector<Snapshot> snapshots = list_buffers();
    if (json_) {
        Json json;
        json.open_object().key("schema").number(json_schema).key("buffers").open_array();
        for (const Snapshot& snapshot : snapshots) {
            append_snapshot(json, snapshot);
        }
        print(json.close_array().close_object().text());
        return;
    }
    if (snapshots.empty()) {
        report("no buffers");
        return;
    }
    std::vector<Row> rows{{"NAME", "LAYOUT", "SIZE", "USED", "UNREAD", "WRITER", "READER", "STATUS"}};
    std::transform(snapshots.begin(), snapshots.end(), std::back_inserter(rows), row_of);
    print(table(rows));
}

}  // namespace zerobuffer::tools
