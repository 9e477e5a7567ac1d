// SPDX-License-Identifier: MIT
// One way to wait, for every layout and side: a brief spin, then by prediction, then asleep in slices of 50 ms, with a look
// for a dead peer in each. Never spins where both sides share one processor. DESIGN: docs/architecture.md, "Waiting".
#pragma once

#include <algorithm>
#include <cstdint>

#include <zerobuffer/options.hpp>

#include "endpoint/endpoint.hpp"
#include "endpoint/predictor.hpp"
#include "endpoint/wait_counters.hpp"
#include "platform/clock.hpp"
#include "platform/cpu.hpp"
#include "platform/doorbell.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::endpoint {

// How long a sleep lasts at most before this side looks for a dead peer.
inline constexpr std::int64_t wait_slice = 50'000'000;

class WaitLoop {
public:
    explicit WaitLoop(const Options& options) noexcept
        : mode_(options.wait_mode), interruptible_(options.interruptible), spins_(platform::available_cpus() > 1) {}

    // A frame of a peer that is awake comes within this, without a look at the clock. Returns after how many polls; 0: it
    // did not.
    template <class Side, class Ready>
    [[nodiscard]] int brief_spin(const Side& side, Ready&& ready) const noexcept {
        if (!spins_ || mode_ == WaitMode::block) { return 0; }
        for (int poll = 1; poll <= brief_polls; ++poll) {
            platform::pause();
            side.poll_hint();
            if (ready()) { return poll; }
        }
        return 0;
    }

    // Waits until ready() or the end of the wait. `event` numbers what is awaited, for the predictor. `may_report_loss`:
    // whether the peer counts as met. After a long wait all that runs is cold, each line of code or data a tenth of a
    // microsecond and more: what is there is returned at once, and learned from when the next wait begins.
    template <class Side, class Ready, class MayReportLoss>
    Waited run(Endpoint& endpoint, Side& side, Ready ready, std::uint64_t event, platform::Deadline deadline,
               MayReportLoss may_report_loss) {
        wire::count_up(counters.waits);
        counters.publish();
        std::int64_t time = platform::now();
        const std::int64_t first_slice_end = time + wait_slice;
        Predictor::Plan plan = mode_ == WaitMode::adaptive && spins_ ? predict(time) : Predictor::Plan{};
        bool report_interruption = false;
        for (;;) {
            if (endpoint.stop_requested()) { return Waited::stopped; }
            if (ready()) { return arrived(time, event); }
            const bool in_vain = report_interruption || deadline.passed(time);
            const bool probe = in_vain || is_due_to_probe(time, plan, first_slice_end);
            const auto loss = look_for_peer(endpoint, side, ready, may_report_loss, probe, time);
            if (loss != Waited::timeout) { return loss == Waited::ready ? arrived(time, event) : loss; }
            if (in_vain) { return ended_in_vain(deadline.passed(time)); }
            const bool spin = is_due_to_spin(plan);
            const std::int64_t slice_end = std::min(time + wait_slice, deadline.at());
            auto woken = platform::Woken::timeout;
            if (spin) {
                if (spin_until(endpoint, side, ready, slice_end, plan, time)) { return arrived(time, event); }
            } else {
                woken = sleep_until(endpoint, side, ready, may_report_loss, slice_end, plan);
            }
            time = platform::now();
            report_interruption = interruptible_ && (woken == platform::Woken::interrupted || time >= first_slice_end);
        }
    }

    WaitCounters counters;

private:
    static constexpr int brief_polls = 64;

    // Where one processor was to be had, the peer may have come since, on another one.
    template <class Side>
    void count_processors(const Side& side) noexcept {
        if (!spins_ && mode_ != WaitMode::block) { spins_ = platform::available_cpus(side.peer_pid()) > 1; }
    }

    struct Arrival {
        std::int64_t time = 0;  // 0: none since the last wait began
        std::uint64_t event = 0;
    };

    Waited arrived(std::int64_t time, std::uint64_t event) noexcept {
        arrival_ = {time, event};
        return Waited::ready;
    }

    Waited ended_in_vain(bool by_timeout) noexcept {
        if (!by_timeout) { return Waited::interrupted; }
        wire::count_up(counters.timeouts);
        counters.publish();
        return Waited::timeout;
    }

