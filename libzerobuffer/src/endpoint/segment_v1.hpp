// SPDX-License-Identifier: MIT
// One side's hold on a v1 buffer: segment, semaphores, pid field, and, between peers of this library, the lock byte. The
// reader makes and removes everything; the writer attaches. An old peer is judged by its pid and its lock file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <zerobuffer/options.hpp>
#include <zerobuffer/snapshot.hpp>

#include "endpoint/role.hpp"
#include "endpoint/segment_v2.hpp"  // lock bytes: the same for both layouts
#include "platform/lock_file.hpp"
#include "platform/mapping.hpp"
#include "platform/named_semaphore.hpp"
#include "platform/shared_file.hpp"
#include "wire/layout_v1.hpp"

namespace zerobuffer::endpoint {

inline std::string data_semaphore(const std::string& name) { return "sem-w-" + name; }   // posted by the writer
inline std::string space_semaphore(const std::string& name) { return "sem-r-" + name; }  // posted by the reader

class SegmentV1 {
public:
    // As reader, with semaphores made before the segment appears. A block that a dead reader left is replaced.
    static SegmentV1 create(const std::string& name, const Options& options);
    // As writer, with semaphores opened before the pid is stored.
    static SegmentV1 open(const std::string& name, const Options& options);

    SegmentV1(SegmentV1&&) noexcept = default;
    SegmentV1& operator=(SegmentV1&&) = delete;
    // Leaves, unless that was done, or done by a fork.
    ~SegmentV1();

    [[nodiscard]] wire::ControlV1& control() const noexcept;
    [[nodiscard]] std::byte* payload() const noexcept { return mapping_.data() + geometry_.payload_offset; }
    [[nodiscard]] const wire::Geometry& geometry() const noexcept { return geometry_; }
    [[nodiscard]] const platform::SegmentMapping& mapping() const noexcept { return mapping_; }
    [[nodiscard]] std::array<MappedRange, 2> ranges() const noexcept {
        return {{{mapping_.data(), mapping_.size()}, {}}};
    }
    [[nodiscard]] platform::NamedSemaphore& data() noexcept { return data_; }
    [[nodiscard]] platform::NamedSemaphore& space() noexcept { return space_; }

    [[nodiscard]] PeerState peer() noexcept;
    [[nodiscard]] std::uint64_t peer_pid() const noexcept;
    void leave() noexcept;
    // Writer: whether an earlier writer may have died between a frame and its token, and a token too many does no harm: the
    // reader is one of this library, which drops it.
    [[nodiscard]] bool owes_token() const noexcept;

private:
    SegmentV1(Role role, std::string name, const platform::SharedFile& file, platform::LockDescriptor lock,
              const wire::Geometry& geometry, platform::NamedSemaphore data, platform::NamedSemaphore space,
              const Options& options);

    static std::optional<SegmentV1> try_make(const std::string& name, const wire::Geometry& geometry,
                                             const Options& options);
    static std::optional<SegmentV1> try_open(const std::string& name, const Options& options);
    void claim_pid();
    void remember_peer(std::uint64_t& peer, std::uint64_t pid) noexcept;
    void forget_peer() noexcept;
    [[nodiscard]] PeerState invisible_reader() const noexcept;
    PeerState invisible_writer(std::uint64_t pid) noexcept;
    void remove_names() const noexcept;

    Role role_;
    std::string name_;
    wire::Geometry geometry_;
    platform::FileFacts facts_;
    platform::LockDescriptor lock_;
    platform::SegmentMapping mapping_;
    platform::NamedSemaphore data_;
    platform::NamedSemaphore space_;
    std::optional<platform::LockFiles> lock_files_;  // the reader's
    // What was seen of the peer; stats() may look at it while another thread waits. Pids only until it is seen to leave.
    std::uint64_t peer_was_there_ = 0;  // 1: one of the next two was set
    std::uint64_t known_peer_ = 0;      // pid that held its lock byte: a peer of this library
    std::uint64_t visible_peer_ = 0;    // pid that existed here once: not of another namespace
    std::uint64_t invisible_peer_ = 0;  // pid that never existed here, and how far it had come when
    std::uint64_t invisible_written_ = 0;
    std::int64_t invisible_since_ = 0;
    bool is_in_ = false;        // the name, or the pid, was given to this one
    bool after_death_ = false;  // writer: the one before did not close
};

}  // namespace zerobuffer::endpoint
