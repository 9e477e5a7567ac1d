// SPDX-License-Identifier: MIT
// The reader's half of a v2 ring: take frames, credit their space, carry on after a crash. Works on bytes it does not own.
// One thread at a time, but ready() may run in another thread while frames are released in this one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ring/release_order.hpp"
#include "ring/taken.hpp"
#include "ring/violation.hpp"
#include "wire/layout_v2.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::ring {

class ConsumerV2 {
public:
    ConsumerV2(wire::ControlV2& control, const std::byte* payload, const wire::Geometry& geometry)
        : control_(&control),
          payload_(payload),
          capacity_(geometry.capacity),
          max_frame_(geometry.max_frame),
          alignment_(geometry.alignment),
          unit_(wire::LayoutV2::header_unit(geometry.alignment)),
          order_(0, 0) {}

    // Starts where an earlier reader left off: at the first frame that was not released. Only with the reader's lock held.
    bool attach() {
        const std::uint64_t position = wire::load_acquire(control_->consumer.position);
        const std::uint64_t sequence = wire::load_acquire(control_->consumer.sequence);
        if (position > ~std::uint64_t{0} - 2 * capacity_ || position % alignment_ != 0) {
            return refuse("consumer position", position, ~std::uint64_t{0} - 2 * capacity_);
        }
        const std::uint64_t producer = wire::load_acquire(control_->producer.position);
        // The mirror may be one frame behind us, and the ring at most full.
        if (producer > position ? producer - position > capacity_ : position - producer > capacity_) {
            return refuse("producer position", producer, position);
        }
        offset_ = position % capacity_;
        const std::uint64_t found = wire::load_acquire(header()->sequence);
        if (found > sequence + 1) { return refuse("frame sequence", found, sequence + 1); }
        position_ = position;
        expected_ = found != 0 ? found : sequence + 1;
        order_ = ReleaseOrder(position, expected_ - 1);
        first_position_ = position;
        first_sequence_ = expected_ - 1;
        return true;
    }

    // Whether take() would find something (perhaps something corrupt).
    [[nodiscard]] bool ready() const noexcept {
        // commit edge, pairs with ProducerV2::commit(); take() looks again
        return wire::load_acquire(header_at(wire::load_relaxed(offset_))->sequence) != 0;
    }

    // While a reader polls for a small frame, the line behind the header can come along with it.
    void prefetch_payload() const noexcept {
        if (wire::load_relaxed(last_size_) <= 128) { __builtin_prefetch(payload_ + wire::load_relaxed(offset_) + 64); }
    }

    Take take(Taken& taken) noexcept {
        // commit edge, pairs with ProducerV2::commit(): size and payload are visible
        const std::uint64_t found = wire::load_acquire(header()->sequence);
        if (found == 0) { return Take::none; }
        if (found != expected_) [[unlikely]] { return refuse_take("frame sequence", found, expected_); }
        const std::uint64_t size = wire::load_relaxed(header()->payload_size);
        if (size > max_frame_) [[unlikely]] { return refuse_take("frame size", size, max_frame_); }
        const std::uint64_t total = wire::LayoutV2::frame_size(size, alignment_);
        // A correct writer leaves room for the next header; what is held can never be inside a new frame.
        if (total + unit_ > capacity_ - (position_ - order_.frontier())) [[unlikely]] {
            return refuse_take("frame size", size, capacity_ - (position_ - order_.frontier()));
        }
        taken.data = payload_ + offset_ + unit_;
        taken.size = size;
        taken.extent = {position_, position_ + total, found};
        position_ += total;
        const std::uint64_t next = offset_ + total;
        wire::store_relaxed(offset_, next >= capacity_ ? next - capacity_ : next);
        wire::store_relaxed(last_size_, size);
        wire::store_relaxed(expected_, expected_ + 1);
        return Take::taken;
    }

    void reserve(std::uint64_t held) { order_.reserve(held); }

    ReleaseOrder::Outcome release(const Extent& extent) noexcept {
        if (order_.ahead(extent.end) > order_.ahead(position_)) [[unlikely]] { return ReleaseOrder::Outcome::misuse; }
        const auto outcome = order_.release(extent);
        if (outcome == ReleaseOrder::Outcome::moved) { credit(); }
        return outcome;
    }

    // Where the writer was at the moment of the call, as far as its mirror tells: an end for acquire_latest.
    [[nodiscard]] std::uint64_t produced() const noexcept { return wire::load_acquire(control_->producer.position); }
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
    // Also from a thread that waits, beside one that takes.
    [[nodiscard]] std::uint64_t sequence() const noexcept { return wire::load_relaxed(expected_) - 1; }
    [[nodiscard]] std::uint64_t used() const noexcept {
        const std::uint64_t produced_now = produced();
        return produced_now - order_.frontier() <= capacity_ ? produced_now - order_.frontier() : 0;
    }
    [[nodiscard]] std::uint64_t frames() const noexcept { return expected_ - 1 - first_sequence_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return position_ - first_position_; }
    [[nodiscard]] const Violation& violation() const noexcept { return violation_; }

private:
    [[nodiscard]] const wire::FrameHeader* header_at(std::uint64_t offset) const noexcept {
        return reinterpret_cast<const wire::FrameHeader*>(payload_ + offset);
    }
    [[nodiscard]] const wire::FrameHeader* header() const noexcept { return header_at(offset_); }

    // Sequence first: a reader that resumes between the two stores expects a frame that is still there.
    void credit() noexcept {
        wire::store_release(control_->consumer.sequence, order_.sequence());
        // release edge, pairs with ProducerV2::refresh(): our reads of the frames are over
        wire::store_release(control_->consumer.position, order_.frontier());
    }

    bool refuse(const char* field, std::uint64_t found, std::uint64_t expected) noexcept {
        violation_ = {field, found, expected};
        return false;
    }
    Take refuse_take(const char* field, std::uint64_t found, std::uint64_t expected) noexcept {
        violation_ = {field, found, expected};
        return Take::corrupt;
    }

    wire::ControlV2* control_;
    const std::byte* payload_;
    std::uint64_t capacity_;
    std::uint64_t max_frame_;
    std::uint64_t alignment_;
    std::uint64_t unit_;
    // taking side; ready() may look at offset and last size from another thread
    std::uint64_t position_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t expected_ = 1;
    std::uint64_t last_size_ = 0;
    std::uint64_t first_position_ = 0;
    std::uint64_t first_sequence_ = 0;
    Violation violation_;
    // releasing side
    ReleaseOrder order_;
};

}  // namespace zerobuffer::ring
