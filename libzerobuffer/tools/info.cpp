// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include <zerobuffer/snapshot.hpp>

#include "commands.hpp"
#include "json.hpp"
#include "output.hpp"
#include "snapshot_json.hpp"

namespace zerobuffer::tools {

namespace {

// Enough to recognise a description of a stream; --json has all of it.
constexpr std::size_t metadata_shown = 512;

void line(std::string& text, std::string_view label, std::string_view value) {
    fmt::format_to(std::back_inserter(text), "{:<16}{}\n", label, value);
}

void count(std::string& text, std::string_view label, std::uint64_t value) { line(text, label, std::to_string(value)); }

void size(std::string& text, std::string_view label, std::uint64_t bytes) {
    line(text, label, fmt::format("{} ({})", bytes, human_size(bytes)));
}

std::string metadata_text(const Snapshot& snapshot) {
    if (!snapshot.metadata) { return "none"; }
    const std::span<const std::byte> bytes(*snapshot.metadata);
    const auto shown = bytes.first(std::min(bytes.size(), metadata_shown));
    std::string text;
    for (const std::byte byte : shown) {
        text += std::to_integer<char>(byte);
    }
    const bool cut = shown.size() < bytes.size();
    return fmt::format("{} bytes: {}{}", bytes.size(), printable(text), cut ? " ..." : "");
}

void append_side(std::string& text, std::string_view label, const Side& side, std::string_view verb) {
    text += fmt::format("\n{}\n", label);
    line(text, "  state", state_name(side.state));
    // A pid of another container means nothing here, and 0 was never anybody's.
    if (side.pid != 0) { count(text, "  pid", side.pid); }
    line(text, "  last frame", fmt::format("{} {}", side.sequence, verb));
    count(text, "  position", side.position);
    count(text, "  generation", side.generation);
    line(text, "  counters",
         fmt::format("{} waits, {} sleeps, {} wakes, {} timeouts", side.waits, side.sleeps, side.wakes, side.timeouts));
}

std::string description(const Snapshot& snapshot) {
    std::string text;
    line(text, "name", printable(snapshot.name));
    line(text, "layout", layout_name(snapshot.layout));
    size(text, "shared memory", snapshot.file_size);
    line(text, "permissions", fmt::format("{:04o}, uid {}", snapshot.mode, snapshot.uid));
    size(text, "capacity", snapshot.capacity);
    size(text, "largest frame", snapshot.max_frame);
    size(text, "used", snapshot.used);
    count(text, "unread frames", snapshot.unread);
    count(text, "alignment", snapshot.alignment);
    line(text, "creation id", fmt::format("{:016x}", snapshot.creation_id));
    size(text, "metadata block", snapshot.metadata_size);
    line(text, "metadata", metadata_text(snapshot));
    append_side(text, "writer", snapshot.writer, "committed");
    append_side(text, "reader", snapshot.reader, "released");
    return text;
}

}  // namespace

Info::Info(CLI::App& app) {
    CLI::App* command = app.add_subcommand("info", "Show one buffer field by field, without disturbing it");
    command->add_option("NAME", name_, "Name of the buffer, as in `zerobuffer ls`")->required();
    command->add_flag("--json", json_, "Print one JSON object");
    command->footer("Examples:\n  zerobuffer info camera\n  zerobuffer info camera --json");
    command->callback([this] { run(); });
}

void Info::run() const {
    const Snapshot snapshot = inspect(name_);
    if (!json_) {
        print(description(snapshot));
        return;
    }
    Json json;
    json.open_object().key("schema").number(json_schema).key("buffer");
    append_snapshot(json, snapshot);
    print(json.close_object().text());
}

}  // namespace zerobuffer::tools
