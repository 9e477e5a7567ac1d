// SPDX-License-Identifier: MIT
// Looking at buffers from outside: copies, lock queries, no store.
#include <zerobuffer/snapshot.hpp>

#include <algorithm>
#include <string>

#include "endpoint/attach.hpp"
#include "endpoint/metadata.hpp"
#include "endpoint/segment_copy.hpp"
#include "endpoint/segment_v1.hpp"
#include "endpoint/segment_v2.hpp"
#include "endpoint/truncation_watch.hpp"
#include "platform/file_lock.hpp"
#include "platform/process.hpp"
#include "platform/shared_file.hpp"
#include "wire/layout.hpp"
#include "wire/name.hpp"
#include "wire/refuse.hpp"

namespace zerobuffer {
namespace {

using endpoint::Role;

// A buffer opened for looking.
struct Look {
    const std::string& name;
    const platform::SharedFile& file;
    Snapshot& snapshot;

    // Throws Error(corrupt) if the file has become shorter than that.
    [[nodiscard]] endpoint::SegmentCopy copy(std::uint64_t size) const {
        endpoint::SegmentCopy found(file, size);
        if (found.size() < size) { endpoint::refuse_truncated(name); }
        return found;
    }
    [[nodiscard]] bool is_held(Role role) const noexcept {
        return platform::is_locked(file.descriptor(), endpoint::byte_of(role));
    }
};

// A buffer, copied three times one after the other: its control block, all up to the payload that there is, and its control
// block again. What the first says of the metadata was there when the second was made, if the third says the same.
template <class Control>
class Copies {
public:
    Copies(const Look& look, const wire::Geometry& geometry)
        : readable_(endpoint::backed(geometry, look.file.facts())),
          before_(look.copy(sizeof(Control))),
          head_(look.copy(readable_.metadata_offset + readable_.metadata_size)),
          after_(look.copy(sizeof(Control))) {}

    [[nodiscard]] const Control& before() const noexcept { return control(before_); }
    [[nodiscard]] const Control& after() const noexcept { return control(after_); }

    [[nodiscard]] std::optional<std::vector<std::byte>> metadata(const std::string& name) const {
        ring::Violation violation;
        auto metadata = endpoint::load_metadata(before(), head_.data(), readable_, violation);
        if (violation.field != nullptr) {
            wire::Refusal(name).corrupt(violation.field, violation.found,
                                        "at most " + std::to_string(violation.expected));
        }
        return metadata;
    }

private:
    static const Control& control(const endpoint::SegmentCopy& copy) noexcept {
        return *reinterpret_cast<const Control*>(copy.data());
    }

    wire::Geometry readable_;
    endpoint::SegmentCopy before_;
    endpoint::SegmentCopy head_;
    endpoint::SegmentCopy after_;
};

void fill_shape(Snapshot& snapshot, const wire::Geometry& geometry) {
    snapshot.capacity = geometry.capacity;
    snapshot.max_frame = geometry.max_frame;
    snapshot.metadata_size = geometry.metadata_size;
    snapshot.alignment = geometry.alignment;
}

// The writer's numbers are of the earlier copy: its older one less the reader's newer one is never more than the ring held
// at the second look, however long this process slept between the two.
std::uint64_t clamped(std::uint64_t ahead, std::uint64_t behind, std::uint64_t most) noexcept {
    return ahead <= behind ? 0 : std::min(ahead - behind, most);
}

Side side_v2(const Look& look, Role role, const wire::CursorLine& line, const wire::StatisticsLine& statistics,
             std::uint64_t pid) {
    Side side;
    side.position = line.position;
    side.sequence = line.sequence;
    side.generation = line.generation;
    side.waits = statistics.waits;
    side.sleeps = statistics.sleeps;
    side.wakes = statistics.wakes;
    side.timeouts = statistics.timeouts;
    side.pid = static_cast<std::uint32_t>(pid);
    if (side.generation % 2 != 0) {
        side.state = look.is_held(role) ? PeerState::attached : PeerState::died;
    } else {
        side.state = side.generation == 0 ? PeerState::never : PeerState::closed;
    }
    return side;
}

// Whether no writer was at the metadata, nor died at it: the seqlock of load_metadata(), across two copies.
bool is_settled(const Copies<wire::ControlV2>& copies) noexcept {
    const std::uint64_t version = copies.before().metadata_version;
    return version % 2 == 0 && copies.after().metadata_version == version;
}

void look_at(wire::LayoutV2, const Look& look) {
    const std::uint64_t size = look.file.facts().size;
    const endpoint::SegmentCopy block(look.file, sizeof(wire::ControlV2));
    const wire::Geometry geometry =
        wire::LayoutV2::check(look.name, *reinterpret_cast<const wire::ControlV2*>(block.data()), size);
    Copies<wire::ControlV2> copies(look, geometry);
    for (int attempt = 1; attempt < 8 && !is_settled(copies); ++attempt) {
        copies = Copies<wire::ControlV2>(look, geometry);
    }
    Snapshot& snapshot = look.snapshot;
    fill_shape(snapshot, geometry);
    snapshot.creation_id = copies.before().creation_id;
    if (is_settled(copies)) { snapshot.metadata = copies.metadata(look.name); }
    snapshot.writer = side_v2(look, Role::writer, copies.before().producer, copies.before().producer_statistics,
                              copies.before().writer_pid);
    snapshot.reader = side_v2(look, Role::reader, copies.after().consumer, copies.after().consumer_statistics,
                              copies.after().reader_pid);
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
    const endpoint::SegmentCopy block(look.file, sizeof(wire::ControlV1));
    const wire::Geometry geometry =
        wire::LayoutV1::check(look.name, *reinterpret_cast<const wire::ControlV1*>(block.data()), size);
    const Copies<wire::ControlV1> copies(look, geometry);
    const wire::ControlV1& writer = copies.before();
    const wire::ControlV1& reader = copies.after();
    Snapshot& snapshot = look.snapshot;
    fill_shape(snapshot, geometry);
    snapshot.metadata = copies.metadata(look.name);
    snapshot.writer =
        side_v1(look, Role::writer, writer.payload_write_pos, writer.payload_written_count, writer.writer_pid);
    snapshot.reader =
        side_v1(look, Role::reader, reader.payload_read_pos, reader.payload_read_count, reader.reader_pid);
    snapshot.used = geometry.capacity - std::min(reader.payload_free_bytes, geometry.capacity);
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