    Predictor::Plan predict(std::int64_t time) noexcept {
        if (arrival_.time != 0) { predictor_.arrived(arrival_.time, arrival_.event); }
        arrival_ = {};
        return predictor_.plan(time);
    }

    // The peer first, then the ring once more: everything it committed is delivered before its loss is reported. Without a
    // probe a close shows, a death does not.
    template <class Side, class Ready, class MayReportLoss>
    Waited look_for_peer(Endpoint& endpoint, Side& side, Ready& ready, MayReportLoss& may_report_loss, bool probe,
                         std::int64_t time) {
        const PeerState peer = probe ? side.peer() : side.peer_without_probe();
        if (probe) {
            endpoint.note_peer(peer);
            count_processors(side);
            next_probe_ = peer == PeerState::attached ? time + wait_slice : time;
        }
        if (peer != PeerState::closed && peer != PeerState::died) { return Waited::timeout; }
        if (!endpoint.peer_seen() && !may_report_loss()) { return Waited::timeout; }
        if (ready()) { return Waited::ready; }
        return peer == PeerState::closed ? Waited::peer_closed : Waited::peer_died;
    }

    // Not right before a predicted frame.
    [[nodiscard]] bool is_due_to_probe(std::int64_t time, const Predictor::Plan& plan,
                                       std::int64_t first_slice_end) const noexcept {
        return time >= next_probe_ && (!is_due_to_spin(plan) || time >= first_slice_end);
    }

    // Whether look_for_peer() would report a close. It may have come after the last look, and its ring, too.
    template <class Side, class MayReportLoss>
    static bool has_left(const Endpoint& endpoint, Side& side, MayReportLoss& may_report_loss) {
        return side.peer_without_probe() == PeerState::closed && (endpoint.peer_seen() || may_report_loss());
    }

    // Spin mode, or the predicted moment is near and the sleep before it is over.
    [[nodiscard]] bool is_due_to_spin(const Predictor::Plan& plan) const noexcept {
        return spins_ && (mode_ == WaitMode::spin || (plan.spin_until != 0 && plan.sleep_until == 0));
    }

    // Whether it came. `time` follows the clock, some microseconds behind.
    template <class Side, class Ready>
    static bool spin_until(const Endpoint& endpoint, const Side& side, Ready& ready, std::int64_t until,
                           Predictor::Plan& plan, std::int64_t& time) noexcept {
        if (plan.spin_until != 0) { until = std::min(until, plan.spin_until); }
        plan = {};  // a prediction that fails is not tried again in this wait
        do {
            for (int poll = 0; poll < brief_polls; ++poll) {
                platform::pause();
                side.poll_hint();
                if (ready()) { return true; }
            }
            time = platform::now();
        } while (!endpoint.stop_requested() && time < until);
        return false;
    }

    template <class Side, class Ready, class MayReportLoss>
    platform::Woken sleep_until(const Endpoint& endpoint, Side& side, Ready& ready, MayReportLoss& may_report_loss,
                                std::int64_t until, Predictor::Plan& plan) noexcept {
        if (plan.sleep_until != 0) { until = std::min(until, plan.sleep_until); }
        const std::int64_t span = until - platform::now();
        if (span <= 0) {
            plan.sleep_until = 0;
            return platform::Woken::timeout;
        }
        wire::count_up(counters.sleeps);
        counters.publish();
        const auto look_again = [&] {
            return ready() || endpoint.stop_requested() || has_left(endpoint, side, may_report_loss);
        };
        const auto woken = side.sleep(look_again, span);
        if (woken == platform::Woken::timeout && plan.sleep_until == until) {
            predictor_.overslept(platform::now() - until);
            plan.sleep_until = 0;  // awake for the arrival: spin across it
        }
        return woken;
    }

    // A probe of the peer's lock is a system call: once per slice, across waits too, and before a wait ends in vain. One
    // that found no peer is made again before the next sleep.
    std::int64_t next_probe_ = 0;
    WaitMode mode_;
    bool interruptible_;
    bool spins_;
    Predictor predictor_;
    Arrival arrival_;
};

}  // namespace zerobuffer::endpoint
