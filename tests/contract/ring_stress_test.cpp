// SPDX-License-Identifier: MIT
// Producer and consumer of one ring in two threads on one mapping, at full speed over many laps, with claims that are given
// up or committed smaller, frames taken several at a time, and releases out of order; and metadata that is written while it
// is read. No word is shared without its edge, no byte of a frame is written while it is held.
#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <thread>
#include <vector>

#include "endpoint/metadata.hpp"
#include "platform/mapping.hpp"
#include "platform/shared_file.hpp"
#include "ring/consumer_v1.hpp"
#include "ring/consumer_v2.hpp"
#include "ring/producer_v1.hpp"
#include "ring/producer_v2.hpp"
#include "wire/layout_v1.hpp"
#include "wire/layout_v2.hpp"

namespace zerobuffer {
namespace {

constexpr std::uint64_t frames = 20'000;
constexpr std::uint64_t metadata_size = 1024;

Options shape(std::uint64_t capacity) {
    Options options;
    options.capacity = capacity;
    options.metadata_size = metadata_size;
    return options;
}

class RingV2 {
public:
    using Producer = ring::ProducerV2;
    using Consumer = ring::ConsumerV2;
    static constexpr bool has_tokens = false;
    static constexpr std::size_t publications = 2000;

    RingV2()
        : file_(platform::SharedFile::create("ring-stress", geometry_.file_size, 0600)),
          head_("ring-stress", file_, geometry_.payload_offset, platform::Access::read_write),
          payload_("ring-stress", file_, geometry_.payload_offset, geometry_.capacity, platform::Access::read_write) {
        wire::LayoutV2::format(control(), geometry_, 1);
    }
    wire::ControlV2& control() { return *reinterpret_cast<wire::ControlV2*>(head_.data()); }
    std::byte* payload() { return payload_.data(); }
    std::byte* segment() { return head_.data(); }
    [[nodiscard]] const wire::Geometry& geometry() const { return geometry_; }

private:
    wire::Geometry geometry_ = wire::LayoutV2::plan("ring-stress", shape(64U << 10U));
    platform::SharedFile file_;
    platform::SegmentMapping head_;
    platform::MirroredMapping payload_;
};

class RingV1 {
public:
    using Producer = ring::ProducerV1;
    using Consumer = ring::ConsumerV1;
    // A reader looks at the ring only with a token of the semaphore in hand.
    static constexpr bool has_tokens = true;
    static constexpr std::size_t publications = 1;

    RingV1() : memory_(geometry_.file_size / sizeof(std::uint64_t) + 1) {
        wire::LayoutV1::format(control(), geometry_, 1);
    }
    wire::ControlV1& control() { return *reinterpret_cast<wire::ControlV1*>(memory_.data()); }
    std::byte* segment() { return reinterpret_cast<std::byte*>(memory_.data()); }
    std::byte* payload() { return segment() + geometry_.payload_offset; }
    [[nodiscard]] const wire::Geometry& geometry() const { return geometry_; }

private:
    wire::Geometry geometry_ = wire::LayoutV1::plan("ring-stress", shape(8U << 10U));
    std::vector<std::uint64_t> memory_;  // zeros, as a fresh file
};

std::uint64_t size_of(std::uint64_t sequence) { return 1 + sequence * 2654435761U % 2000; }
std::byte content_of(std::uint64_t sequence) { return static_cast<std::byte>(sequence * 31 + 7); }

template <class Ring>
class RingStress : public testing::Test {
protected:
    RingStress()
        : producer_(ring_.control(), ring_.payload(), ring_.geometry()),
          consumer_(ring_.control(), ring_.payload(), ring_.geometry()) {
        if (!producer_.attach() || !consumer_.attach()) { throw std::runtime_error("a fresh ring is refused"); }
        consumer_.reserve(8);
    }

    void produce() {
        for (std::uint64_t sequence = 1; sequence <= frames; ++sequence) {
            const std::uint64_t size = size_of(sequence);
            std::byte* data = claim(size);
            if (sequence % 3 == 0) {
                // Given up, all of it written: the next claim is for the same place. Or more than is committed in the end.
                std::memset(data, 0xFF, size);
                const std::uint64_t more = sequence % 2 == 0 ? size : size + 100;
                data = claim(more);
                std::memset(data, 0xFF, more);
            }
            std::memset(data, static_cast<int>(content_of(sequence)), size);
            ASSERT_EQ(producer_.commit(size), sequence);
            tokens_.fetch_add(1, std::memory_order_release);  // pairs with has_token(), as sem_post() does
        }
    }

