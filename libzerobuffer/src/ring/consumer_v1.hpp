// SPDX-License-Identifier: MIT
// The reader's half of a v1 ring. Accepts early wrap markers, reads a tail below 16 bytes as a wrap, credits space in ring
// order. Positions are private and only grow; the shared words are offsets. One thread at a time, but ready() may run in
// another thread while frames are released in this one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ring/header_v1.hpp"
#include "ring/release_order.hpp"
#include "ring/taken.hpp"
#include "ring/violation.hpp"
#include "wire/layout_v1.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::ring {

class ConsumerV1 {
public:
    ConsumerV1(wire::ControlV1& control, const std::byte* payload, const wire::Geometry& geometry)
        : control_(&control),
          payload_(payload),
          capacity_(geometry.capacity),
          max_frame_(geometry.max_frame),
          order_(0, 0) {}

    // A v1 reader always starts with a ring of its own.
    bool attach() noexcept { return true; }

    // Whether unread bytes are there. A full ring and an empty one have equal offsets and differ in the free bytes.
    [[nodiscard]] bool ready() const noexcept { return unread() != 0; }
    void prefetch_payload() const noexcept {}

    // Only with a token in hand, which says that a frame is complete.
    Take take(Taken& taken) noexcept {
        // At most one wrap: nothing a writer stores can make this loop go on.
        for (int wraps = 0; wraps < 2; ++wraps) {
            const std::uint64_t unread_bytes = unread();
            if (unread_bytes == 0) { return Take::none; }
            if (unread_bytes > capacity_) [[unlikely]] { return refuse("payload_write_pos", unread_bytes, capacity_); }
            const std::uint64_t tail = capacity_ - offset_;
            if (tail < wire::header_size_v1) {
                if (!wrap(tail)) { return Take::corrupt; }
                continue;
            }
            const HeaderV1 header = load_header(payload_ + offset_);
            if (is_marker(header)) {
                if (offset_ == 0) { return refuse("wrap marker at offset", 0, 1); }
                if (!wrap(tail)) { return Take::corrupt; }
                continue;
            }
            return take_frame(header, tail, unread_bytes, taken);
        }
        return refuse("wrap markers in a row", 2, 1);
    }

    // After the death of a writer that did not post its last token: the offsets are all there is. In a ring that may be
    // full or empty the counts decide, which every writer stores last.
    [[nodiscard]] bool ready_without_token() const noexcept {
        const std::uint64_t written = wire::load_acquire(control_->payload_write_pos);
        const bool full_or_empty = (written == capacity_ ? 0 : written) == wire::load_relaxed(offset_);
        return (!full_or_empty || is_more_counted_than_read()) && ready();
    }
    Take take_without_token(Taken& taken) noexcept { return ready_without_token() ? take(taken) : Take::none; }

    // Whether a token was no frame's. The offsets alone do not tell: a writer moves its own before it takes the free bytes, and
    // C++ writers do not count short tails, so that the counts may fall behind.
    [[nodiscard]] bool is_surely_empty() const noexcept {
        const std::uint64_t written = wire::load_acquire(control_->payload_write_pos);
        if ((written == capacity_ ? 0 : written) != wire::load_relaxed(offset_)) { return false; }
        return wire::load_relaxed(position_) != wire::load_relaxed(credited_) ||
               wire::load_acquire(control_->payload_free_bytes) == capacity_;
    }

    void reserve(std::uint64_t held) { order_.reserve(held + 1); }  // one more for a marker

    ReleaseOrder::Outcome release(const Extent& extent) noexcept {
        if (order_.ahead(extent.end) > order_.ahead(position_)) [[unlikely]] { return ReleaseOrder::Outcome::misuse; }
        const std::uint64_t before = order_.frontier();
        const auto outcome = order_.release(extent);
        if (outcome == ReleaseOrder::Outcome::moved) { credit(order_.frontier() - before); }
        return outcome;
    }

    [[nodiscard]] std::uint64_t produced() const noexcept {
        const std::uint64_t unread_bytes = unread();
        return position_ + (unread_bytes <= capacity_ ? unread_bytes : 0);
    }
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
    // Also from a thread that waits, beside one that takes.
    [[nodiscard]] std::uint64_t sequence() const noexcept { return wire::load_relaxed(expected_) - 1; }
    [[nodiscard]] std::uint64_t used() const noexcept {
        const std::uint64_t free_now = wire::load_relaxed(control_->payload_free_bytes);
        return free_now <= capacity_ ? capacity_ - free_now : 0;
    }
    [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return position_; }
    [[nodiscard]] const Violation& violation() const noexcept { return violation_; }

private:
    // Bytes from our offset to the writer's, in ring order. More than the capacity: the word is not an offset.
    [[nodiscard]] std::uint64_t unread() const noexcept {
        // publish edge, pairs with ProducerV1::commit()
        const std::uint64_t written = wire::load_acquire(control_->payload_write_pos);
        if (written > capacity_) { return written; }
        const std::uint64_t to = written == capacity_ ? 0 : written;
        const std::uint64_t from = wire::load_relaxed(offset_);
        if (to > from) { return to - from; }
        if (to < from) { return capacity_ - from + to; }
        return is_full() ? capacity_ : 0;
    }

