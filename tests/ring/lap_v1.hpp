// SPDX-License-Identifier: MIT
// A v1 ring of 256 bytes as other peers may leave it: frames, markers and words put there by hand.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>

#include "rings.hpp"

namespace zerobuffer::ring {

class LapV1 : public testing::Test {
protected:
    static constexpr std::uint64_t capacity = 256;

    /// A header with the pattern of its sequence behind it, as far as the ring goes.
    void put_frame(std::uint64_t offset, std::uint64_t size, std::uint64_t sequence) {
        put_header(offset, size, sequence);
        fill(ring_.payload.data() + offset + 16, std::min(size, capacity - offset - 16), sequence);
    }
    void put_header(std::uint64_t offset, std::uint64_t size, std::uint64_t sequence) {
        store_header(ring_.payload.data() + offset, {size, sequence});
    }
    void put_marker(std::uint64_t offset) { put_header(offset, 0, 0); }
    /// The words as a writer leaves them; free bytes for a reader that released nothing yet.
    void put_words(std::uint64_t write_pos, std::uint64_t free_bytes, std::uint64_t written_count) {
        ring_.control.payload_write_pos = write_pos;
        ring_.control.payload_free_bytes = free_bytes;
        ring_.control.payload_written_count = written_count;
    }
    /// Writes a frame of `total` ring bytes, and takes and releases it.
    void pass(std::uint64_t total) {
        ASSERT_TRUE(ring_.write(total - 16));
        ring_.release(ring_.take());
    }
    [[nodiscard]] bool attach_producer() {
        ring_.producer = std::make_unique<ProducerV1>(ring_.control, ring_.payload.data(), ring_.geometry);
        return ring_.producer->attach();
    }

    RingV1 ring_{capacity, Edge::back};
    std::byte* data_ = nullptr;
    Taken frame_{};
};

}  // namespace zerobuffer::ring
