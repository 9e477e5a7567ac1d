// SPDX-License-Identifier: MIT
// The reader, written once over layouts. The hot path is take and release: no allocation, no lock, no clock, no system call.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "endpoint/engine_base.hpp"
#include "ring/taken.hpp"

namespace zerobuffer::endpoint {

template <class Side>
class ReaderOf final : public EngineBase<detail::ReaderEngine, Side> {
    using Base = EngineBase<detail::ReaderEngine, Side>;
    using FrameLease = detail::FrameLease;
    using Base::loop_;
    using Base::side_;

public:
    ReaderOf(std::string name, const Options& options, Side side) : Base(std::move(name), options, std::move(side)) {}

    Status wait(std::int64_t timeout) override {
        this->require_open();
        if (side_->ready()) { return Status::ok; }
        if (timeout == 0) { return try_found_nothing(); }
        const typename Endpoint::Waiting waiting(*this);
        const platform::Deadline deadline(platform::now(), timeout);
        return loop_.brief_spin(*side_, is_ready()) ? Status::ok : wait_on(deadline);
    }

    Status acquire(FrameLease& frame, std::int64_t timeout) override {
        this->require_open();
        prepare_lease();
        if (try_take(frame)) [[likely]] { return Status::ok; }
        if (timeout == 0) { return try_found_nothing(); }
        const typename Endpoint::Waiting waiting(*this);
        if (loop_.brief_spin(*side_, is_ready()) && try_take(frame)) { return Status::ok; }
        const platform::Deadline deadline(platform::now(), timeout);
        for (;;) {
            const Status status = wait_on(deadline);
            if (status != Status::ok || try_take(frame)) { return status; }
        }
    }

    Status acquire_latest(FrameLease& frame, std::int64_t timeout) override {
        const Status status = acquire(frame, timeout);
        if (status != Status::ok) { return status; }
        // Up to where the writer is now: a fast writer cannot keep us here.
        const std::uint64_t end = side_->ring().produced();
        const std::uint64_t limit = this->geometry().capacity;
        std::uint64_t passed = 0;
        FrameLease next;
        while (static_cast<std::int64_t>(end - side_->ring().position()) > 0 && passed <= limit) {
            prepare_lease();
            if (!try_take(next)) { break; }
            passed += next.end - next.begin;
            give_back(frame);
            this->lease_back();
            ++skipped_;
            frame = std::exchange(next, {});
        }
        if (passed != 0) {
            this->ring_peer();
            this->publish_counters(skipped_);
        }
        return Status::ok;
    }

    Status acquire_many(std::span<FrameLease> frames, std::int64_t timeout, std::size_t& count) override {
        count = 0;
        if (frames.empty()) { return Status::ok; }
        const Status status = acquire(frames[0], timeout);
        if (status != Status::ok) { return status; }
        count = 1 + take_ready(frames.subspan(1));
        return Status::ok;
    }

    // A frame that is corrupt ends the batch; the next call finds it again and says so.
    std::size_t take_ready(std::span<FrameLease> frames) override {
        std::size_t count = 0;
        ring::Taken taken;
        for (; count < frames.size(); ++count) {
            prepare_lease();
            if (side_->take(taken) != ring::Take::taken) { break; }
            hand_out(taken, frames[count]);
        }
        return count;
    }

    bool release(FrameLease& frame) noexcept override {
        if (!give_back(frame)) { return false; }
        if (may_store()) { this->ring_peer(); }
        this->lease_back();
        return true;
    }

    bool release_many(std::span<FrameLease> frames) noexcept override {
        bool known = true;
        std::uint64_t leases = 0;
        for (FrameLease& frame : frames) {
            if (frame.reader == nullptr) { continue; }
            const bool was_held = give_back(frame);
            known = known && was_held;
            leases += was_held ? 1 : 0;
        }
        if (leases != 0 && may_store()) { this->ring_peer(); }
        // The last one may free this engine.
        for (; leases != 0; --leases) {
            this->lease_back();
        }
        return known;
    }

    Status metadata(std::int64_t timeout, std::optional<std::vector<std::byte>>& metadata) override {
        return this->wait_asleep(
            [&] {
                metadata = side_->metadata();
                return metadata.has_value();
            },
            timeout);
    }

    Status wait_for_peer(std::int64_t timeout) override { return this->wait_until_attached(timeout); }

    Stats stats() override {
        this->require_open();
        Stats stats = this->common_stats();
        stats.skipped = skipped_;
        return stats;
    }

private:
    // An empty try is cheap; a poller still learns of a lost peer.
    static constexpr std::uint32_t tries_per_look = 16;

    auto is_ready() noexcept {
        return [this] { return side_->ready(); };
    }

    // Out-of-order release needs room for one entry per frame held; grows before a frame is taken, and only ever then.
    void prepare_lease() {
        if (this->leases() >= prepared_) [[unlikely]] {
            prepared_ = std::max<std::uint64_t>(64, 2 * this->leases());
            side_->ring().reserve(prepared_);
        }
    }

    bool try_take(FrameLease& frame) {
        ring::Taken taken;
        const ring::Take result = side_->take(taken);
        if (result == ring::Take::none) { return false; }
        if (result == ring::Take::corrupt) [[unlikely]] { this->poison(side_->ring().violation()); }
        hand_out(taken, frame);
        return true;
    }

    void hand_out(const ring::Taken& taken, FrameLease& frame) noexcept {
        frame = {taken.data, taken.size, taken.extent.sequence, this, taken.extent.begin, taken.extent.end};
        this->lease_out();
        empty_tries_ = 0;
    }

    // Returns the lease to the ring, without ringing and without counting it back.
    bool give_back(FrameLease& frame) noexcept {
        const ring::Extent extent{frame.begin, frame.end, frame.sequence};
        frame = {};
        if (!may_store()) { return true; }
        return side_->ring().release(extent) != ring::ReleaseOrder::Outcome::misuse;
    }

    // A ring that is corrupt, or that belongs to the parent process, is not written to any more.
    [[nodiscard]] bool may_store() const noexcept {
        return this->state() == State::open || this->state() == State::closed;
    }

    bool met_writer() noexcept { return side_->ring().frames() != 0; }

    Status try_found_nothing() {
        if (++empty_tries_ % tries_per_look != 0) { return Status::timeout; }
        const PeerState peer = side_->peer();
        this->note_peer(peer);
        const bool gone = peer == PeerState::closed || peer == PeerState::died;
        if (gone && (this->peer_seen() || met_writer()) && !side_->ready()) {
            this->refuse_wait(peer == PeerState::closed ? Waited::peer_closed : Waited::peer_died);
        }
        return Status::timeout;
    }

    Status wait_on(platform::Deadline deadline) {
        const Waited how = loop_.run(*this, *side_, is_ready(), side_->ring().sequence() + 1, deadline,
                                     [this] { return met_writer(); });
        this->publish_counters(skipped_);
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

    std::uint64_t prepared_ = 0;
    std::uint64_t skipped_ = 0;
    std::uint32_t empty_tries_ = 0;
};

}  // namespace zerobuffer::endpoint
