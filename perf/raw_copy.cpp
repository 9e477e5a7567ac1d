// SPDX-License-Identifier: MIT
#include "raw_copy.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "raw_ring.hpp"
#include "words.hpp"

namespace zerobuffer::perf {

namespace {

struct Flags {
    alignas(128) std::atomic<std::uint64_t> there;
    alignas(128) std::atomic<std::uint64_t> back;
    alignas(128) Histogram samples;
    std::uint64_t elapsed;
};

/// Returns what was there: it may be more, and then the line need not be fetched again for a while.
std::uint64_t await(const std::atomic<std::uint64_t>& flag, std::uint64_t value) noexcept {
    for (;;) {
        // Pairs with raise: the payload is visible.
        const std::uint64_t seen = flag.load(std::memory_order_acquire);
        if (seen >= value) { return seen; }
        relax();
    }
}

void raise(std::atomic<std::uint64_t>& flag, std::uint64_t value) noexcept {
    // Pairs with await.
    flag.store(value, std::memory_order_release);
}

/// Both sides begin with populated rings: the first to be ready waits for the other.
void meet(std::atomic<std::uint64_t>& own, const std::atomic<std::uint64_t>& other) noexcept {
    raise(own, 1);
    await(other, 1);
}

/// Keeps what nobody looks at from being optimised away.
void observe(const std::byte* memory) noexcept { asm volatile("" : : "r"(memory) : "memory"); }
void observe(std::uint64_t value) noexcept { asm volatile("" : : "r"(value)); }

void send(const Shape& shape, const RawRing& ring, std::uint64_t number, const std::byte* from) {
    std::byte* payload = ring.payload((number - 1) * ring.stride());
    if (shape.touch == Touch::every) {
        write_words({payload, shape.frame}, number);
    } else {
        std::memcpy(payload, from, shape.frame);
    }
}

void receive(const Shape& shape, const RawRing& ring, std::uint64_t number, std::byte* to) {
    const std::byte* payload = ring.payload((number - 1) * ring.stride());
    if (shape.touch == Touch::every) {
        observe(sum_of_words({payload, shape.frame}));
    } else {
        std::memcpy(to, payload, shape.frame);
        observe(to);
    }
}

void call(const Shape& shape, const Effort& effort, const RawRing& there, const RawRing& back, Flags& flags) {
    const auto source = scratch(shape.frame);
    auto sink = scratch(shape.frame);
    there.populate();
    back.populate();
    meet(flags.there, flags.back);
    sample_trips(effort, flags.samples, [&](std::uint64_t number) {
        send(shape, there, number, source.data());
        raise(flags.there, number + 1);
        await(flags.back, number + 1);
        receive(shape, back, number, sink.data());
    });
}

void echo(const Shape& shape, const Effort& effort, const RawRing& there, const RawRing& back, Flags& flags) {
    auto held = scratch(shape.frame);
    there.populate();
    back.populate();
    meet(flags.back, flags.there);
    for (std::uint64_t number = 1; number <= effort.warm_up + effort.frames; ++number) {
        await(flags.there, number + 1);
        receive(shape, there, number, held.data());
        send(shape, back, number, held.data());
        raise(flags.back, number + 1);
    }
}

}  // namespace

Figures copy_alone(const Cpus& cpus, const Shape& shape, const Effort& effort) {
    // Small copies are measured in batches, or the clock would be most of them.
    const std::uint64_t batch = std::max<std::uint64_t>(1, (std::uint64_t{64} << 10U) / shape.frame);
    const Effort batches{effort.warm_up / batch, std::max<std::uint64_t>(1, effort.frames / batch)};
    const Shared<Histogram> samples;
    run_pair(
        cpus,
        [&] {
            const auto source = scratch(shape.frame);
            auto sink = scratch(shape.frame);
            sample_trips(batches, *samples, [&](std::uint64_t) {
                for (std::uint64_t copy = 0; copy < batch; ++copy) {
                    std::memcpy(sink.data(), source.data(), shape.frame);
                    observe(sink.data());
                }
            });
        },
        [] {});
    return figures_of(*samples, nanoseconds_per_tick(), static_cast<double>(batch));
}

Figures raw_copy_round_trip(const Cpus& cpus, const Shape& shape, const Effort& effort) {
    const RawRing there(shape);
    const RawRing back(shape);
    const Shared<Flags> flags;
    run_pair(
        cpus, [&] { call(shape, effort, there, back, *flags); }, [&] { echo(shape, effort, there, back, *flags); });
    return figures_of(flags->samples, nanoseconds_per_tick());
}

Figures raw_copy_stream(const Cpus& cpus, const Shape& shape, const Effort& effort) {
    const RawRing ring(shape);
    const Shared<Flags> flags;
    // Frame n may be written when frame n - depth was read.
    const std::uint64_t depth = ring.room() / ring.stride();
    run_pair(
        cpus,
        [&] {
            const auto source = scratch(shape.frame);
            ring.populate();
            meet(flags->there, flags->back);
            std::uint64_t read = 1;
            for (std::uint64_t number = 1; number <= effort.warm_up + effort.frames; ++number) {
                if (number + 1 > read + depth) { read = await(flags->back, number + 1 - depth); }
                send(shape, ring, number, source.data());
                raise(flags->there, number + 1);
            }
        },
        [&] {
            auto sink = scratch(shape.frame);
            ring.populate();
            meet(flags->back, flags->there);
            std::uint64_t written = 1;
            flags->elapsed = time_stream(effort, [&](std::uint64_t number) {
                if (number + 1 > written) { written = await(flags->there, number + 1); }
                receive(shape, ring, number, sink.data());
                raise(flags->back, number + 1);
            });
        });
    return figures_of_stream(flags->elapsed, effort);
}

}  // namespace zerobuffer::perf
