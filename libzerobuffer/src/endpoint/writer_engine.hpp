// SPDX-License-Identifier: MIT
// The writer, written once over layouts. The hot path is claim and commit: no allocation, no lock, no clock, no system call.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "endpoint/engine_base.hpp"
#include "ring/copy.hpp"

namespace zerobuffer::endpoint {

template <class Side>
class WriterOf final : public EngineBase<detail::WriterEngine, Side> {
    using Base = EngineBase<detail::WriterEngine, Side>;
    using ClaimLease = detail::ClaimLease;
    using Base::loop_;
    using Base::side_;

public:
    WriterOf(std::string name, const Options& options, typename Side::Segment segment)
        : Base(std::move(name), options, std::move(segment)), streaming_(streaming_of(options)) {}

    Status wait(std::uint64_t size, std::int64_t timeout) override {
        if (timeout == 0) {
            const typename Endpoint::Calling calling(*this);
            this->require_open();
            return may_write(size) ? Status::ok : try_found_full(size);
        }
        const typename Endpoint::Waiting waiting(*this);
        if (may_write(size)) { return Status::ok; }
        if (brief_spin(size)) { return Status::ok; }
        return wait_on(size, platform::Deadline(platform::now(), timeout));
    }

    Status claim(std::uint64_t size, ClaimLease& claim, std::int64_t timeout) override {
        const typename Endpoint::Calling calling(*this);
        std::byte* data = nullptr;
        const Status status = room(size, data, timeout);
        if (status != Status::ok) { return status; }
        claimed_ = true;
        claimed_size_ = size;
        claim = {data, size, this, ++ticket_};
        this->lease_out();
        return Status::ok;
    }

    std::uint64_t commit(ClaimLease& claim, std::uint64_t size) override {
        typename Endpoint::Returning returning(*this);
        const typename Endpoint::Calling calling(*this);
        check_commit(claim, size);
        claimed_ = false;
        claim = {};
        const std::uint64_t sequence = publish(size);
        after_publish();
        returning.lease_back();
        require_intact();
        return sequence;
    }

    bool abort(ClaimLease& claim) noexcept override {
        typename Endpoint::Returning returning(*this);
        const typename Endpoint::Calling calling(*this);
        if (!is_current(claim)) { return false; }
        claimed_ = false;
        claim = {};
        returning.lease_back();
        return true;
    }

    Status write(Bytes frame, std::int64_t timeout, std::uint64_t& sequence) override {
        const typename Endpoint::Calling calling(*this);
        std::byte* data = nullptr;
        const Status status = room(frame.size(), data, timeout);
        if (status != Status::ok) { return status; }
        ring::copy_in(data, frame.data(), frame.size(), streams(frame.size()));
        sequence = publish(frame.size());
        after_publish();
        require_intact();
        return Status::ok;
    }

    Status write_parts(std::span<const Bytes> parts, std::int64_t timeout, std::uint64_t& sequence) override {
        const typename Endpoint::Calling calling(*this);
        std::uint64_t size = 0;
        for (const Bytes& part : parts) {
            size += std::min<std::uint64_t>(part.size(), ~size);
        }
        std::byte* data = nullptr;
        const Status status = room(size, data, timeout);
        if (status != Status::ok) { return status; }
        const bool streaming = streams(size);
        for (const Bytes& part : parts) {
            ring::copy_in(data, part.data(), part.size(), streaming);
            data += part.size();
        }
        sequence = publish(size);
        after_publish();
        require_intact();
        return Status::ok;
    }

    Status write_many(std::span<const Bytes> frames, std::int64_t timeout, std::size_t& written) override {
        const typename Endpoint::Calling calling(*this);
        written = 0;
        require_ready();
        for (const Bytes& frame : frames) {
            check_size(frame.size());
        }
        const platform::Deadline deadline(timeout > 0 ? platform::now() : 0, timeout);
        for (const Bytes& frame : frames) {
            std::byte* data = nullptr;
            if (side_->ring().claim(frame.size(), data) != ring::Room::there) {
                // Everything so far must be known to the reader before this side sleeps, or throws.
                if (written != 0) { after_publish(); }
                const std::int64_t left =
                    timeout > 0 ? std::max<std::int64_t>(0, deadline.remaining(platform::now())) : timeout;
                const Status status = room(frame.size(), data, left);
                if (status != Status::ok) { return status; }
            }
            ring::copy_in(data, frame.data(), frame.size(), streams(frame.size()));
            publish(frame.size());
            ++written;
        }
        if (written != 0) { after_publish(); }
        require_intact();
        return Status::ok;
    }

