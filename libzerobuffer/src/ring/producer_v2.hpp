// SPDX-License-Identifier: MIT
// The writer's half of a v2 ring: claim room, commit a frame, carry on after a crash. Works on bytes it does not own: the
// control block and a payload that is mapped twice, back to back, so that no frame is ever split. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ring/violation.hpp"
#include "wire/layout_v2.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::ring {

class ProducerV2 {
public:
    ProducerV2(wire::ControlV2& control, std::byte* payload, const wire::Geometry& geometry) noexcept
        : control_(&control),
          payload_(payload),
          capacity_(geometry.capacity),
          max_frame_(geometry.max_frame),
          alignment_(geometry.alignment),
          unit_(wire::LayoutV2::header_unit(geometry.alignment)) {}

    // Takes over what an earlier writer left, or starts at a fresh ring: a frame whose header is there but whose mirror
    // is late is rolled over. Only with the writer's lock held. False: violation() says what is wrong.
    bool attach() noexcept {
        const auto& line = control_->producer;
        position_ = wire::load_acquire(line.position);
        sequence_ = wire::load_acquire(line.sequence);
        if (position_ > ~std::uint64_t{0} - 2 * capacity_ || position_ % alignment_ != 0) {
            return refuse("producer position", position_, ~std::uint64_t{0} - 2 * capacity_);
        }
        offset_ = position_ % capacity_;
        const std::uint64_t found = wire::load_acquire(header(offset_)->sequence);
        if (found != 0 && !roll_forward(found)) { return false; }
        // release edge, pairs with ConsumerV2::credit(): what the reader has freed may be overwritten
        consumer_ = wire::load_acquire(control_->consumer.position);
        if (consumer_ > position_ || position_ - consumer_ > capacity_) {
            return refuse("consumer position", consumer_, position_);
        }
        if (found != 0) { mirror(); }  // the first stores, now that all is checked
        first_consumer_ = consumer_;
        first_position_ = position_;
        first_sequence_ = sequence_;
        return true;
    }

    // Looks for room for `size` payload bytes. `data` is where they go.
    [[nodiscard]] Room claim(std::uint64_t size, std::byte*& data) noexcept {
        if (size > max_frame_) [[unlikely]] { return Room::too_large; }
        const std::uint64_t needed = wire::LayoutV2::frame_size(size, alignment_) + unit_;
        // Subtractions of positions we own: no sum of untrusted values.
        if (needed > capacity_ - (position_ - consumer_)) [[unlikely]] {
            if (!refresh()) { return Room::corrupt; }
            if (needed > capacity_ - (position_ - consumer_)) { return Room::full; }
        }
        data = payload_ + offset_ + unit_;
        return Room::there;
    }

    // Whether claim() would find room, or something wrong. Also from a thread that waits while another one claims.
    [[nodiscard]] bool has_room(std::uint64_t size) const noexcept {
        const std::uint64_t needed = wire::LayoutV2::frame_size(size, alignment_) + unit_;
        const std::uint64_t before = wire::load_relaxed(consumer_);
        // release edge, pairs with ConsumerV2::credit()
        const std::uint64_t seen = wire::load_acquire(control_->consumer.position);
        const std::uint64_t position = wire::load_relaxed(position_);
        return seen - before > position - before || needed <= capacity_ - (position - seen);
    }

    // Free bytes as last seen; the caller refreshes through claim().
    [[nodiscard]] std::uint64_t free_bytes() const noexcept { return capacity_ - (position_ - consumer_); }

    // Publishes the claimed frame. The order of the stores is the protocol: see docs/memory-model.md.
    std::uint64_t commit(std::uint64_t size) noexcept {
        const std::uint64_t total = wire::LayoutV2::frame_size(size, alignment_);
        const std::uint64_t next = wrapped(offset_ + total);
        auto* const current = header(offset_);
        wire::store_relaxed(current->payload_size, size);
        // The next header must read "nothing yet" before this frame shows where it is.
        wire::store_relaxed(header(next)->sequence, std::uint64_t{0});
        wire::store_relaxed(sequence_, sequence_ + 1);
        wire::store_relaxed(position_, position_ + total);  // has_room() may look from another thread
        offset_ = next;
        // commit edge, pairs with ConsumerV2::take(): this single store makes the frame exist
        wire::store_release(current->sequence, sequence_);
        mirror();
        last_total_ = total;
        return sequence_;
    }

