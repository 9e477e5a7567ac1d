// SPDX-License-Identifier: MIT
// RingV1, RingV2: one ring with a producer and a consumer, attached, under the same names, so that what holds for every
// layout is written once. Both start at `start`, in v2 anywhere.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "memory.hpp"
#include "ring/consumer_v1.hpp"
#include "ring/consumer_v2.hpp"
#include "ring/producer_v1.hpp"
#include "ring/producer_v2.hpp"

namespace zerobuffer::ring {

inline void PrintTo(Room room, std::ostream* out) {
    *out << std::array{"there", "full", "too_large", "corrupt"}.at(static_cast<std::size_t>(room));
}
inline void PrintTo(Take take, std::ostream* out) {
    *out << std::array{"taken", "none", "corrupt"}.at(static_cast<std::size_t>(take));
}
inline void PrintTo(ReleaseOrder::Outcome outcome, std::ostream* out) {
    *out << std::array{"moved", "kept", "misuse"}.at(static_cast<std::size_t>(outcome));
}

/// What frame `sequence` holds.
inline std::byte pattern(std::uint64_t sequence, std::uint64_t i) {
    return static_cast<std::byte>(sequence * 131 + i * 7 + i / 256);
}
inline void fill(std::byte* data, std::uint64_t size, std::uint64_t sequence) {
    for (std::uint64_t i = 0; i < size; ++i) {
        data[i] = pattern(sequence, i);
    }
}
inline bool is_intact(const Taken& frame) {
    for (std::uint64_t i = 0; i < frame.size; ++i) {
        if (frame.data[i] != pattern(frame.extent.sequence, i)) { return false; }
    }
    return true;
}

/// What both rigs share: frames of the pattern, in and out.
template <class Producer, class Consumer>
class Rig {
public:
    /// Claims, fills and commits. Nothing when there is no room.
    std::optional<std::uint64_t> write(std::uint64_t size) { return write(size, size); }
    std::optional<std::uint64_t> write(std::uint64_t claimed, std::uint64_t committed) {
        std::byte* data = nullptr;
        if (producer->claim(claimed, data) != Room::there) { return std::nullopt; }
        fill(data, committed, producer->sequence() + 1);
        return producer->commit(committed);
    }
    /// The next frame, which must be there.
    Taken take() {
        Taken frame{};
        EXPECT_EQ(consumer->take(frame), Take::taken);
        EXPECT_TRUE(is_intact(frame));
        return frame;
    }
    std::vector<Taken> take_all() {
        std::vector<Taken> frames;
        Taken frame{};
        Take result = Take::none;
        while ((result = consumer->take(frame)) == Take::taken) {
            EXPECT_TRUE(is_intact(frame)) << frame.extent.sequence;
            frames.push_back(frame);
        }
        EXPECT_EQ(result, Take::none) << consumer->violation().field;
        return frames;
    }
    void release(const Taken& frame) { EXPECT_EQ(consumer->release(frame.extent), ReleaseOrder::Outcome::moved); }

    std::unique_ptr<Producer> producer;
    std::unique_ptr<Consumer> consumer;
};

struct RingV1 : Rig<ProducerV1, ConsumerV1> {
    static constexpr const char* name = "v1";
    static RingV1 of(std::uint64_t capacity) { return RingV1(capacity); }

    explicit RingV1(std::uint64_t capacity = 256, Edge edge = Edge::back) : payload(capacity, edge) {
        geometry.layout = Layout::v1;
        geometry.capacity = capacity;
        geometry.file_size = 128 + capacity;
        geometry.max_frame = wire::LayoutV1::largest_frame(capacity);
        restart();
    }

    /// A fresh ring in the same memory.
    void restart() {
        std::ranges::fill(payload.bytes(), std::byte{0});
        control = {};
        wire::LayoutV1::format(control, geometry, 1);
        attach_producer();
        attach_consumer();
    }
    void attach_producer() {
        producer = std::make_unique<ProducerV1>(control, payload.data(), geometry);
        EXPECT_TRUE(producer->attach()) << producer->violation().field;
    }
    void attach_consumer() {
        consumer = std::make_unique<ConsumerV1>(control, payload.data(), geometry);
        EXPECT_TRUE(consumer->attach());
    }
    /// Ring bytes that are not free.
    [[nodiscard]] std::uint64_t occupied() const { return geometry.capacity - control.payload_free_bytes; }

    wire::Geometry geometry;
    wire::ControlV1 control{};
    GuardedBytes payload;
};

struct RingV2 : Rig<ProducerV2, ConsumerV2> {
    static constexpr const char* name = "v2";
    /// Whole pages.
    static RingV2 of(std::uint64_t capacity) { return RingV2(64, 0, 0, capacity); }

    explicit RingV2(std::uint32_t alignment = 64, std::uint64_t start = 0, std::uint64_t sequence = 0,
                    std::uint64_t capacity = page_size())
        : payload(capacity) {
        geometry.capacity = capacity;
        geometry.alignment = alignment;
        geometry.max_frame = wire::LayoutV2::largest_frame(capacity, alignment);
        wire::LayoutV2::format(control, geometry, 1);
        restart(start, sequence);
    }

    /// An empty ring at that position in the same memory; bytes that no header is read from stay what they are.
    void restart(std::uint64_t start = 0, std::uint64_t sequence = 0) {
        control.producer.position = control.consumer.position = start;
        control.producer.sequence = control.consumer.sequence = sequence;
        header(start).sequence = 0;
        attach_producer();
        attach_consumer();
    }
    void attach_producer() {
        producer = std::make_unique<ProducerV2>(control, payload.data(), geometry);
        EXPECT_TRUE(producer->attach()) << producer->violation().field;
    }
    void attach_consumer() {
        consumer = std::make_unique<ConsumerV2>(control, payload.data(), geometry);
        EXPECT_TRUE(consumer->attach()) << consumer->violation().field;
    }
    [[nodiscard]] std::uint64_t occupied() const { return control.producer.position - control.consumer.position; }
    [[nodiscard]] wire::FrameHeader& header(std::uint64_t position) const {
        return *reinterpret_cast<wire::FrameHeader*>(payload.data() + position % geometry.capacity);
    }

    wire::Geometry geometry;
    wire::ControlV2 control{};
    MirroredBytes payload;
};

/// For TYPED_TEST_SUITE.
using EveryRing = testing::Types<RingV1, RingV2>;
struct RingName {
    template <class Ring>
    static std::string GetName(int) {
        return Ring::name;
    }
};

}  // namespace zerobuffer::ring
