// SPDX-License-Identifier: MIT
#include "snapshot_json.hpp"

#include <fmt/format.h>

#include "output.hpp"

namespace zerobuffer::tools {

namespace {

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) { return false; }
        text.remove_prefix(length);
    }
    return true;
}

void append_side(Json& json, const Side& side) {
    json.open_object();
    json.key("state").string(state_name(side.state));
    json.key("pid").number(side.pid);
    json.key("position").number(side.position);
    json.key("sequence").number(side.sequence);
    json.key("generation").number(side.generation);
    json.key("waits").number(side.waits);
    json.key("sleeps").number(side.sleeps);
    json.key("wakes").number(side.wakes);
    json.key("timeouts").number(side.timeouts);
    json.close_object();
}

void append_metadata(Json& json, const Snapshot& snapshot) {
    json.key("metadata");
    if (!snapshot.metadata) {
        json.null();
        return;
    }
    std::string text;
    for (const std::byte byte : *snapshot.metadata) {
        text += std::to_integer<char>(byte);
    }
    json.open_object().key("text");
    if (is_utf8(text)) {
        json.string(text);
    } else {
        json.null();
    }
    json.key("hex").string(hex(*snapshot.metadata)).close_object();
}

void append_contents(Json& json, const Snapshot& snapshot) {
    json.key("layout").string(layout_name(snapshot.layout));
    json.key("capacity").number(snapshot.capacity);
    json.key("max_frame").number(snapshot.max_frame);
    json.key("alignment").number(snapshot.alignment);
    // A string: JSON readers that know only doubles would round it.
    json.key("creation_id").string(fmt::format("{:016x}", snapshot.creation_id));
    json.key("used").number(snapshot.used);
    json.key("unread").number(snapshot.unread);
    json.key("metadata_size").number(snapshot.metadata_size);
    append_metadata(json, snapshot);
    json.key("writer");
    append_side(json, snapshot.writer);
    json.key("reader");
    append_side(json, snapshot.reader);
}

}  // namespace

void append_snapshot(Json& json, const Snapshot& snapshot) {
    json.open_object();
    json.key("name").string(snapshot.name);
    json.key("status").string(status_name(snapshot.status));
    json.key("problem").string(snapshot.problem);
    json.key("file_size").number(snapshot.file_size);
    json.key("mode").string(fmt::format("{:04o}", snapshot.mode));
    json.key("uid").number(snapshot.uid);
    if (snapshot.status == Status::ok) { append_contents(json, snapshot); }
    json.close_object();
}

}  // namespace zerobuffer::tools
