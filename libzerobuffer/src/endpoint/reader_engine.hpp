// SPDX-License-Identifier: MIT
// The reader, written once over layouts. The hot path is take and release: no allocation, no lock, no clock, no system call.
#pragma once

#include <algorithm>
#include <cstdint>
#include <new>
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
    ReaderOf(std::string name, const Options& options, typename Side::Segment segment)
        : Base(std::move(name), options, std::move(segment)) {}

    Status wait(std::int64_t timeout) override {
        if (timeout == 0) {
            const typename Endpoint::Calling calling(*this);
            this->require_open();
            return side_->ready() ? Status::ok : try_found_nothing();
        }
        const typename Endpoint::Waiting waiting(*this);
        if (side_->ready()) { return Status::ok; }
        const platform::Deadline deadline(platform::now(), timeout);
        return loop_.brief_spin(*side_, is_ready()) != 0 ? Status::ok : wait_on(deadline);
    }

    Status acquire(FrameLease& frame, std::int64_t timeout) override {
        const typename Endpoint::Calling calling(*this);
        return acquire_marked(frame, timeout);
    }

    Status acquire_latest(FrameLease& frame, std::int64_t timeout) override {
        const typename Endpoint::Calling calling(*this);
        const Status status = acquire_marked(frame, timeout);
        if (status != Status::ok) { return status; }
        // Up to where the writer is now: a fast writer cannot keep us here.
        const std::uint64_t end = side_->ring().produced();
        const std::uint64_t limit = this->geometry().capacity;
        std::uint64_t passed = 0;
        FrameLease next;
        // What the mirror shows, and the one frame that it may be late by.
        bool beyond = false;
        while (!beyond && passed <= limit) {
            beyond = static_cast<std::int64_t>(end - side_->ring().position()) <= 0;
            if (!try_take_next(next)) { break; }
            passed += next.end - next.begin;
            give_back(frame);
            this->lease_back();
            wire::count_up(loop_.counters.skipped);
            frame = std::exchange(next, {});
        }
        if (passed != 0) {
            this->ring_peer();
            loop_.counters.publish();
        }
        return Status::ok;
    }

    Status acquire_many(std::span<FrameLease> frames, std::int64_t timeout, std::size_t& count) override {
        const typename Endpoint::Calling calling(*this);
        count = 0;
        if (frames.empty()) { return Status::ok; }
        const Status status = acquire_marked(frames[0], timeout);
        if (status == Status::ok) { count = 1 + take_all(frames.subspan(1)); }
        return status;
    }

    std::size_t take_ready(std::span<FrameLease> frames) override {
        const typename Endpoint::Calling calling(*this);
        return this->state() == State::open ? take_all(frames) : 0;
    }

    bool release(FrameLease& frame) noexcept override {
        typename Endpoint::Returning returning(*this);
        const typename Endpoint::Calling calling(*this);
        if (!give_back(frame)) { return false; }
        if (may_store()) { this->ring_peer(); }
        returning.lease_back();
        return true;
    }

    bool release_many(std::span<FrameLease> frames) noexcept override {
        typename Endpoint::Returning returning(*this);
        const typename Endpoint::Calling calling(*this);
        bool all_known = true;
        for (FrameLease& frame : frames) {
            if (frame.reader == nullptr) { continue; }
            const bool known = give_back(frame);
            all_known = all_known && known;
            if (known) { returning.lease_back(); }
        }
        if (may_store()) { this->ring_peer(); }
        return all_known;
    }

    Status metadata(std::int64_t timeout, std::optional<std::vector<std::byte>>& metadata) override {
        const auto found = [&] {
            if (timeout == 0) { return find_metadata(metadata); }
            // The writer first, then its metadata once more.
            const PeerState peer = this->look_for_peer();
            if (find_metadata(metadata)) { return true; }
            refuse_lost(peer);
            return false;
        };
        return this->look_or_wait_asleep(found, timeout);
    }

    // A writer that came and went since the last look has left its frames.
    Status wait_for_peer(std::int64_t timeout) override {
        const auto came = [this] { return this->look_for_peer() == PeerState::attached || side_->ready(); };
        return this->look_or_wait_asleep(came, timeout);
    }

    Stats stats() override {
        const typename Endpoint::Calling calling(*this);
        this->require_open();
        return this->common_stats();
    }