    // The offsets are equal: all is unread, or nothing. Without a free byte, all. Some bytes free: all, of a writer that died
    // before it took them, and then more was written than read; or nothing, and a writer died after it took space that it has
    // not used. No writer counts too much.
    [[nodiscard]] bool is_full() const noexcept {
        const std::uint64_t held = wire::load_relaxed(position_) - wire::load_relaxed(credited_);
        const std::uint64_t free_now = wire::load_acquire(control_->payload_free_bytes);
        if (held != 0 || free_now == capacity_) { return false; }
        return free_now == 0 || is_more_counted_than_read();
    }
    [[nodiscard]] bool is_more_counted_than_read() const noexcept {
        return wire::load_acquire(control_->payload_written_count) > wire::load_relaxed(read_count_);
    }
    void count_read() noexcept {
        wire::store_relaxed(read_count_, read_count_ + 1);
        wire::store_relaxed(control_->payload_read_count, read_count_);
    }

    bool wrap(std::uint64_t tail) noexcept {
        if (tail > capacity_ - (position_ - order_.frontier())) {
            refuse("tail", tail, capacity_ - (position_ - order_.frontier()));
            return false;
        }
        const Extent extent{position_, position_ + tail, expected_ - 1};
        wire::store_relaxed(position_, position_ + tail);
        wire::store_relaxed(offset_, std::uint64_t{0});
        wire::store_relaxed(control_->payload_read_pos, std::uint64_t{0});
        count_read();
        release(extent);
        return true;
    }

    Take take_frame(const HeaderV1& header, std::uint64_t tail, std::uint64_t unread_bytes, Taken& taken) noexcept {
        if (header.size == 0 || header.size > max_frame_ || header.size > tail - wire::header_size_v1) {
            return refuse("frame size", header.size, tail - wire::header_size_v1);
        }
        const std::uint64_t total = wire::header_size_v1 + header.size;
        const std::uint64_t contiguous = unread_bytes < tail ? unread_bytes : tail;
        if (total > contiguous) { return refuse("frame size", header.size, contiguous - wire::header_size_v1); }
        if (total > capacity_ - (position_ - order_.frontier())) {
            return refuse("frame size", header.size, capacity_ - (position_ - order_.frontier()));
        }
        // Every writer of the old kind numbers from 1, also one that comes back.
        if (header.sequence != expected_ && header.sequence != 1) {
            return refuse("frame sequence", header.sequence, expected_);
        }
        taken.data = payload_ + offset_ + wire::header_size_v1;
        taken.size = header.size;
        taken.extent = {position_, position_ + total, header.sequence};
        wire::store_relaxed(position_, position_ + total);
        wire::store_relaxed(offset_, offset_ + total == capacity_ ? 0 : offset_ + total);
        wire::store_relaxed(expected_, header.sequence + 1);
        ++frames_;
        wire::store_relaxed(control_->payload_read_pos, offset_);
        count_read();
        return Take::taken;
    }

    void credit(std::uint64_t bytes) noexcept {
        wire::store_relaxed(credited_, order_.frontier());
        // space edge, pairs with ProducerV1::refresh(): our reads of the frames are over
        wire::shared(control_->payload_free_bytes).fetch_add(bytes, std::memory_order_acq_rel);
    }

    Take refuse(const char* field, std::uint64_t found, std::uint64_t expected) noexcept {
        violation_ = {field, found, expected};
        return Take::corrupt;
    }

    wire::ControlV1* control_;
    const std::byte* payload_;
    std::uint64_t capacity_;
    std::uint64_t max_frame_;
    // taking side; ready() may look at position and offset from another thread
    std::uint64_t position_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t expected_ = 1;
    std::uint64_t frames_ = 0;
    std::uint64_t read_count_ = 0;  // frames and wraps, as the shared word says
    Violation violation_;
    // releasing side
    ReleaseOrder order_;
    std::uint64_t credited_ = 0;  // the frontier, for ready() in another thread
};

}  // namespace zerobuffer::ring
