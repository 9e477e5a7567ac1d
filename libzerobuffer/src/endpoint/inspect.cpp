// SPDX-License-Identifier: MIT
// Looking at buffers from outside: read-only mappings, lock queries, no store.
#include <zerobuffer/snapshot.hpp>

#include <algorithm>
#include <string>

#include "endpoint/attach.hpp"
#include "endpoint/metadata.hpp"
#include "endpoint/segment_v1.hpp"
#include "endpoint/segment_v2.hpp"
#include "platform/file_lock.hpp"
#include "platform/mapping.hpp"
#include "platform/process.hpp"
#include "platform/shared_file.hpp"
#include "wire/layout.hpp"
#include "wire/name.hpp"
#include "wire/refuse.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer {
namespace {

using endpoint::Role;

// A buffer opened for looking.
struct Look {
    const std::string& name;
    const platform::SharedFile& file;
    Snapshot& snapshot;

    // The control block and what follows up to the payload.
    [[nodiscard]] platform::SegmentMapping map(std::uint64_t size) const {
        return {name, file, size, platform::Access::read_only};
    }
    [[nodiscard]] bool is_held(Role role) const noexcept {
        return platform::is_locked(file.descriptor(), endpoint::byte_of(role));
    }
};

template <class Control>
std::optional<std::vector<std::byte>> metadata_of(const Look& look, const Control& control,
                                                  const platform::SegmentMapping& head,
                                                  const wire::Geometry& geometry) {
    ring::Violation violation;
    auto metadata =
        endpoint::load_metadata(control, head.data(), endpoint::backed(geometry, look.file.facts()), violation);
    if (violation.field != nullptr) {
        wire::Refusal(look.name).corrupt(violation.field, violation.found,
                                         "at most " + std::to_string(violation.expected));
    }
    return metadata;
}

void fill_shape(Snapshot& snapshot, const wire::Geometry& geometry) {
    snapshot.capacity = geometry.capacity;
    snapshot.max_frame = geometry.max_frame;
    snapshot.metadata_size = geometry.metadata_size;
    snapshot.alignment = geometry.alignment;
}

// The two sides are read one after the other, the writer's first: its older number less the reader's newer one is
// never more than the ring held at the second look, however long this process slept between the two.
std::uint64_t clamped(std::uint64_t ahead, std::uint64_t behind, std::uint64_t most) noexcept {
    return ahead <= behind ? 0 : std::min(ahead - behind, most);
}

Side side_v2(const Look& look, Role role, const wire::CursorLine& line, const wire::StatisticsLine& statistics,
             std::uint64_t pid) {
    Side side;
    side.position = wire::load_acquire(line.position);
    side.sequence = wire::load_acquire(line.sequence);
    side.generation = wire::load_acquire(line.generation);
    side.waits = wire::load_relaxed(statistics.waits);
    side.sleeps = wire::load_relaxed(statistics.sleeps);
    side.wakes = wire::load_relaxed(statistics.wakes);
    side.timeouts = wire::load_relaxed(statistics.timeouts);
    side.pid = static_cast<std::uint32_t>(pid);
    if (side.generation % 2 != 0) {
        side.state = look.is_held(role) ? PeerState::attached : PeerState::died;
    } else {
        side.state = side.generation == 0 ? PeerState::never : PeerState::closed;
    }
    return side;
}

void look_at(wire::LayoutV2, const Look& look) {
    const std::uint64_t size = look.file.facts().size;
    const auto block = look.map(std::min<std::uint64_t>(size, sizeof(wire::ControlV2)));
    const auto& first = *reinterpret_cast<const wire::ControlV2*>(block.data());
    const wire::Geometry geometry = wire::LayoutV2::check(look.name, first, size);
    const auto head = look.map(geometry.payload_offset);
    const auto& control = *reinterpret_cast<const wire::ControlV2*>(head.data());
    Snapshot& snapshot = look.snapshot;
    fill_shape(snapshot, geometry);
    snapshot.creation_id = control.creation_id;
    snapshot.metadata = metadata_of(look, control, head, geometry);
    snapshot.writer = side_v2(look, Role::writer, control.producer, control.producer_statistics,
                              wire::load_relaxed(control.writer_pid));
    snapshot.reader = side_v2(look, Role::reader, control.consumer, control.consumer_statistics,
                              wire::load_relaxed(control.reader_pid));
    snapshot.used = clamped(snapshot.writer.position, snapshot.reader.position, geometry.capacity);
    snapshot.unread = clamped(snapshot.writer.sequence, snapshot.reader.sequence, geometry.capacity);
}

Side side_v1(const Look& look, Role role, std::uint64_t position, std::uint64_t count, std::uint64_t pid) {
    Side side;
    side.position = position;
    side.sequence = count;
    side.pid = static_cast<std::uint32_t>(pid);
    if (look.is_held(role) || platform::process_exists(pid)) {
        side.state = PeerState::attached;
    } else {
        side.state = pid != 0 ? PeerState::died : count != 0 ? PeerState::closed : PeerState::never;
    }
    return side;
}

void look_at(wire::LayoutV1, const Look& look) {
    const std::uint64_t size = look.file.facts().size;
    const auto block = look.map(sizeof(wire::ControlV1));
    const auto& first = *reinterpret_cast<const wire::ControlV1*>(block.data());
    const wire::Geometry geometry = wire::LayoutV1::check(look.name, first, size);
    const auto head = look.map(geometry.payload_offset);
    const auto& control = *reinterpret_cast<const wire::ControlV1*>(head.data());
    Snapshot& snapshot = look.snapshot;
    fill_shape(snapshot, geometry);
    snapshot.metadata = metadata_of(look, control, head, geometry);
    snapshot.writer =
        side_v1(look, Role::writer, wire::load_acquire(control.payload_write_pos),
                wire::load_acquire(control.payload_written_count), wire::load_relaxed(control.writer_pid));
    snapshot.reader = side_v1(look, Role::reader, wire::load_relaxed(control.payload_read_pos),
                              wire::load_relaxed(control.payload_read_count), wire::load_relaxed(control.reader_pid));
    const std::uint64_t free_bytes = wire::load_relaxed(control.payload_free_bytes);
    snapshot.used = geometry.capacity - std::min(free_bytes, geometry.capacity);
    snapshot.unread = clamped(snapshot.writer.sequence, snapshot.reader.sequence, geometry.capacity);
}

// Fills the snapshot as far as it gets; throws what is wrong.
void look_at(const std::string& name, Layout layout, Snapshot& snapshot) {
    const auto file = platform::SharedFile::open(name, platform::Access::read_only);
    if (!file) { throw Error(Status::not_found, "buffer \"" + name + "\": was removed this moment"); }
    snapshot.layout = layout;
    wire::with_layout(layout, [&](auto found) { look_at(found, Look{name, *file, snapshot}); });
}

void fill_file_facts(const std::string& name, Snapshot& snapshot) {
    const auto file = platform::SharedFile::open(name, platform::Access::read_only);
    if (!file) { return; }
    const platform::FileFacts facts = file->facts();
    snapshot.file_size = facts.size;
    snapshot.mode = facts.mode;
    snapshot.uid = facts.uid;
}

// Nothing for what is not a buffer, but somebody else's shared memory, or closed to this user.
std::optional<Layout> layout_if_buffer(const std::string& name) {
    try {
        return endpoint::layout_of_existing(name);
    } catch (const Error&) { return std::nullopt; }
}

}  // namespace

Snapshot inspect(std::string_view name) {
    Snapshot snapshot;
    const std::string owned(name);
    snapshot.name = owned;
    look_at(owned, endpoint::layout_of_existing(owned), snapshot);
    fill_file_facts(owned, snapshot);
    return snapshot;
}

std::vector<Snapshot> list_buffers() {
    std::vector<Snapshot> snapshots;
    for (const std::string& name : platform::shared_names()) {
        if (name.starts_with(platform::hidden_prefix) || name.starts_with("sem.")) { continue; }
        const auto layout = layout_if_buffer(name);
        if (!layout) { continue; }
        Snapshot snapshot;
        snapshot.name = name;
        try {
            look_at(name, *layout, snapshot);
        } catch (const Error& error) {
            if (error.status() == Status::not_found) { continue; }
            snapshot.status = error.status();
            snapshot.problem = error.what();
        }
        try {
            fill_file_facts(name, snapshot);
        } catch (const Error&) {
            continue;  // removed, or closed to this user, meanwhile
        }
        snapshots.push_back(std::move(snapshot));
    }
    return snapshots;
}

}  // namespace zerobuffer