    void publish_metadata(Bytes metadata) override {
        const typename Endpoint::Calling calling(*this);
        this->require_open();
        const std::uint64_t block = this->geometry().metadata_size;
        if (block < wire::metadata_prefix || metadata.size() > block - wire::metadata_prefix) {
            this->fail(Status::too_large,
                       "metadata of " + std::to_string(metadata.size()) + " bytes, but the buffer was made for " +
                           std::to_string(block < wire::metadata_prefix ? 0 : block - wire::metadata_prefix) +
                           "; create it with a larger metadata_size");
        }
        if (side_->publish_metadata(metadata, !published_metadata_) == Published::conflict) {
            this->fail(Status::misuse, "metadata was published before and differs; describe a stream once");
        }
        published_metadata_ = true;
        this->ring_peer();
    }

    Status wait_for_peer(std::int64_t timeout) override {
        return this->look_or_wait_asleep([this] { return this->look_for_peer() == PeerState::attached; }, timeout);
    }

    Stats stats() override {
        const typename Endpoint::Calling calling(*this);
        this->require_open();
        return this->common_stats();
    }

private:
    static constexpr std::uint32_t tries_per_look = 16;

    enum class Streaming { never, when_awaited, always };

    [[nodiscard]] Streaming streaming_of(const Options& options) const noexcept {
        const std::uint64_t capacity = this->geometry().capacity;
        if (options.copy == Copy::cached) { return Streaming::never; }
        if (options.copy == Copy::streaming || capacity >= ring::streaming_ring) { return Streaming::always; }
        return capacity >= ring::streaming_ring_when_awaited ? Streaming::when_awaited : Streaming::never;
    }

    // Whether a frame of this size goes past the cache. A reader that has at most one such frame before it is awaited soon.
    [[nodiscard]] bool streams(std::uint64_t size) noexcept {
        if (size < ring::streaming_frame || streaming_ == Streaming::never) { return false; }
        return streaming_ == Streaming::always || side_->ring().used() <= size + ring::streaming_frame;
    }

    [[nodiscard]] bool is_current(const ClaimLease& claim) const noexcept {
        return claimed_ && claim.ticket == ticket_;
    }

    [[noreturn]] void refuse_empty() const {
        this->fail(Status::misuse, "layout v1 cannot carry a frame of 0 bytes; send at least one, or use layout v2");
    }
    [[noreturn]] void refuse_size(std::uint64_t size) const {
        const std::uint64_t most = this->geometry().max_frame;
        if (size > most) {
            this->fail(Status::too_large, "a frame of " + std::to_string(size) +
                                              " bytes, but the largest possible has " + std::to_string(most) +
                                              "; create the buffer with a larger capacity");
        }
        this->fail(Status::too_large,
                   "a frame of " + std::to_string(size) +
                       " bytes cannot be placed at this position of a v1 "
                       "ring, even when it is empty; send at most half the capacity less 24 bytes, or use layout v2");
    }

    void check_commit(const ClaimLease& claim, std::uint64_t size) const {
        this->require_open();
        if (!is_current(claim) || size > claimed_size_) [[unlikely]] { refuse_commit(claim, size); }
        if (size < Side::smallest_frame) [[unlikely]] { refuse_empty(); }
    }
    // Out of line, so that the check itself is not.
    [[noreturn, gnu::noinline]] void refuse_commit(const ClaimLease& claim, std::uint64_t size) const {
        if (!is_current(claim)) {
            this->fail(Status::misuse, "this claim was committed or aborted before; claim again");
        }
        this->fail(Status::misuse, "commit of " + std::to_string(size) + " bytes, but only " +
                                       std::to_string(claimed_size_) + " were claimed; the claim stays open");
    }

    // In guarded mode: what went into pages that are no longer the segment's was sent to nobody.
    void require_intact() const {
        if (this->state() == State::truncated) [[unlikely]] { this->refuse(); }
    }

    void check_size(std::uint64_t size) const {
        if (size < Side::smallest_frame) [[unlikely]] { refuse_empty(); }
        if (size > this->geometry().max_frame) [[unlikely]] { refuse_size(size); }
    }

