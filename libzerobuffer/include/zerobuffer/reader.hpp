// SPDX-License-Identifier: MIT
// Reader: takes frames out of a buffer, in place. Frame: one of them, a lease on its bytes.
// One thread at a time uses a reader and its frames. From any thread: cancel(), close(), and, while another thread
// waits in wait() or wait_for_peer() (not with a timeout of 0), everything else. Every call that can fail throws Error; a
// timeout is a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <zerobuffer/options.hpp>
#include <zerobuffer/snapshot.hpp>
#include <zerobuffer/timeout.hpp>

namespace zerobuffer {

namespace detail {

class ReaderEngine;

/// Where a frame lies; the same fields as zb_frame.
struct FrameLease {
    const std::byte* data = nullptr;
    std::uint64_t size = 0;
    std::uint64_t sequence = 0;
    ReaderEngine* reader = nullptr;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

}  // namespace detail

/// A frame being read; releases itself. It may outlive its Reader: the memory stays mapped until it goes.
class [[nodiscard]] ZEROBUFFER_API Frame {
public:
    Frame() noexcept = default;  ///< holds nothing, as after a move or release()
    Frame(Frame&& other) noexcept : lease_(other.lease_) { other.lease_ = {}; }
    Frame& operator=(Frame&& other) noexcept;
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;
    ~Frame() {
        if (lease_.reader != nullptr) { release(); }
    }

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {lease_.data, lease_.size}; }
    /// The same bytes to edit in place. Needs Options::writable, else Error(misuse).
    [[nodiscard]] std::span<std::byte> mutable_bytes() const;
    [[nodiscard]] std::uint64_t size() const noexcept { return lease_.size; }
    /// 1 for the first frame of the buffer, then one more each.
    [[nodiscard]] std::uint64_t sequence() const noexcept { return lease_.sequence; }
    /// Whether this still holds a frame.
    explicit operator bool() const noexcept { return lease_.reader != nullptr; }

    /// Gives the frame back, in any order; space returns to the writer in ring order. Twice is the same as once.
    void release() noexcept;

private:
    friend class Reader;
    explicit Frame(const detail::FrameLease& lease) noexcept : lease_(lease) {}

    detail::FrameLease lease_;
};

class [[nodiscard]] ZEROBUFFER_API Reader {
public:
    /// Makes the buffer and attaches as its reader. A v2 buffer of the same shape that a reader left behind, or that a
    /// live writer made, is taken over (stats().resumed: an earlier reader had been there). Errors: bad_name, busy, incompatible, no_space,
    /// permission_denied, corrupt, misuse (a bad option), system_failure.
    static Reader create(std::string_view name, const Options& options = {});
    /// v2: attaches to a buffer that a writer made; waits options.wait_for_peer for it. Errors: also not_found.
    static Reader open(std::string_view name, const Options& options = {});

    Reader(Reader&& other) noexcept;
    Reader& operator=(Reader&& other) noexcept;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader();

    /// True when a frame can be acquired, false after the timeout. Errors: as acquire.
    [[nodiscard]] bool wait(Timeout timeout = forever);
    /// The next frame, or nothing after the timeout. Errors: peer_closed or peer_died when no frame is left and the
    /// writer that this reader had met is gone (the call may be repeated and goes on when a new writer attaches),
    /// cancelled, closed, corrupt.
    [[nodiscard]] std::optional<Frame> acquire(Timeout timeout = forever);
    /// The newest frame there is; older ones are released unseen (stats().skipped).
    [[nodiscard]] std::optional<Frame> acquire_latest(Timeout timeout = forever);
    /// Waits for one frame, then fills `frames` with all that are there. Returns how many, 0 after the timeout.
    [[nodiscard]] std::size_t acquire_many(std::span<Frame> frames, Timeout timeout = forever);
    /// Releases frames of this reader and wakes the writer at most once.
    void release_many(std::span<Frame> frames) noexcept;

    /// A copy of the metadata, or nothing if the writer publishes none within the timeout.
    [[nodiscard]] std::optional<std::vector<std::byte>> metadata(Timeout timeout = no_wait);
    /// True when a writer is attached, or one came and went and left frames; false after the timeout.
    [[nodiscard]] bool wait_for_peer(Timeout timeout = forever);
    /// Ends the wait of another thread with Error(cancelled); if none waits, the next call that would have to.
    void cancel();
    /// Lets go of the buffer; waiting calls in other threads end with Error(closed). Held frames stay readable. Idempotent.
    void close() noexcept;

    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] std::uint64_t capacity() const;
    [[nodiscard]] std::uint64_t max_frame() const;
    [[nodiscard]] std::uint64_t metadata_size() const;
    [[nodiscard]] std::uint32_t alignment() const;
    [[nodiscard]] Layout layout() const;
    [[nodiscard]] Stats stats() const;

private:
    explicit Reader(detail::ReaderEngine* engine) noexcept : engine_(engine) {}

    detail::ReaderEngine* engine_;
};

}  // namespace zerobuffer
