// SPDX-License-Identifier: MIT
// zb_inspect, zb_list_buffers, zb_clean.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <zerobuffer/snapshot.hpp>

#include "c_api/boundary.hpp"
#include "c_api/convert.hpp"

using namespace zerobuffer;
using c_api::guarded;
using c_api::misuse;

namespace {

template <std::size_t size>
void copy_text(char (&to)[size], const std::string& from) noexcept {
    const std::size_t length = std::min(from.size(), size - 1);
    std::memcpy(to, from.data(), length);
    to[length] = '\0';
}

void fill(zb_side& to, const Side& from) noexcept {
    to = {from.position, from.sequence, from.generation,
          from.waits,    from.sleeps,   from.wakes,
          from.timeouts, from.pid,      static_cast<std::uint32_t>(from.state)};
}

void fill(zb_snapshot& to, const Snapshot& from) noexcept {
    to = {};
    copy_text(to.name, from.name);
    to.status = static_cast<std::uint32_t>(from.status);
    to.layout = static_cast<std::uint32_t>(from.layout);
    to.file_size = from.file_size;
    to.capacity = from.capacity;
    to.max_frame = from.max_frame;
    to.metadata_size = from.metadata_size;
    to.metadata_bytes = from.metadata ? from.metadata->size() : 0;
    to.creation_id = from.creation_id;
    to.used = from.used;
    to.unread = from.unread;
    to.alignment = from.alignment;
    to.mode = from.mode;
    to.uid = from.uid;
    to.metadata_published = from.metadata ? 1 : 0;
    fill(to.writer, from.writer);
    fill(to.reader, from.reader);
}

}  // namespace

Status c_api::copy_out(const std::vector<std::byte>& from, void* to, std::uint64_t capacity, std::uint64_t& size) {
    size = from.size();
    if (capacity < size || (to == nullptr && size != 0)) {
        throw Error(Status::too_large, "metadata: has " + std::to_string(size) + " bytes, room for " +
                                           std::to_string(capacity) + "; pass a buffer of that size");
    }
    if (size != 0) { std::memcpy(to, from.data(), size); }
    return Status::ok;
}

zb_status zb_inspect(const char* name, zb_snapshot* snapshot) {
    if (name == nullptr || snapshot == nullptr) { return misuse("zb_inspect: name or snapshot is NULL; pass both"); }
    return guarded([&] {
        fill(*snapshot, inspect(name));
        return Status::ok;
    });
}

zb_status zb_inspect_metadata(const char* name, void* buffer, uint64_t capacity, uint64_t* size) {
    if (name == nullptr || size == nullptr) { return misuse("zb_inspect_metadata: name or size is NULL; pass both"); }
    return guarded([&] {
        const Snapshot snapshot = inspect(name);
        return snapshot.metadata ? c_api::copy_out(*snapshot.metadata, buffer, capacity, *size) : Status::timeout;
    });
}

zb_status zb_list_buffers(zb_snapshot* snapshots, uint64_t capacity, uint64_t* count) {
    if (count == nullptr || (snapshots == nullptr && capacity != 0)) {
        return misuse("zb_list_buffers: count or snapshots is NULL; pass an array and its size");
    }
    return guarded([&] {
        const auto found = list_buffers();
        *count = found.size();
        for (std::size_t i = 0; i < found.size() && i < capacity; ++i) {
            fill(snapshots[i], found[i]);
        }
        return Status::ok;
    });
}

zb_status zb_clean(uint32_t dry_run, zb_name* names, uint64_t capacity, uint64_t* count) {
    if (count == nullptr || (names == nullptr && capacity != 0)) {
        return misuse("zb_clean: count or names is NULL; pass an array and its size");
    }
    return guarded([&] {
        const auto removed = clean(dry_run != 0);
        *count = removed.size();
        for (std::size_t i = 0; i < removed.size() && i < capacity; ++i) {
            copy_text(names[i].text, removed[i]);
        }
        return Status::ok;
    });
}
