// SPDX-License-Identifier: MIT
// One side's hold on a v2 segment: its name, its mapping, its lock byte, its generation, and what it can tell of the other
// side. A finished object holds the lock; nothing is stored into the segment before that. docs/format.md, "Names".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <zerobuffer/options.hpp>
#include <zerobuffer/snapshot.hpp>

#include "endpoint/role.hpp"
#include "platform/file_lock.hpp"
#include "platform/fork_registry.hpp"
#include "platform/mapping.hpp"
#include "platform/shared_file.hpp"
#include "wire/layout_v2.hpp"

namespace zerobuffer::endpoint {

// Far beyond the end of any file, where locks are allowed and old peers do not look. The two are neighbours, so that one
// lock call can take both.
inline constexpr platform::ByteRange reader_byte{std::int64_t{1} << 62U, 1};
inline constexpr platform::ByteRange writer_byte{reader_byte.start + 1, 1};
inline constexpr platform::ByteRange both_bytes{reader_byte.start, 2};

constexpr platform::ByteRange byte_of(Role role) noexcept { return role == Role::reader ? reader_byte : writer_byte; }

struct MappedRange {
    const std::byte* begin;
    std::uint64_t size;
};

inline std::string buffer_named(const std::string& name) { return "buffer \"" + name + "\""; }

// Only a storm of creators and removers of one name can make every round fail.
inline constexpr int most_rounds = 1000;
[[noreturn]] void refuse_storm(const std::string& name);

// A byte that somebody tests or lets go of this moment is tried again for 20 ms. False: held by a living peer.
bool try_lock_patiently(int descriptor, platform::ByteRange range, const std::string& name);

class SegmentV2 {
public:
    // Makes the segment, or takes over one of the same shape; with options.replace throws an unheld one away first.
    static SegmentV2 create(Role role, const std::string& name, const Options& options);
    // Attaches to one that is there. Throws Error(not_found, not_ready, busy, ...).
    static SegmentV2 open(Role role, const std::string& name, const Options& options);

    SegmentV2(SegmentV2&&) noexcept = default;
    SegmentV2& operator=(SegmentV2&&) = delete;
    // Abandons, unless it left, or was abandoned, or a fork did it.
    ~SegmentV2();

    [[nodiscard]] wire::ControlV2& control() const noexcept;
    [[nodiscard]] std::byte* payload() const noexcept { return payload_.data(); }
    [[nodiscard]] const wire::Geometry& geometry() const noexcept { return geometry_; }
    // At the time of the attach.
    [[nodiscard]] const platform::FileFacts& facts() const noexcept { return facts_; }
    [[nodiscard]] const platform::SegmentMapping& head() const noexcept { return head_; }
    // What is mapped, for a truncation guard.
    [[nodiscard]] std::array<MappedRange, 2> ranges() const noexcept {
        return {{{head_.data(), head_.size()}, {payload_.data(), 2 * payload_.size()}}};
    }

    // Tells the other side that this one is there, after the ring state was taken over. True: an earlier endpoint had been.
    bool announce() noexcept;
    // The other side: generation first, then its lock.
    [[nodiscard]] PeerState peer() const noexcept;
    // Whether one attached after announce(), or left: it was there, although nobody looked.
    [[nodiscard]] bool peer_came() const noexcept;
    // 0: never attached. Perhaps a number of another PID namespace.
    [[nodiscard]] std::uint64_t peer_pid() const noexcept;
    // Without a system call: a peer that died still counts as attached.
    [[nodiscard]] PeerState peer_without_probe() const noexcept;
    // Lets go in order, and removes the name when nobody is left; a writer leaves unread frames to a reader to come.
    void leave() noexcept;
    // Instead of announce() and leave(): a segment that nobody ever used goes, any other stays as it was found.
    void abandon() noexcept;

private:
    SegmentV2(Role role, std::string name, const platform::SharedFile& file, platform::LockDescriptor lock,
              const wire::Geometry& geometry, const Options& options);

    static std::optional<SegmentV2> try_make(Role role, const std::string& name, const Options& options);
    static std::optional<SegmentV2> try_take_over(Role role, const std::string& name, const Options& options,
                                                  const platform::SharedFile& file);
    [[nodiscard]] wire::CursorLine& line(Role role) const noexcept;
    void remove_if_alone() noexcept;

    Role role_;
    std::string name_;
    wire::Geometry geometry_;
    platform::FileFacts facts_;
    platform::LockDescriptor lock_;
    platform::SegmentMapping head_;  // control block and metadata
    platform::MirroredMapping payload_;
    std::uint64_t first_peer_generation_ = 0;  // at announce()
};

}  // namespace zerobuffer::endpoint
