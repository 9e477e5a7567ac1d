// SPDX-License-Identifier: MIT
// Every frame size at every offset of a v2 ring of one page, against the rules of the format written down once more.
#include <gtest/gtest.h>

#include <cstring>

#include "rings.hpp"

namespace zerobuffer::ring {
namespace {

class EveryFrameV2 : public testing::TestWithParam<std::uint32_t> {
protected:
    /// Ring bytes of a frame: header unit and payload, rounded up to the alignment.
    [[nodiscard]] std::uint64_t total_of(std::uint64_t size) const {
        return alignment_ + (size + alignment_ - 1) / alignment_ * alignment_;
    }
    void put(std::vector<std::byte>& image, std::uint64_t position, std::uint64_t value) const {
        std::memcpy(&image[position % capacity_], &value, sizeof value);
    }
    /// What the ring holds after a frame of `size` was committed at `start`.
    [[nodiscard]] std::vector<std::byte> image_after(std::vector<std::byte> image, std::uint64_t start,
                                                     std::uint64_t size) const {
        put(image, start, size);
        put(image, start + 8, sequence_);
        put(image, start + total_of(size) + 8, 0);
        const std::uint64_t first = (start + alignment_) % capacity_;
        const std::uint64_t before_end = std::min(size, capacity_ - first);
        std::copy_n(content_.begin(), before_end, image.begin() + static_cast<std::ptrdiff_t>(first));
        std::copy_n(content_.begin() + static_cast<std::ptrdiff_t>(before_end), size - before_end, image.begin());
        return image;
    }
    void expect_frame_round(std::uint64_t start, std::uint64_t size);

