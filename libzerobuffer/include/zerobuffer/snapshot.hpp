// SPDX-License-Identifier: MIT
// Looking at buffers: counters of an endpoint, and buffers seen from outside. Nothing here attaches or stores anything
// but clean(), which removes what no live process holds. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <zerobuffer/options.hpp>
#include <zerobuffer/status.hpp>

namespace zerobuffer {

/// The other side as last seen.
enum class PeerState : std::uint32_t { never = 0, attached = 1, closed = 2, died = 3 };

/// Counters of one endpoint since it attached; zb_stats in zerobuffer.h explains each.
struct Stats {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    std::uint64_t sequence = 0;
    std::uint64_t used = 0;
    std::uint64_t held = 0;
    std::uint64_t skipped = 0;
    std::uint64_t waits = 0;
    std::uint64_t sleeps = 0;
    std::uint64_t wakes = 0;
    std::uint64_t timeouts = 0;
    bool resumed = false;
    PeerState peer = PeerState::never;
};

/// One side of a buffer seen from outside; zb_side in zerobuffer.h explains each.
struct Side {
    std::uint64_t position = 0;
    std::uint64_t sequence = 0;
    std::uint64_t generation = 0;
    std::uint64_t waits = 0;
    std::uint64_t sleeps = 0;
    std::uint64_t wakes = 0;
    std::uint64_t timeouts = 0;
    std::uint32_t pid = 0;
    PeerState state = PeerState::never;
};

/// A buffer seen from outside; zb_snapshot in zerobuffer.h explains each.
struct Snapshot {
    std::string name;
    Status status = Status::ok;
    /// Why status is not ok; empty otherwise.
    std::string problem;
    Layout layout = Layout::v2;
    std::uint64_t file_size = 0;
    std::uint64_t capacity = 0;
    std::uint64_t max_frame = 0;
    std::uint64_t metadata_size = 0;
    std::optional<std::vector<std::byte>> metadata;
    std::uint64_t creation_id = 0;
    std::uint64_t used = 0;
    std::uint64_t unread = 0;
    std::uint32_t alignment = 0;
    std::uint32_t mode = 0;
    std::uint32_t uid = 0;
    Side writer;
    Side reader;
};

/// Looks at one buffer. Errors: bad_name, not_found, permission_denied, not_ready, incompatible, corrupt.
ZEROBUFFER_API Snapshot inspect(std::string_view name);

/// Every buffer of both layouts that this user can see, sorted by name; broken ones have a status that is not ok.
ZEROBUFFER_API std::vector<Snapshot> list_buffers();

/// Removes every buffer that no live process holds, unread frames included, and what creators that died left behind.
/// Returns their names, sorted; with dry_run it only says which.
ZEROBUFFER_API std::vector<std::string> clean(bool dry_run = false);

}  // namespace zerobuffer