private:
    // An empty try is cheap; a poller still learns of a lost peer.
    static constexpr std::uint32_t tries_per_look = 16;
    static constexpr std::uint32_t calls_of_a_stream = 4;

    Status acquire_marked(FrameLease& frame, std::int64_t timeout) {
        this->require_open();
        prepare_lease();
        if (try_take(frame)) [[likely]] { return Status::ok; }
        return timeout == 0 ? try_found_nothing() : wait_and_take(frame, timeout);
    }

    // Out of line, as everything that is rare, so that the common way needs no room for its registers.
    [[gnu::noinline]] Status wait_and_take(FrameLease& frame, std::int64_t timeout) {
        const typename Endpoint::Waiting waiting(*this);
        if (const int polls = loop_.brief_spin(*side_, is_ready())) {
            settle_down(polls);
            if (try_take(frame)) { return Status::ok; }
        }
        const platform::Deadline deadline(platform::now(), timeout);
        for (;;) {
            const Status status = wait_on(deadline);
            if (status != Status::ok || try_take(frame)) { return status; }
            // v1: tokens without frames, from a faulty peer. They must not outlast the timeout.
            if (deadline.passed(platform::now())) { return Status::timeout; }
        }
    }

    // A stream that a reader keeps up with is slow: every frame then takes a cache line away from the writer in the middle of
    // its stores. A reader that found several frames in a row at once lets some more come: for some microseconds while the
    // stream flows, and for one look when it has stopped. Who was in a stream the last time is so again at the first such
    // frame. The answer to a question is never that fast.
    void settle_down(int polls) noexcept {
        if (polls > 2) {
            close_calls_ = 0;
            return;
        }
        if (++close_calls_ < calls_of_a_stream) { return; }
        close_calls_ = 0;
        std::uint64_t seen = side_->ring().produced();
        for (int round = 0; round < 16; ++round) {
            for (int i = 0; i < 80; ++i) {
                platform::pause();
            }
            const std::uint64_t now = side_->ring().produced();
            if (now == seen) { return; }
            close_calls_ = calls_of_a_stream - 1;
            seen = now;
        }
    }

    // A frame that is corrupt ends a batch; the next call finds it again and says so.
    std::size_t take_all(std::span<FrameLease> frames) noexcept {
        std::size_t count = 0;
        while (count < frames.size() && try_take_next(frames[count])) {
            ++count;
        }
        return count;
    }

    bool try_take_next(FrameLease& frame) noexcept {
        ring::Taken taken;
        if (!try_prepare_lease() || side_->take(taken) != ring::Take::taken) { return false; }
        hand_out(taken, frame);
        return true;
    }

    auto is_ready() noexcept {
        return [this] { return side_->ready(); };
    }

    // Out-of-order release needs room for one entry per frame held; grows before a frame is taken, and only ever then.
    void prepare_lease() {
        if (this->leases() >= prepared_) [[unlikely]] { prepare_more_leases(); }
    }
    [[gnu::noinline]] void prepare_more_leases() {
        const std::uint64_t wanted = std::max<std::uint64_t>(64, 2 * this->leases());
        side_->ring().reserve(wanted);
        prepared_ = wanted;
    }
    // Without memory for one more: what was taken so far must reach the caller.
    bool try_prepare_lease() noexcept {
        try {
            prepare_lease();
            return true;
        } catch (const std::bad_alloc&) { return false; }
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

    bool met_writer() noexcept { return side_->ring().frames() != 0 || side_->peer_came(); }

    [[gnu::noinline]] Status try_found_nothing() {
        if (++empty_tries_ % tries_per_look != 0) { return Status::timeout; }
        const PeerState peer = this->look_for_peer();
        if (!side_->ready()) { refuse_lost(peer); }
        return Status::timeout;
    }

    // A writer that this reader has met and that is gone is reported where nothing else is left.
    void refuse_lost(PeerState peer) {
        if (peer != PeerState::closed && peer != PeerState::died) { return; }
        if (!this->peer_seen() && !met_writer()) { return; }
        this->refuse_wait(peer == PeerState::closed ? Waited::peer_closed : Waited::peer_died);
    }

    bool find_metadata(std::optional<std::vector<std::byte>>& metadata) {
        ring::Violation violation;
        metadata = side_->metadata(violation);
        if (violation.field != nullptr) { this->poison(violation); }
        return metadata.has_value();
    }

    Status wait_on(platform::Deadline deadline) {
        const Waited how = loop_.run(*this, *side_, is_ready(), side_->ring().sequence() + 1, deadline,
                                     [this] { return met_writer(); });
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
    std::uint32_t empty_tries_ = 0;
    std::uint32_t close_calls_ = 0;  // frames in a row that came within two polls
};

}  // namespace zerobuffer::endpoint