    void require_ready() {
        this->require_open();
        if (claimed_) [[unlikely]] { refuse_second_claim(); }
        if (side_->reader_left()) [[unlikely]] { this->refuse_wait(Waited::peer_closed); }
    }

    [[noreturn, gnu::noinline]] void refuse_second_claim() const {
        this->fail(Status::misuse, "a claim is open; commit or abort it first");
    }

    bool may_write(std::uint64_t size) {
        check_size(size);
        if (side_->reader_left()) { this->refuse_wait(Waited::peer_closed); }
        return side_->ring().has_room(size);
    }

    // Finds room for one frame, waiting for it if need be.
    Status room(std::uint64_t size, std::byte*& data, std::int64_t timeout) {
        require_ready();
        if (size < Side::smallest_frame) [[unlikely]] { refuse_empty(); }
        if (look(size, data)) [[likely]] {
            full_tries_ = 0;
            return Status::ok;
        }
        return timeout == 0 ? try_found_full(size) : wait_for_room(size, data, timeout);
    }

    [[gnu::noinline]] Status wait_for_room(std::uint64_t size, std::byte*& data, std::int64_t timeout) {
        const typename Endpoint::Waiting waiting(*this);
        if (brief_spin(size)) {
            settle_down();
            if (look(size, data)) { return Status::ok; }
        }
        const platform::Deadline deadline(platform::now(), timeout);
        for (;;) {
            const Status status = wait_on(size, deadline);
            if (status != Status::ok || look(size, data)) { return status; }
            // Room that is gone again, from a faulty peer. It must not outlast the timeout.
            if (deadline.passed(platform::now())) { return Status::timeout; }
        }
    }

    auto has_room(std::uint64_t size) noexcept {
        return [this, size] { return side_->ring().has_room(size); };
    }
    bool brief_spin(std::uint64_t size) noexcept { return loop_.brief_spin(*side_, has_room(size)) != 0; }

    Status wait_on(std::uint64_t size, platform::Deadline deadline) {
        const Waited how = loop_.run(*this, *side_, has_room(size), side_->ring().sequence() + 1, deadline,
                                     [this] { return met_reader(); });
        switch (how) {
            case Waited::ready:
                return Status::ok;
            case Waited::timeout:
                return Status::timeout;
            case Waited::interrupted:
                return Status::interrupted;
            default:
                this->refuse_wait(how);
        }
    }

    bool look(std::uint64_t size, std::byte*& data) {
        switch (side_->ring().claim(size, data)) {
            case ring::Room::there:
                return true;
            case ring::Room::full:
                return false;
            case ring::Room::too_large:
                refuse_size(size);
            case ring::Room::corrupt:
                break;
        }
        this->poison(side_->ring().violation());
    }

    // Small frames through a full ring: one frame per hand-over is the slowest way there is. Let some more room come, for
    // about a microsecond; only ever after the ring was full.
    void settle_down() noexcept {
        const std::uint64_t enough = std::min<std::uint64_t>(64U << 10U, this->geometry().capacity / 4);
        for (int round = 0; round < 8 && side_->ring().free_bytes() < enough; ++round) {
            for (int i = 0; i < 8; ++i) {
                platform::pause();
            }
            if (!side_->ring().refresh()) { return; }
        }
    }

    bool met_reader() noexcept { return side_->ring().reader_moved() || side_->peer_came(); }

    [[gnu::noinline]] Status try_found_full(std::uint64_t size) {
        if (++full_tries_ % tries_per_look != 0) { return Status::timeout; }
        const PeerState peer = this->look_for_peer();
        const bool gone = peer == PeerState::closed || peer == PeerState::died;
        if (gone && (this->peer_seen() || met_reader()) && !side_->ring().has_room(size)) {
            this->refuse_wait(peer == PeerState::closed ? Waited::peer_closed : Waited::peer_died);
        }
        return Status::timeout;
    }

    std::uint64_t publish(std::uint64_t size) noexcept {
        const std::uint64_t sequence = side_->ring().commit(size);
        side_->published();
        return sequence;
    }
    void after_publish() noexcept {
        this->ring_peer();
        side_->ring().prepare_next();
    }

    Streaming streaming_;
    bool claimed_ = false;
    bool published_metadata_ = false;
    std::uint32_t full_tries_ = 0;
    std::uint64_t claimed_size_ = 0;
    std::uint64_t ticket_ = 0;
};

}  // namespace zerobuffer::endpoint
