// SPDX-License-Identifier: MIT
// The part of an engine that reader and writer share, written once over layouts: the side, the wait loop, the counters.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "endpoint/engine.hpp"
#include "endpoint/wait_loop.hpp"
#include "platform/fence.hpp"
#include "platform/guard.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::endpoint {

template <class Engine, class Side>
class EngineBase : public Engine {
public:
    EngineBase(const EngineBase&) = delete;
    EngineBase& operator=(const EngineBase&) = delete;

protected:
    EngineBase(std::string name, const Options& options, typename Side::Segment segment)
        : Engine(Side::role, std::move(name), options),
          side_(std::in_place, std::move(segment), options.wait_mode),
          loop_(options) {
        this->set_geometry(side_->geometry());
        this->set_asymmetric(platform::register_membarrier());
        try {
            if (options.guarded) { guard(); }
            loop_.counters.go_on(side_->statistics());
            if (!side_->attach()) { this->poison(side_->ring().violation()); }
        } catch (...) {
            side_->abandon();
            throw;
        }
        this->note_peer(side_->peer());
        const platform::ForksHeld held;
        this->listen(held);
    }
    ~EngineBase() override { this->stop_listening(); }

    // Waits for an attached peer or another event that is looked for now and then, asleep but for the looks.
    template <class Ready>
    Status wait_asleep(const typename Endpoint::Waiting&, Ready ready, std::int64_t timeout) {
        if (ready()) { return Status::ok; }
        const std::int64_t start = platform::now();
        const platform::Deadline deadline(start, timeout);
        for (;;) {
            const std::int64_t time = platform::now();
            if (this->stop_requested()) { this->refuse_wait(Waited::stopped); }
            if (ready()) { return Status::ok; }
            if (deadline.passed(time)) { return Status::timeout; }
            // v1 peers ring for frames only, so the look comes round by itself.
            const auto woken = side_->sleep([&] { return ready() || this->stop_requested(); },
                                            std::min<std::int64_t>(looking_slice, deadline.remaining(time)));
            const bool slice_over = platform::now() - start >= wait_slice;
            if (this->options().interruptible && (woken == platform::Woken::interrupted || slice_over)) {
                return ready() ? Status::ok : Status::interrupted;
            }
        }
    }

    // Looks once, or waits as wait_asleep().
    template <class Ready>
    Status look_or_wait_asleep(Ready ready, std::int64_t timeout) {
        if (timeout == 0) {
            const typename Endpoint::Calling calling(*this);
            this->require_open();
            return ready() ? Status::ok : Status::timeout;
        }
        const typename Endpoint::Waiting waiting(*this);
        return wait_asleep(waiting, ready, timeout);
    }

    PeerState look_for_peer() noexcept {
        const PeerState peer = side_->peer();
        this->note_peer(peer);
        return peer;
    }

    Stats common_stats() {
        Stats stats;
        stats.frames = side_->ring().frames();
        stats.bytes = side_->ring().bytes();
        stats.sequence = side_->ring().sequence();
        stats.used = side_->ring().used();
        stats.held = this->leases();
        stats.waits = wire::load_relaxed(loop_.counters.waits);
        stats.sleeps = wire::load_relaxed(loop_.counters.sleeps);
        stats.wakes = wire::load_relaxed(loop_.counters.wakes);
        stats.timeouts = wire::load_relaxed(loop_.counters.timeouts);
        stats.skipped = wire::load_relaxed(loop_.counters.skipped);
        stats.resumed = side_->resumed();
        stats.peer = side_->peer();
        return stats;
    }

    void ring_peer() noexcept {
        if (side_->ring_peer()) [[unlikely]] {
            wire::count_up(loop_.counters.wakes);
            loop_.counters.publish();
        }
    }

    void wake_self() noexcept override { side_->wake_self(); }
    void cancel_taken() noexcept override { side_->cancel_taken(); }
    void forked() noexcept override { this->mark_forked(); }
    void let_go() noexcept override {
        if (!this->is_forked()) { side_->leave(); }
        for (auto& guard : guards_) {
            guard.reset();
        }
        side_.reset();
    }

    std::optional<Side> side_;
    WaitLoop loop_;

private:
    static constexpr std::int64_t looking_slice = 10'000'000;

    void guard() {
        const auto value = static_cast<std::uint8_t>(State::truncated);
        const auto ranges = side_->segment().ranges();
        for (std::size_t i = 0; i < ranges.size(); ++i) {
            if (ranges[i].size != 0) {
                guards_[i] = std::make_unique<platform::TruncationGuard>(ranges[i].begin, ranges[i].size,
                                                                         this->state_word(), value);
            }
        }
    }

    std::array<std::unique_ptr<platform::TruncationGuard>, 2> guards_;
};

}  // namespace zerobuffer::endpoint
