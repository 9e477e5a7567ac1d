// SPDX-License-Identifier: MIT
// Writer: puts frames into a buffer, in place or by copy. Claim: room for one frame, a lease on its bytes.
// One thread at a time uses a writer and its claim. From any thread: cancel(), close(), and, while another thread
// waits in wait() or wait_for_peer() (not with a timeout of 0), everything else. Every call that can fail throws Error; a
// timeout is a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <zerobuffer/options.hpp>
#include <zerobuffer/snapshot.hpp>
#include <zerobuffer/timeout.hpp>

namespace zerobuffer {

using Bytes = std::span<const std::byte>;

namespace detail {

class WriterEngine;

/// Where a claim lies; the same fields as zb_claim.
struct ClaimLease {
    std::byte* data = nullptr;
    std::uint64_t size = 0;
    WriterEngine* writer = nullptr;
    std::uint64_t ticket = 0;
};

}  // namespace detail

/// Room for one frame. Without commit() the destructor aborts and nothing is published.
class [[nodiscard]] ZEROBUFFER_API Claim {
public:
    Claim() noexcept = default;  ///< holds nothing, as after a move, commit() or abort()
    Claim(Claim&& other) noexcept : lease_(other.lease_) { other.lease_ = {}; }
    Claim& operator=(Claim&& other) noexcept;
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;
    ~Claim() {
        if (lease_.writer != nullptr) { abort(); }
    }

    /// Uninitialised memory of the ring to be filled.
    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return {lease_.data, lease_.size}; }
    [[nodiscard]] std::uint64_t size() const noexcept { return lease_.size; }

    /// Publishes everything as one frame and returns its sequence. Errors: misuse (second commit), closed.
    std::uint64_t commit() { return commit(lease_.size); }
    /// Publishes the first `size` bytes; the rest is free again. Errors: also misuse when size is more than was claimed.
    std::uint64_t commit(std::uint64_t size);
    /// Gives the room back; nothing is published. Twice, or after commit, does nothing.
    void abort() noexcept;

private:
    friend class Writer;

    detail::ClaimLease lease_;
};

class [[nodiscard]] ZEROBUFFER_API Writer {
public:
    /// v2: makes the buffer and attaches as its writer, or takes over one of the same shape. Errors as Reader::create.
    static Writer create(std::string_view name, const Options& options = {});
    /// Attaches to the buffer that a reader made; waits options.wait_for_peer for it. Sequence numbers carry on.
    /// Errors: bad_name, not_found, not_ready, busy, incompatible, corrupt, permission_denied, system_failure.
    static Writer open(std::string_view name, const Options& options = {});

    Writer(Writer&& other) noexcept;
    Writer& operator=(Writer&& other) noexcept;
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer();

    /// True when a frame of `size` bytes can be claimed, false after the timeout. Errors: as claim.
    [[nodiscard]] bool wait(std::uint64_t size, Timeout timeout = forever);
    /// Room for a frame of up to `size` bytes, or nothing when the ring stays full. Errors: too_large (it never fits),
    /// peer_closed or peer_died (full, and the reader that this writer had met is gone), misuse (a claim is open),
    /// cancelled, closed, corrupt.
    [[nodiscard]] std::optional<Claim> claim(std::uint64_t size, Timeout timeout = forever);
    /// Copies one frame in. Returns its sequence, or nothing when the ring stays full. Errors: as claim.
    std::optional<std::uint64_t> write(Bytes frame, Timeout timeout = forever);
    /// Copies parts one after the other into one frame.
    std::optional<std::uint64_t> write_parts(std::span<const Bytes> parts, Timeout timeout = forever);
    /// Copies several frames in order; wakes the reader at most once per full ring. Returns how many were committed: all
    /// unless the time ran out. On an Error the frames before it are committed: stats().sequence says how far it came.
    std::size_t write_many(std::span<const Bytes> frames, Timeout timeout = forever);

    /// Describes the stream, once per writer (v1: per buffer); the same bytes again do nothing, others are Error(misuse).
    /// Errors: too_large when it does not fit metadata_size() - 8.
    void publish_metadata(Bytes metadata);
    /// True when a reader is attached, false after the timeout.
    [[nodiscard]] bool wait_for_peer(Timeout timeout = forever);
    /// Ends the wait of another thread with Error(cancelled); if none waits, the next call that would have to.
    void cancel();
    /// Lets go of the buffer; an open claim is aborted, waiting calls end with Error(closed). Idempotent.
    void close() noexcept;

    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] std::uint64_t capacity() const;
    [[nodiscard]] std::uint64_t max_frame() const;
    [[nodiscard]] std::uint64_t metadata_size() const;
    [[nodiscard]] std::uint32_t alignment() const;
    [[nodiscard]] Layout layout() const;
    [[nodiscard]] Stats stats() const;

private:
    explicit Writer(detail::WriterEngine* engine) noexcept : engine_(engine) {}

    detail::WriterEngine* engine_;
};

}  // namespace zerobuffer
