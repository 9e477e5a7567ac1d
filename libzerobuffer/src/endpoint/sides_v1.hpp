// SPDX-License-Identifier: MIT
// What the engines need of a v1 buffer, under the same names as in sides_v2.hpp. The doorbells are the two semaphores: the
// reader takes one token per frame, the writer drains the other when it must wait.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "endpoint/metadata.hpp"
#include "endpoint/segment_v1.hpp"
#include "platform/clock.hpp"
#include "platform/cpu.hpp"
#include "ring/consumer_v1.hpp"
#include "ring/producer_v1.hpp"

namespace zerobuffer::endpoint {

class ReaderSideV1 {
public:
    using Segment = SegmentV1;
    static constexpr Role role = Role::reader;

    ReaderSideV1(SegmentV1 segment, WaitMode /*mode*/)
        : segment_(std::move(segment)), ring_(segment_.control(), segment_.payload(), segment_.geometry()) {}

    bool attach() noexcept { return ring_.attach(); }

    [[nodiscard]] auto& ring() noexcept { return ring_; }
    [[nodiscard]] const auto& ring() const noexcept { return ring_; }

    // A token says that a frame is complete. Of a dead writer, which may have died before its last post, the ring does.
    [[nodiscard]] bool ready() noexcept {
        // Both, or the token is a canceller's.
        if (tokens_.load(std::memory_order_relaxed) != 0 && ring_.ready()) { return true; }
        if (segment_.data().try_take()) {
            keep_token();
            return ring_.ready();
        }
        return writer_dead_.load(std::memory_order_relaxed) && ring_.ready_without_token();
    }

    ring::Take take(ring::Taken& taken) noexcept {
        if (!use_token()) { return take_from_the_dead(taken); }
        const auto result = ring_.take(taken);
        if (result == ring::Take::none && ring_.is_surely_empty()) {
            surplus_.fetch_add(1, std::memory_order_relaxed);
        } else if (result != ring::Take::taken) {
            keep_token();  // the next look finds the same, or what the writer was about to store
        }
        return result;
    }

    void poll_hint() const noexcept {}

    // After space was credited. A token that is there already has not been looked at: whoever takes it sees the space.
    bool ring_peer() noexcept {
        // Orders the credit before the look at the token, whose taker looks for the credit after taking it.
        std::atomic_thread_fence(std::memory_order_seq_cst);
        if (segment_.space().value() > 0) { return false; }
        segment_.space().post();
        return false;  // the semaphore does not tell whether somebody slept
    }

    template <class Ready>
    platform::Woken sleep(Ready&& ready, std::int64_t nanoseconds) {
        if (ready()) { return platform::Woken::rung; }
        const auto woken = segment_.data().take(nanoseconds);
        if (woken == platform::Woken::rung) { keep_token(); }
        return woken;
    }

    // A token that is no frame's; cancel_taken() of the cancelled wait takes one out again, so that tokens stay frames.
    void wake_self() noexcept { segment_.data().post(); }
    void cancel_taken() noexcept {
        std::uint64_t surplus = surplus_.load(std::memory_order_relaxed);
        while (surplus != 0 && !surplus_.compare_exchange_weak(surplus, surplus - 1, std::memory_order_relaxed)) {}
        if (surplus != 0) { return; }
        // The canceller has raised its flag and posts next, in this process; bounded in case it never runs again.
        for (int attempt = 0; attempt < 1'000'000 && !use_token(); ++attempt) {
            platform::pause();
        }
    }

    [[nodiscard]] std::uint64_t peer_pid() const noexcept { return segment_.peer_pid(); }
    [[nodiscard]] PeerState peer() noexcept {
        const PeerState state = segment_.peer();
        writer_dead_.store(state == PeerState::died || state == PeerState::closed, std::memory_order_relaxed);
        return state;
    }
    [[nodiscard]] PeerState peer_without_probe() noexcept {
        return segment_.peer_pid() == 0 ? peer() : PeerState::attached;
    }
    // Only its frames and the looks at it tell: the protocol counts no attaching.
    [[nodiscard]] static bool peer_came() noexcept { return false; }
    [[nodiscard]] Metadata metadata(ring::Violation& violation) const {
        return load_metadata(segment_.control(), segment_.mapping().data(), segment_.geometry(), violation);
    }
    [[nodiscard]] static wire::StatisticsLine* statistics() noexcept { return nullptr; }
    [[nodiscard]] const wire::Geometry& geometry() const noexcept { return segment_.geometry(); }
    [[nodiscard]] const SegmentV1& segment() const noexcept { return segment_; }
    [[nodiscard]] static bool resumed() noexcept { return false; }
    void leave() noexcept { segment_.leave(); }
    // Attached to the segment, but never to the ring: nothing of ours may stay, the pid least of all.
    void abandon() noexcept { segment_.leave(); }

private:
    // Without a token only from a writer that is gone, and is so still: what a living one has half done looks like a frame.
    ring::Take take_from_the_dead(ring::Taken& taken) noexcept {
        if (!writer_dead_.load(std::memory_order_relaxed)) { return ring::Take::none; }
        const PeerState now = peer();
        const bool gone = now == PeerState::died || now == PeerState::closed;
        return gone ? ring_.take_without_token(taken) : ring::Take::none;
    }

