// SPDX-License-Identifier: MIT
// The measuring loops, as templates over the transport and over what is done with the bytes. One thread.
#pragma once

#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/prctl.h>
#include <time.h>

#include "payload.hpp"
#include "result.hpp"
#include "shape.hpp"
#include "transport.hpp"

namespace zerobuffer::perf {

/// What an endpoint keeps: on the heap, made and touched before the loop.
struct Samples {
    Histogram latency;
    Histogram corrected;
};

/// A wait that ended later than this after its frame was there was ended by its slice and not by the bell.
inline constexpr std::int64_t wait_slice_ns = 50'000'000;

/// One end's way to send and receive frames.
template <Transport T, Handling touch>
class End {
public:
    End(T& transport, std::uint64_t size) : transport_(transport), size_(size), local_(scratch(size)) {}

    void send(std::uint64_t number) { put(number, ignore); }

    void send_due(std::uint64_t number, std::int64_t due) {
        put(number, [due](std::span<std::byte> bytes) { stamp(bytes, due); });
    }

    void receive(std::uint64_t number) { take(number, ignore, ignore); }

    /// Calls arrived(bytes) before anything is read.
    template <class Arrived>
    void receive(std::uint64_t number, Arrived&& arrived) {
        take(number, arrived, ignore);
    }

    /// Receives a frame and sends one back before it lets go of it.
    void answer(std::uint64_t number) {
        take(number, ignore, [&](std::span<const std::byte>) { send(number); });
    }

private:
    static constexpr auto ignore = [](std::span<const std::byte>) {};

    template <class Arrived, class Read>
    void take(std::uint64_t number, Arrived&& arrived, Read&& read) {
        if constexpr (AcquiresInPlace<T>) {
            const auto frame = transport_.acquire();
            const std::span<const std::byte> bytes = frame.bytes();
            if (bytes.size() != size_) { refuse(bytes.size(), number); }
            if constexpr (touch == Handling::copy) {
                std::memcpy(local_.data(), bytes.data(), bytes.size());
                arrived(std::span<const std::byte>(local_));
            } else {
                arrived(bytes);
                read_payload<touch>(bytes, number);
            }
            read(bytes);
        } else {
            transport_.receive(local_);
            arrived(std::span<const std::byte>(local_));
            if constexpr (touch != Handling::copy) { read_payload<touch>(local_, number); }
            read(std::span<const std::byte>(local_));
        }
    }

    template <class Stamp>
    void put(std::uint64_t number, Stamp&& put_stamp) {
        if constexpr (ClaimsInPlace<T> && (touch != Handling::copy || !SendsCopies<T>)) {
            auto claim = transport_.claim(size_);
            const std::span<std::byte> bytes = claim.bytes();
            if constexpr (touch == Handling::copy) {
                std::memcpy(bytes.data(), local_.data(), bytes.size());
            } else {
                write_payload<touch>(bytes, number);
            }
            put_stamp(bytes);
            claim.commit();
        } else {
            if constexpr (touch != Handling::copy) { write_payload<touch>(local_, number); }
            put_stamp(local_);
            transport_.send(local_);
        }
    }

    [[noreturn]] void refuse(std::size_t size, std::uint64_t number) const {
        throw std::runtime_error("frame " + std::to_string(number) + " has " + std::to_string(size) +
                                 " bytes instead of " + std::to_string(size_));
    }

    T& transport_;
    std::uint64_t size_;
    std::vector<std::byte> local_;
};

inline void sleep_until(std::int64_t due) {
    const timespec time{due / 1'000'000'000, due % 1'000'000'000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr) == EINTR) {}
}

/// Runs step(number) for the warm-up, takes a reading, runs it for the measured frames, and takes another.
template <class Step>
void measured(const Effort& effort, EndResult& result, Step&& step) {
    std::uint64_t number = 0;
    while (number < effort.warm_up) {
        step(++number);
    }
    result.begin = Usage::take();
    while (number < effort.warm_up + effort.frames) {
        step(++number);
    }
    result.end = Usage::take();
}

