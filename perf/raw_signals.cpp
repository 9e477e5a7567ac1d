// SPDX-License-Identifier: MIT
#include "raw_signals.hpp"

#include <atomic>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace zerobuffer::perf {

namespace {

// Two lines apart: the processor fetches lines in adjacent pairs.
struct Signals {
    alignas(128) std::atomic<std::uint32_t> there;
    alignas(128) std::atomic<std::uint32_t> back;
    alignas(128) Histogram samples;
};

void await(const std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept {
    // Pairs with the release store of the other side.
    while (word.load(std::memory_order_acquire) != value) {
        relax();
    }
}

void futex(const std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) noexcept {
    syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

void ring(std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept {
    // Pairs with the acquire load in sleep_until.
    word.store(value, std::memory_order_release);
    futex(word, FUTEX_WAKE, 1);
}

void sleep_until(const std::atomic<std::uint32_t>& word, std::uint32_t value) noexcept {
    while (word.load(std::memory_order_acquire) != value) {
        futex(word, FUTEX_WAIT, value - 1);
    }
}

}  // namespace

Figures cache_line_round_trip(const Cpus& cpus, const Effort& effort) {
    const Shared<Signals> signals;
    run_pair(
        cpus,
        [&] {
            sample_trips(effort, signals->samples, [&](std::uint64_t number) {
                const auto value = static_cast<std::uint32_t>(number);
                // Pairs with the echo's await.
                signals->there.store(value, std::memory_order_release);
                await(signals->back, value);
            });
        },
        [&] {
            for (std::uint32_t value = 1; value <= effort.warm_up + effort.frames; ++value) {
                await(signals->there, value);
                // Pairs with the caller's await.
                signals->back.store(value, std::memory_order_release);
            }
        });
    return figures_of(signals->samples, nanoseconds_per_tick());
}

Figures one_line_round_trip(const Cpus& cpus, const Effort& effort) {
    const Shared<Signals> signals;
    // Odd: it was asked; even: it was answered.
    std::atomic<std::uint32_t>& word = signals->there;
    run_pair(
        cpus,
        [&] {
            sample_trips(effort, signals->samples, [&](std::uint64_t number) {
                const auto answered = static_cast<std::uint32_t>(2 * number);
                // Pairs with the echo's await, and its store with the await here.
                word.store(answered - 1, std::memory_order_release);
                await(word, answered);
            });
        },
        [&] {
            for (std::uint32_t trip = 1; trip <= effort.warm_up + effort.frames; ++trip) {
                await(word, 2 * trip - 1);
                word.store(2 * trip, std::memory_order_release);
            }
        });
    return figures_of(signals->samples, nanoseconds_per_tick());
}

Figures futex_round_trip(const Cpus& cpus, const Effort& effort) {
    const Shared<Signals> signals;
    run_pair(
        cpus,
        [&] {
            sample_trips(effort, signals->samples, [&](std::uint64_t number) {
                const auto value = static_cast<std::uint32_t>(number);
                ring(signals->there, value);
                sleep_until(signals->back, value);
            });
        },
        [&] {
            for (std::uint32_t value = 1; value <= effort.warm_up + effort.frames; ++value) {
                sleep_until(signals->there, value);
                ring(signals->back, value);
            }
        });
    return figures_of(signals->samples, nanoseconds_per_tick());
}

}  // namespace zerobuffer::perf