    // Stores leave in order, so that one whose line the reader's processor still has would hold back the sequence store
    // behind it. Of large frames it is the header that the next commit clears; of small ones a line some frames ahead, as the
    // reader polls the nearer ones. Where the ring is nearly full it would take what the reader is about to read.
    void prepare_next() const noexcept {
        if (last_total_ >= 4096) {
            prefetch_to_write(header(wrapped(offset_ + last_total_)));
        } else if (free_bytes() >= far_from_reader) {
            prefetch_to_write(header(wrapped(offset_ + some_frames)));
        }
    }

    // Also from a thread that waits, beside one that commits.
    [[nodiscard]] std::uint64_t sequence() const noexcept { return wire::load_relaxed(sequence_); }
    [[nodiscard]] std::uint64_t used() const noexcept {
        const std::uint64_t used_now = position_ - wire::load_acquire(control_->consumer.position);
        return used_now <= capacity_ ? used_now : 0;
    }
    // Whether a reader released something since this writer attached.
    [[nodiscard]] bool reader_moved() const noexcept { return consumer_ != first_consumer_; }
    [[nodiscard]] std::uint64_t frames() const noexcept { return sequence_ - first_sequence_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return position_ - first_position_; }
    [[nodiscard]] const Violation& violation() const noexcept { return violation_; }

    // Reads the consumer's position again. False when it went back or beyond what was produced.
    bool refresh() noexcept {
        // release edge, pairs with ConsumerV2::credit()
        const std::uint64_t seen = wire::load_acquire(control_->consumer.position);
        if (seen - consumer_ > position_ - consumer_) [[unlikely]] {
            return refuse("consumer position", seen, position_);
        }
        wire::store_relaxed(consumer_, seen);  // has_room() may look from another thread
        return true;
    }

private:
    static constexpr std::uint64_t some_frames = 512;
    static constexpr std::uint64_t far_from_reader = 32768;

    // mirror edge, pairs with attach() of the next writer: late by at most one frame, never early
    void mirror() noexcept {
        wire::store_release(control_->producer.sequence, sequence_);
        wire::store_release(control_->producer.position, position_);
    }

    // In the state that a store needs. The builtin gives a plain prefetch unless the compiler may assume the instruction;
    // every x86-64 processor runs it, the oldest ones as a no-op.
    static void prefetch_to_write(const void* address) noexcept {
#if defined(__x86_64__)
        asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(address)));
#else
        __builtin_prefetch(address, 1);
#endif
    }

    [[nodiscard]] wire::FrameHeader* header(std::uint64_t offset) const noexcept {
        return reinterpret_cast<wire::FrameHeader*>(payload_ + offset);
    }
    [[nodiscard]] std::uint64_t wrapped(std::uint64_t offset) const noexcept {
        return offset >= capacity_ ? offset - capacity_ : offset;
    }

    bool refuse(const char* field, std::uint64_t found, std::uint64_t expected) noexcept {
        violation_ = {field, found, expected};
        return false;
    }

    bool roll_forward(std::uint64_t found) noexcept {
        if (found != sequence_ && found != sequence_ + 1) { return refuse("frame sequence", found, sequence_ + 1); }
        const std::uint64_t size = wire::load_relaxed(header(offset_)->payload_size);
        if (size > max_frame_) { return refuse("frame size", size, max_frame_); }
        const std::uint64_t total = wire::LayoutV2::frame_size(size, alignment_);
        const std::uint64_t next = wire::load_acquire(header(wrapped(offset_ + total))->sequence);
        if (next != 0) { return refuse("header after the last frame", next, 0); }
        sequence_ = found;
        position_ += total;
        offset_ = wrapped(offset_ + total);
        return true;
    }

    wire::ControlV2* control_;
    std::byte* payload_;
    std::uint64_t capacity_;
    std::uint64_t max_frame_;
    std::uint64_t alignment_;
    std::uint64_t unit_;
    std::uint64_t position_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t sequence_ = 0;
    std::uint64_t consumer_ = 0;  // the reader's position as last seen
    std::uint64_t first_consumer_ = 0;
    std::uint64_t last_total_ = 0;
    std::uint64_t first_position_ = 0;
    std::uint64_t first_sequence_ = 0;
    Violation violation_;
};

}  // namespace zerobuffer::ring
