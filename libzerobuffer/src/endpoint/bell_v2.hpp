// SPDX-License-Identifier: MIT
// The doorbells of v2: sleeping on the own one and ringing the peer's. Ringing nobody is one load. The argument that no
// wake-up is lost is in docs/memory-model.md, "Doorbell".
#pragma once

#include <algorithm>
#include <cstdint>

#include <zerobuffer/options.hpp>

#include "platform/clock.hpp"
#include "platform/doorbell.hpp"
#include "platform/fence.hpp"
#include "wire/layout_v2.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::endpoint {

class BellV2 {
public:
    // A side that sleeps for every frame does its own fencing the plain way: membarrier interrupts the peer at work.
    BellV2(wire::DoorbellLine& own, wire::DoorbellLine& peers, WaitMode mode) noexcept
        : own_(&own), peers_(&peers), registered_(platform::register_membarrier()), fence_(fence_of(mode)) {}

    // Before the attach edge: the peer learns with our generation how we sleep.
    void announce() noexcept { wire::store_relaxed(own_->fences, static_cast<std::uint32_t>(fence_)); }

    // After something was published. True: the peer slept and was woken.
    bool ring() noexcept {
        platform::ringer_fence(true);
        // Bell and fences in one load.
        const auto both = wire::load_relaxed(*reinterpret_cast<const std::uint64_t*>(peers_));
        return both != quiet_ && ring_unless_quiet(both);
    }

    // Once per attach.
    void ring_loudly() noexcept { wake_whoever_sleeps(peers_->bell); }

    // Announces, looks again through `ready`, then sleeps at most `nanoseconds`.
    template <class Ready>
    platform::Woken sleep(Ready&& ready, std::int64_t nanoseconds) {
        wire::store_relaxed(own_->bell, std::uint32_t{1});
        if (!platform::sleeper_fence(fence_ == SleepersFence::membarrier)) { fall_back(); }
        const auto woken = ready()                        ? platform::Woken::rung
                           : fence_ == SleepersFence::nap ? nap_and_sleep(ready, nanoseconds)
                                                          : platform::sleep_on(own_->bell, 1, nanoseconds);
        wire::store_relaxed(own_->bell, std::uint32_t{0});
        return woken;
    }

    // For another thread of this process that changed what the sleeper's `ready` looks at.
    void wake_self() noexcept {
        platform::ringer_fence(false);
        wake_whoever_sleeps(own_->bell);
    }

private:
    using SleepersFence = wire::SleepersFence;

    [[nodiscard]] SleepersFence fence_of(WaitMode mode) const noexcept {
        if (mode == WaitMode::block) { return SleepersFence::own; }
        return registered_ ? SleepersFence::membarrier : SleepersFence::nap;
    }

    // What was published without a fence, by one who did not see the announcement, shows by the end of the nap.
    template <class Ready>
    platform::Woken nap_and_sleep(Ready& ready, std::int64_t nanoseconds) {
        const std::int64_t end = platform::now() + nanoseconds;
        const auto woken = platform::sleep_on(own_->bell, 1, std::min(nanoseconds, platform::stores_show_within));
        const std::int64_t left = end - platform::now();
        if (woken != platform::Woken::timeout || left <= 0) { return woken; }
        return ready() ? platform::Woken::rung : platform::sleep_on(own_->bell, 1, left);
    }

    // The short way's other half, kept out of it: learns which word lets this side off without a fence.
    [[gnu::noinline]] bool ring_unless_quiet(std::uint64_t both) noexcept {
        const auto fence = static_cast<SleepersFence>(both >> 32U);
        const bool awake = static_cast<std::uint32_t>(both) == 0;
        if (awake && (fence == SleepersFence::nap || (fence == SleepersFence::membarrier && registered_))) {
            quiet_ = both;
            return false;
        }
        platform::ringer_fence(false);
        return wire::load_relaxed(peers_->bell) != 0 && wake(peers_->bell);
    }

    // A membarrier that was promised is refused, by a sandbox that came later. Who rang just before shows by the nap.
    void fall_back() noexcept {
        fence_ = SleepersFence::nap;
        announce();
        platform::sleeper_fence(false);
    }

    // Also where somebody took the announcement back and was killed before the wake.
    static void wake_whoever_sleeps(std::uint32_t& bell) noexcept {
        wire::shared(bell).exchange(0, std::memory_order_acq_rel);
        platform::wake(bell);
    }

    // Takes the announcement back first: a second ringer need not wake again.
    static bool wake(std::uint32_t& bell) noexcept {
        if (wire::shared(bell).exchange(0, std::memory_order_acq_rel) == 0) { return false; }
        platform::wake(bell);
        return true;
    }

    wire::DoorbellLine* own_;
    wire::DoorbellLine* peers_;
    bool registered_;
    SleepersFence fence_;
    // The peer's bell and fences when nothing is to be done. At first what they never are.
    std::uint64_t quiet_ = ~std::uint64_t{0};
};

}  // namespace zerobuffer::endpoint