    void keep_token() noexcept { tokens_.fetch_add(1, std::memory_order_relaxed); }
    // One that a wait has taken, or one from the semaphore.
    bool use_token() noexcept {
        std::uint64_t tokens = tokens_.load(std::memory_order_relaxed);
        while (tokens != 0) {
            if (tokens_.compare_exchange_weak(tokens, tokens - 1, std::memory_order_acquire)) { return true; }
        }
        return segment_.data().try_take();
    }

    SegmentV1 segment_;
    ring::ConsumerV1 ring_;
    std::atomic<std::uint64_t> tokens_{0};   // taken from the semaphore by a wait, their frames not yet
    std::atomic<std::uint64_t> surplus_{0};  // tokens without a frame, taken and dropped
    std::atomic<bool> writer_dead_{false};
};

class WriterSideV1 {
public:
    using Segment = SegmentV1;
    static constexpr Role role = Role::writer;
    static constexpr std::uint64_t smallest_frame = 1;  // a header of size 0 is a wrap marker

    WriterSideV1(SegmentV1 segment, WaitMode /*mode*/)
        : segment_(std::move(segment)), ring_(segment_.control(), segment_.payload(), segment_.geometry()) {}

    bool attach() noexcept {
        if (!ring_.attach([] { platform::sleep_for(500'000); })) { return false; }
        resumed_ = ring_.sequence() != 0;
        // Or the reader, which sees a living writer again, would wait for a token, and this one perhaps for its room.
        if (segment_.owes_token()) { segment_.data().post(); }
        return true;
    }

    [[nodiscard]] auto& ring() noexcept { return ring_; }
    [[nodiscard]] const auto& ring() const noexcept { return ring_; }
    void poll_hint() const noexcept {}
    // One token per frame, by published(): nothing is left to ring.
    static bool ring_peer() noexcept { return false; }
    void published() noexcept {
        segment_.data().post();
        // Old readers post the other one with every release, and abort when it overflows after 2^31.
        if (ring_.sequence() % (1U << 16U) == 0) { drain_space(); }
    }
    // The segment of a v1 reader never has another: frames for it would be lost in silence.
    [[nodiscard]] bool reader_left() const noexcept { return segment_.peer_pid() == 0; }

    template <class Ready>
    platform::Woken sleep(Ready&& ready, std::int64_t nanoseconds) {
        // Old readers post once per release: drain what piled up, then look again, then sleep.
        drain_space();
        return ready() ? platform::Woken::rung : segment_.space().take(nanoseconds);
    }
    void wake_self() noexcept { segment_.space().post(); }
    void cancel_taken() const noexcept {}

    [[nodiscard]] std::uint64_t peer_pid() const noexcept { return segment_.peer_pid(); }
    [[nodiscard]] PeerState peer() noexcept { return segment_.peer(); }
    [[nodiscard]] PeerState peer_without_probe() noexcept {
        return segment_.peer_pid() == 0 ? peer() : PeerState::attached;
    }
    [[nodiscard]] static bool peer_came() noexcept { return false; }  // it was there at attach
    Published publish_metadata(std::span<const std::byte> bytes, bool first) {
        return store_metadata(segment_.control(), segment_.mapping().data(), segment_.geometry(), bytes, first);
    }
    [[nodiscard]] static wire::StatisticsLine* statistics() noexcept { return nullptr; }
    [[nodiscard]] const wire::Geometry& geometry() const noexcept { return segment_.geometry(); }
    [[nodiscard]] const SegmentV1& segment() const noexcept { return segment_; }
    [[nodiscard]] bool resumed() const noexcept { return resumed_; }
    void leave() noexcept { segment_.leave(); }
    // Attached to the segment, but never to the ring: nothing of ours may stay, the pid least of all.
    void abandon() noexcept { segment_.leave(); }

private:
    // As many as there are now: whoever posts without end does not keep us here.
    void drain_space() noexcept {
        for (int tokens = segment_.space().value(); tokens > 0 && segment_.space().try_take(); --tokens) {}
    }

    SegmentV1 segment_;
    ring::ProducerV1 ring_;
    bool resumed_ = false;
};

}  // namespace zerobuffer::endpoint
