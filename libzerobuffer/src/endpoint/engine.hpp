// SPDX-License-Identifier: MIT
// What the public classes and the C functions call: one virtual call per operation, which costs nothing measurable, and
// hides which layout is behind it. Results: ok, timeout or interrupted are returned, everything else is thrown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <zerobuffer/reader.hpp>
#include <zerobuffer/writer.hpp>

#include "endpoint/endpoint.hpp"

namespace zerobuffer::detail {

// Timeouts in nanoseconds; negative: for ever.
class ReaderEngine : public endpoint::Endpoint {
public:
    static ReaderEngine* create(std::string_view name, const Options& options);
    static ReaderEngine* open(std::string_view name, const Options& options);

    virtual Status wait(std::int64_t timeout) = 0;
    virtual Status acquire(FrameLease& frame, std::int64_t timeout) = 0;
    virtual Status acquire_latest(FrameLease& frame, std::int64_t timeout) = 0;
    virtual Status acquire_many(std::span<FrameLease> frames, std::int64_t timeout, std::size_t& count) = 0;
    // Those that are there now, without a wait and without a look at the peer.
    virtual std::size_t take_ready(std::span<FrameLease> frames) = 0;
    // False: this frame was released before.
    virtual bool release(FrameLease& frame) noexcept = 0;
    virtual bool release_many(std::span<FrameLease> frames) noexcept = 0;
    virtual Status metadata(std::int64_t timeout, std::optional<std::vector<std::byte>>& metadata) = 0;
    virtual Status wait_for_peer(std::int64_t timeout) = 0;
    virtual Stats stats() = 0;

protected:
    using Endpoint::Endpoint;
};

class WriterEngine : public endpoint::Endpoint {
public:
    static WriterEngine* create(std::string_view name, const Options& options);
    static WriterEngine* open(std::string_view name, const Options& options);

    virtual Status wait(std::uint64_t size, std::int64_t timeout) = 0;
    virtual Status claim(std::uint64_t size, ClaimLease& claim, std::int64_t timeout) = 0;
    virtual std::uint64_t commit(ClaimLease& claim, std::uint64_t size) = 0;
    // False: this claim was committed or aborted before.
    virtual bool abort(ClaimLease& claim) noexcept = 0;
    virtual Status write(Bytes frame, std::int64_t timeout, std::uint64_t& sequence) = 0;
    virtual Status write_parts(std::span<const Bytes> parts, std::int64_t timeout, std::uint64_t& sequence) = 0;
    virtual Status write_many(std::span<const Bytes> frames, std::int64_t timeout, std::size_t& written) = 0;
    virtual void publish_metadata(Bytes metadata) = 0;
    virtual Status wait_for_peer(std::int64_t timeout) = 0;
    virtual Stats stats() = 0;

protected:
    using Endpoint::Endpoint;
};

}  // namespace zerobuffer::detail