    const std::uint32_t alignment_ = GetParam();
    const std::uint64_t capacity_ = page_size();
    const std::uint64_t largest_ = capacity_ - 2 * alignment_;
    // Of a ring that was in use for long: no offset is its position, and no byte is zero.
    const std::uint64_t lap_ = 5 * capacity_;
    const std::uint64_t sequence_ = 78;
    const std::vector<std::byte> before_ = std::vector<std::byte>(capacity_, std::byte{0xee});
    std::vector<std::byte> content_ = std::vector<std::byte>(capacity_);
    RingV2 ring_{alignment_};
};

void EveryFrameV2::expect_frame_round(std::uint64_t start, std::uint64_t size) {
    std::byte* data = nullptr;
    ASSERT_EQ(ring_.producer->claim(size, data), Room::there);
    ASSERT_EQ(data, ring_.payload.data() + start % capacity_ + alignment_);
    auto expected = before_;
    put(expected, start + 8, 0);
    ASSERT_TRUE(equal(ring_.payload.bytes(), expected)) << "a claim is private";
    std::memcpy(data, content_.data(), size);
    ASSERT_EQ(ring_.producer->commit(size), sequence_);
    ring_.producer->prepare_next();
    ring_.consumer->prefetch_payload();
    ASSERT_TRUE(equal(ring_.payload.bytes(), image_after(std::move(expected), start, size)));
    ASSERT_EQ(ring_.control.producer.position, start + total_of(size));
    ASSERT_EQ(ring_.control.producer.sequence, sequence_);

    Taken frame{};
    ASSERT_EQ(ring_.consumer->take(frame), Take::taken);
    ASSERT_EQ(frame.data, data);
    ASSERT_EQ(frame.size, size);
    ASSERT_EQ(std::memcmp(frame.data, content_.data(), size), 0);
    ASSERT_EQ(frame.extent.sequence, sequence_);
    ASSERT_EQ(ring_.control.consumer.position, start) << "taking stores nothing";
    ring_.release(frame);
    ASSERT_EQ(ring_.control.consumer.position, start + total_of(size));
    ASSERT_EQ(ring_.control.consumer.sequence, sequence_);
    ASSERT_EQ(ring_.consumer->take(frame), Take::none);
}

TEST_P(EveryFrameV2, TouchesItsOwnBytesAndComesOutWhole) {
    fill(content_.data(), content_.size(), sequence_);
    for (std::uint64_t offset = 0; offset < capacity_; offset += alignment_) {
        for (std::uint64_t size = 0; size <= largest_; ++size) {
            std::ranges::copy(before_, ring_.payload.data());
            ring_.restart(lap_ + offset, sequence_ - 1);
            expect_frame_round(lap_ + offset, size);
            ASSERT_FALSE(HasFailure()) << "offset " << offset << ", size " << size;
        }
    }
}

TEST_P(EveryFrameV2, LargerThanTheRingIsTooLargeEverywhere) {
    for (std::uint64_t offset = 0; offset < capacity_; offset += alignment_) {
        ring_.restart(lap_ + offset, sequence_ - 1);
        for (const std::uint64_t size : {largest_ + 1, capacity_, ~std::uint64_t{0} - 15, ~std::uint64_t{0}}) {
            std::byte* data = nullptr;
            ASSERT_EQ(ring_.producer->claim(size, data), Room::too_large) << offset << " " << size;
        }
    }
}

// The room rule: what is occupied, the frame and the header that it clears behind itself are at most the capacity.
TEST_P(EveryFrameV2, NeedsRoomForItselfAndTheNextHeader) {
    for (std::uint64_t occupied = 0; occupied <= capacity_; occupied += alignment_) {
        ring_.restart(lap_, sequence_);
        ring_.control.consumer.position = lap_ - occupied;
        ring_.attach_producer();
        for (std::uint64_t size = 0; size <= largest_; ++size) {
            const bool fits = occupied + total_of(size) + alignment_ <= capacity_;
            std::byte* data = nullptr;
            ASSERT_EQ(ring_.producer->has_room(size), fits) << occupied << " " << size;
            ASSERT_EQ(ring_.producer->claim(size, data), fits ? Room::there : Room::full) << occupied << " " << size;
        }
    }
}

TEST_P(EveryFrameV2, FindsTheRoomThatTheReaderMadeMeanwhile) {
    for (std::uint64_t released = 0; released <= capacity_; released += alignment_) {
        ring_.restart(lap_, sequence_);
        ring_.control.consumer.position = lap_ - capacity_;
        ring_.attach_producer();
        ring_.control.consumer.position = lap_ - capacity_ + released;
        for (std::uint64_t size = 0; size <= largest_; size += 5) {
            const bool fits = total_of(size) + alignment_ <= released;
            std::byte* data = nullptr;
            ASSERT_EQ(ring_.producer->has_room(size), fits) << released << " " << size;
            ASSERT_EQ(ring_.producer->claim(size, data), fits ? Room::there : Room::full) << released << " " << size;
        }
    }
}

TEST_P(EveryFrameV2, MayBeCommittedSmaller) {
    fill(content_.data(), content_.size(), sequence_);
    for (std::uint64_t size = 0; size < largest_; ++size) {
        const std::uint64_t start = lap_ + capacity_ - 2 * alignment_;
        std::ranges::copy(before_, ring_.payload.data());
        ring_.restart(start, sequence_ - 1);
        auto expected = copy_of(ring_.payload.bytes());
        std::byte* data = nullptr;
        ASSERT_EQ(ring_.producer->claim(largest_, data), Room::there);
        std::memcpy(data, content_.data(), size);
        ASSERT_EQ(ring_.producer->commit(size), sequence_);
        ASSERT_TRUE(equal(ring_.payload.bytes(), image_after(std::move(expected), start, size))) << size;
        ASSERT_EQ(ring_.control.producer.position, start + total_of(size));
    }
}

INSTANTIATE_TEST_SUITE_P(Alignments, EveryFrameV2, testing::Values(16U, 64U),
                         [](const auto& alignment) { return "Of" + std::to_string(alignment.param); });

}  // namespace
}  // namespace zerobuffer::ring
