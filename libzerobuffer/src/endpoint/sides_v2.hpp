// SPDX-License-Identifier: MIT
// What the engines need of a v2 buffer: the ring, sleeping and ringing, the peer, metadata, statistics. One class per side,
// the same names as in sides_v1.hpp. One thread at a time but for wake_self() and, while that thread sleeps, release.
#pragma once

#include <cstdint>
#include <string>

#include "endpoint/bell_v2.hpp"
#include "endpoint/metadata.hpp"
#include "endpoint/segment_v2.hpp"
#include "ring/consumer_v2.hpp"
#include "ring/producer_v2.hpp"

namespace zerobuffer::endpoint {

class ReaderSideV2 {
public:
    using Segment = SegmentV2;
    static constexpr Role role = Role::reader;

    ReaderSideV2(SegmentV2 segment, WaitMode mode)
        : segment_(std::move(segment)),
          ring_(segment_.control(), segment_.payload(), segment_.geometry()),
          bell_(segment_.control().reader_doorbell, segment_.control().writer_doorbell, mode) {}

    // Takes over the ring. False: ring().violation() says what is wrong.
    bool attach() {
        if (!ring_.attach()) { return false; }
        bell_.announce();
        resumed_ = segment_.announce();
        bell_.ring_loudly();
        return true;
    }

    [[nodiscard]] auto& ring() noexcept { return ring_; }
    [[nodiscard]] const auto& ring() const noexcept { return ring_; }
    [[nodiscard]] bool ready() const noexcept { return ring_.ready(); }
    ring::Take take(ring::Taken& taken) noexcept { return ring_.take(taken); }
    void poll_hint() const noexcept { ring_.prefetch_payload(); }
    bool ring_peer() noexcept { return bell_.ring(); }

    template <class Ready>
    platform::Woken sleep(Ready&& ready, std::int64_t nanoseconds) {
        return bell_.sleep(ready, nanoseconds);
    }
    void wake_self() noexcept { bell_.wake_self(); }
    void cancel_taken() const noexcept {}

    [[nodiscard]] std::uint64_t peer_pid() const noexcept { return segment_.peer_pid(); }
    [[nodiscard]] PeerState peer() noexcept { return segment_.peer(); }
    [[nodiscard]] PeerState peer_without_probe() const noexcept { return segment_.peer_without_probe(); }
    [[nodiscard]] bool peer_came() const noexcept { return segment_.peer_came(); }
    [[nodiscard]] Metadata metadata(ring::Violation& violation) const {
        return load_metadata(segment_.control(), segment_.head().data(), backed(segment_.geometry(), segment_.facts()),
                             violation);
    }
    [[nodiscard]] wire::StatisticsLine* statistics() const noexcept { return &segment_.control().consumer_statistics; }
    [[nodiscard]] const wire::Geometry& geometry() const noexcept { return segment_.geometry(); }
    [[nodiscard]] const SegmentV2& segment() const noexcept { return segment_; }
    [[nodiscard]] bool resumed() const noexcept { return resumed_; }
    void leave() noexcept { segment_.leave(); }
    void abandon() noexcept { segment_.abandon(); }

private:
    SegmentV2 segment_;
    ring::ConsumerV2 ring_;
    BellV2 bell_;
    bool resumed_ = false;
};

class WriterSideV2 {
public:
    using Segment = SegmentV2;
    static constexpr Role role = Role::writer;
    static constexpr std::uint64_t smallest_frame = 0;

    WriterSideV2(SegmentV2 segment, WaitMode mode)
        : segment_(std::move(segment)),
          ring_(segment_.control(), segment_.payload(), segment_.geometry()),
          bell_(segment_.control().writer_doorbell, segment_.control().reader_doorbell, mode) {}

    bool attach() noexcept {
        if (!ring_.attach()) { return false; }
        bell_.announce();
        resumed_ = segment_.announce();
        bell_.ring_loudly();
        return true;
    }

    [[nodiscard]] auto& ring() noexcept { return ring_; }
    [[nodiscard]] const auto& ring() const noexcept { return ring_; }
    void poll_hint() const noexcept {}
    bool ring_peer() noexcept { return bell_.ring(); }
    void published() const noexcept {}  // the commit itself is all a v2 reader looks at
    // A v2 reader that left may come back to this very ring: only a full one makes a writer look.
    [[nodiscard]] bool reader_left() const noexcept { return false; }

    template <class Ready>
    platform::Woken sleep(Ready&& ready, std::int64_t nanoseconds) {
        return bell_.sleep(ready, nanoseconds);
    }
    void wake_self() noexcept { bell_.wake_self(); }
    void cancel_taken() const noexcept {}

    [[nodiscard]] std::uint64_t peer_pid() const noexcept { return segment_.peer_pid(); }
    [[nodiscard]] PeerState peer() noexcept { return segment_.peer(); }
    [[nodiscard]] PeerState peer_without_probe() const noexcept { return segment_.peer_without_probe(); }
    [[nodiscard]] bool peer_came() const noexcept { return segment_.peer_came(); }
    Published publish_metadata(std::span<const std::byte> bytes, bool first) {
        return store_metadata(segment_.control(), segment_.head().data(), segment_.geometry(), bytes, first);
    }
    [[nodiscard]] wire::StatisticsLine* statistics() const noexcept { return &segment_.control().producer_statistics; }
    [[nodiscard]] const wire::Geometry& geometry() const noexcept { return segment_.geometry(); }
    [[nodiscard]] const SegmentV2& segment() const noexcept { return segment_; }
    [[nodiscard]] bool resumed() const noexcept { return resumed_; }
    void leave() noexcept { segment_.leave(); }
    void abandon() noexcept { segment_.abandon(); }

private:
    SegmentV2 segment_;
    ring::ProducerV2 ring_;
    BellV2 bell_;
    bool resumed_ = false;
};

}  // namespace zerobuffer::endpoint