template <class E>
void run_ping(E& end, const EndpointSetup& setup, Samples& samples, EndResult& result) {
    const auto trip = [&](std::uint64_t number) {
        end.send(number);
        end.receive(number);
    };
    std::uint64_t number = 0;
    while (number < setup.effort.warm_up) {
        trip(++number);
    }
    result.begin = Usage::take();
    std::uint64_t begin = ticks();
    while (number < setup.effort.warm_up + setup.effort.frames) {
        trip(++number);
        const std::uint64_t now = ticks();
        samples.latency.add(now - begin);
        begin = now;
    }
    result.end = Usage::take();
    const double unit = nanoseconds_per_tick();
    result.histogram = Distribution{&samples.latency, unit};
    result.late_wakeups =
        samples.latency.count_above(samples.latency.least() + static_cast<std::uint64_t>(wait_slice_ns / unit));
}

template <class E>
void run_echo(E& end, const EndpointSetup& setup, EndResult& result) {
    measured(setup.effort, result, [&](std::uint64_t number) { end.answer(number); });
}

template <class E>
void run_source(E& end, const EndpointSetup& setup, EndResult& result) {
    if (!setup.rate) {
        measured(setup.effort, result, [&](std::uint64_t number) { end.send(number); });
        return;
    }
    prctl(PR_SET_TIMERSLACK, 1);
    const double gap = 1e9 / *setup.rate;
    const std::int64_t start = monotonic_now();
    measured(setup.effort, result, [&](std::uint64_t number) {
        const std::int64_t due = start + std::llround(gap * static_cast<double>(number - 1));
        sleep_until(due);
        end.send_due(number, due);
    });
}

template <class E>
void run_sink(E& end, const EndpointSetup& setup, Samples& samples, EndResult& result) {
    if (!setup.rate) {
        measured(setup.effort, result, [&](std::uint64_t number) { end.receive(number); });
        return;
    }
    measured(setup.effort, result, [&](std::uint64_t number) {
        end.receive(number, [&](std::span<const std::byte> bytes) {
            const std::int64_t now = monotonic_now();
            if (number <= setup.effort.warm_up) { return; }
            const Stamps stamps = stamps_of(bytes);
            samples.latency.add(static_cast<std::uint64_t>(now - stamps.sent));
            samples.corrected.add(static_cast<std::uint64_t>(now - stamps.due));
        });
    });
    result.histogram = Distribution{&samples.latency, 1.0};
    result.corrected = Distribution{&samples.corrected, 1.0};
    result.late_wakeups = samples.latency.count_above(wait_slice_ns);
}

template <Handling touch, Transport T>
EndResult play(T& transport, const EndpointSetup& setup, Role role, Samples& samples) {
    End<T, touch> end(transport, setup.size);
    EndResult result;
    result.role = role;
    result.frames = setup.effort.frames;
    switch (role) {
        case Role::ping:
            run_ping(end, setup, samples, result);
            break;
        case Role::echo:
            run_echo(end, setup, result);
            break;
        case Role::source:
            run_source(end, setup, result);
            break;
        default:
            run_sink(end, setup, samples, result);
            break;
    }
    return result;
}

template <Transport T>
EndResult play(T& transport, const EndpointSetup& setup, Role role, Samples& samples) {
    samples.latency.clear();
    samples.corrected.clear();
    switch (setup.touch) {
        case Handling::none:
            return play<Handling::none>(transport, setup, role, samples);
        case Handling::header:
            return play<Handling::header>(transport, setup, role, samples);
        case Handling::every:
            return play<Handling::every>(transport, setup, role, samples);
        default:
            return play<Handling::copy>(transport, setup, role, samples);
    }
}

}  // namespace zerobuffer::perf
