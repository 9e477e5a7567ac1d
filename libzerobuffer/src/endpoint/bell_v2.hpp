// SPDX-License-Identifier: MIT
// The doorbells of v2: sleeping on the own one and ringing the peer's. Ringing nobody is one load. The argument that no
// wake-up is lost is in docs/memory-model.md, "Doorbell".
#pragma once

#include <cstdint>

#include <zerobuffer/options.hpp>

#include "platform/doorbell.hpp"
#include "platform/fence.hpp"
#include "wire/layout_v2.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::endpoint {

class BellV2 {
public:
    // A side that sleeps for every frame does its own fencing the plain way: membarrier interrupts the peer at work.
    BellV2(wire::DoorbellLine& own, wire::DoorbellLine& peers, WaitMode mode) noexcept
        : own_(&own), peers_(&peers), asymmetric_(platform::register_membarrier() && mode != WaitMode::block) {}

    // Before the attach edge: the peer learns with our generation how we sleep.
    void announce() noexcept { wire::store_relaxed(own_->fences, std::uint32_t{asymmetric_ ? 1U : 0U}); }

    // After something was published. True: the peer slept and was woken.
    bool ring() noexcept {
        if (asymmetric_) {
            platform::ringer_fence(true);
            // Bell and fences in one load: awake, and its sleeper does the fencing.
            const auto both = wire::load_relaxed(*reinterpret_cast<const std::uint64_t*>(peers_));
            if (both == awake_and_asymmetric) [[likely]] { return false; }
        }
        platform::ringer_fence(false);
        return wire::load_relaxed(peers_->bell) != 0 && wake(peers_->bell);
    }

    // Unconditionally, once per attach.
    void ring_loudly() noexcept {
        wire::shared(peers_->bell).exchange(0, std::memory_order_acq_rel);
        platform::wake(peers_->bell);
    }

    // Announces, looks again through `ready`, then sleeps at most `nanoseconds`.
    template <class Ready>
    platform::Woken sleep(Ready&& ready, std::int64_t nanoseconds) {
        wire::store_relaxed(own_->bell, std::uint32_t{1});
        if (!platform::sleeper_fence(asymmetric_)) { fall_back(); }
        const auto woken = ready() ? platform::Woken::rung : platform::sleep_on(own_->bell, 1, nanoseconds);
        wire::store_relaxed(own_->bell, std::uint32_t{0});
        return woken;
    }

    // For another thread of this process that changed what the sleeper's `ready` looks at.
    void wake_self() noexcept {
        platform::ringer_fence(false);
        wake(own_->bell);
    }

private:
    static constexpr std::uint64_t awake_and_asymmetric = std::uint64_t{1} << 32U;

    // From now on whoever rings us fences by itself. One that looked just before may ring late, by one slice.
    void fall_back() noexcept {
        asymmetric_ = false;
        wire::store_relaxed(own_->fences, std::uint32_t{0});
        platform::sleeper_fence(false);
    }

    // Takes the announcement back first: a second ringer need not wake again.
    static bool wake(std::uint32_t& bell) noexcept {
        if (wire::shared(bell).exchange(0, std::memory_order_acq_rel) == 0) { return false; }
        platform::wake(bell);
        return true;
    }

    wire::DoorbellLine* own_;
    wire::DoorbellLine* peers_;
    bool asymmetric_;
};

}  // namespace zerobuffer::endpoint