    // Holds up to four frames and gives them back out of order.
    void consume() {
        std::deque<ring::Taken> held;
        for (std::uint64_t sequence = 1; sequence <= frames; ++sequence) {
            ring::Taken taken;
            ring::Take result = take(taken, sequence);
            for (; result == ring::Take::none; result = take(taken, sequence)) {
                release(held, 0);
                ::sched_yield();
            }
            ASSERT_EQ(result, ring::Take::taken);
            ASSERT_EQ(taken.extent.sequence, sequence);
            held.push_back(taken);
            if (held.size() == 4) { release(held, sequence % 2); }
        }
        while (!held.empty()) {
            release(held, 0);
        }
    }

    // Until it has seen enough publications, none of them torn.
    void read_metadata() {
        for (std::size_t seen = 0; seen < Ring::publications && !this->HasFailure();) {
            ring::Violation violation;
            const auto metadata =
                endpoint::load_metadata(ring_.control(), ring_.segment(), ring_.geometry(), violation);
            ASSERT_EQ(violation.field, nullptr);
            if (!metadata || metadata->empty()) { continue; }
            ++seen;
            const std::vector<std::byte> expected(metadata->size(), metadata->front());
            ASSERT_EQ(*metadata, expected);
        }
        enough_.store(true, std::memory_order_relaxed);
    }

    // In v1 once per buffer; in v2 as often as writers come, here all the time.
    void publish_metadata() {
        for (std::uint64_t round = 1; !enough_.load(std::memory_order_relaxed); ++round) {
            const std::vector<std::byte> bytes(1 + round % (metadata_size - wire::metadata_prefix), content_of(round));
            endpoint::store_metadata(ring_.control(), ring_.segment(), ring_.geometry(), bytes, true);
            ::sched_yield();
        }
    }

    Ring ring_;
    typename Ring::Producer producer_;
    typename Ring::Consumer consumer_;
    std::atomic<std::uint64_t> tokens_{0};
    std::atomic<bool> enough_{false};

private:
    std::byte* claim(std::uint64_t size) {
        std::byte* data = nullptr;
        ring::Room room = producer_.claim(size, data);
        for (; room == ring::Room::full; room = producer_.claim(size, data)) {
            ::sched_yield();
        }
        if (room != ring::Room::there) { throw std::runtime_error("a claim is refused"); }
        return data;
    }
    [[nodiscard]] bool has_token(std::uint64_t sequence) const {
        return !Ring::has_tokens || tokens_.load(std::memory_order_acquire) >= sequence;
    }
    ring::Take take(ring::Taken& taken, std::uint64_t sequence) {
        return has_token(sequence) ? consumer_.take(taken) : ring::Take::none;
    }
    void release(std::deque<ring::Taken>& held, std::size_t which) {
        if (held.size() <= which) { return; }
        const ring::Taken taken = held[which];
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
        ASSERT_EQ(taken.size, size_of(taken.extent.sequence));
        const std::vector<std::byte> expected(taken.size, content_of(taken.extent.sequence));
        ASSERT_EQ(std::memcmp(taken.data, expected.data(), taken.size), 0) << "frame " << taken.extent.sequence;
        ASSERT_NE(consumer_.release(taken.extent), ring::ReleaseOrder::Outcome::misuse);
    }
};

using Rings = testing::Types<RingV1, RingV2>;

class RingNames {
public:
    template <class Ring>
    static std::string GetName(int) {  // NOLINT(readability-identifier-naming): googletest asks for this name
        return std::is_same_v<Ring, RingV1> ? "v1" : "v2";
    }
};

TYPED_TEST_SUITE(RingStress, Rings, RingNames);

TYPED_TEST(RingStress, DeliversEveryFrameIntactBetweenTwoThreads) {
    std::thread producing([this] { this->produce(); });
    this->consume();
    producing.join();
    EXPECT_EQ(this->consumer_.used(), 0);
}

TYPED_TEST(RingStress, ReadsMetadataWholeWhileItIsWritten) {
    std::thread publishing([this] { this->publish_metadata(); });
    this->read_metadata();
    publishing.join();
}

}  // namespace
}  // namespace zerobuffer
