// SPDX-License-Identifier: MIT
// The writer's half of a v1 ring. Never leaves a tail of 1 to 15 bytes when it can wrap early instead, publishes a wrap
// marker together with the frame behind it, and carries the sequence on from an earlier writer where that is certain. One
// thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ring/header_v1.hpp"
#include "ring/resume_v1.hpp"
#include "ring/violation.hpp"
#include "wire/layout_v1.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::ring {

class ProducerV1 {
public:
    ProducerV1(wire::ControlV1& control, std::byte* payload, const wire::Geometry& geometry) noexcept
        : control_(&control),
          payload_(payload),
          capacity_(geometry.capacity),
          max_frame_(geometry.max_frame),
          tail_is_readable_(geometry.file_size % 4096 != 0) {}

    // Starts where an earlier writer left off. Only as the one writer. `pause` lets a reader get on that may be amid its stores;
    // without one the reader must stand still.
    bool attach() noexcept {
        return attach([] {});
    }
    template <class Pause>
    bool attach(Pause pause) noexcept {
        const std::uint64_t written = wire::load_acquire(control_->payload_write_pos);
        if (written > capacity_) { return refuse("payload_write_pos", written, capacity_); }
        offset_ = written == capacity_ ? 0 : written;
        count_ = wire::load_relaxed(control_->payload_written_count);
        Unread unread{};
        if (!look_at(unread)) { return false; }
        for (int attempt = 0; is_doubtful(unread) && attempt < 40; ++attempt) {
            pause();
            if (!look_at(unread)) { return false; }
        }
        if (!take_back(unread.excess)) { return false; }
        const bool is_fresh = offset_ == 0 && count_ == 0;
        sequence_ = is_fresh ? 0 : resume().last_sequence(unread.from, offset_, unread.is_full);
        first_sequence_ = sequence_;
        return true;
    }

    // `size` is at least 1: a header of size 0 is a wrap marker.
    [[nodiscard]] Room claim(std::uint64_t size, std::byte*& data) noexcept {
        if (size > max_frame_) [[unlikely]] { return Room::too_large; }
        const Place place = place_for(size);
        // The marker at offset_ and the frame at 0 must both fit, even into an empty ring.
        if (place.waste + place.total > capacity_ || !has_safe_tail(place)) [[unlikely]] { return Room::too_large; }
        if (place.waste + place.total > free_) {
            if (!refresh()) [[unlikely]] { return Room::corrupt; }
            if (place.waste + place.total > free_) { return Room::full; }
        }
        data = payload_ + place.offset + wire::header_size_v1;
        claimed_ = place;
        if (place.offset == 0) { ResumeV1::announce(payload_, offset_, place.waste, sequence_ + 1); }
        return Room::there;
    }

    // Whether claim() would find room, or something wrong. Also from a thread that waits while another one claims.
    [[nodiscard]] bool has_room(std::uint64_t size) const noexcept {
        const Place place = place_for(size);
        // space edge, pairs with ConsumerV1::credit()
        const std::uint64_t free_now = wire::load_acquire(control_->payload_free_bytes);
        return free_now > capacity_ || place.waste + place.total > capacity_ || place.waste + place.total <= free_now;
    }

    [[nodiscard]] std::uint64_t free_bytes() const noexcept { return free_; }
    [[nodiscard]] static bool reader_moved() noexcept { return false; }  // the reader was there at attach

    // Publishes the claimed frame; the caller posts its token. Free bytes go down before the position goes up: a writer
    // that is killed between the two leaks space, where the other order would hand unread bytes to the next writer.
    std::uint64_t commit(std::uint64_t size) noexcept {
        const Place place{claimed_.offset, wire::header_size_v1 + size, claimed_.waste};
        wire::store_relaxed(sequence_, sequence_ + 1);
        store_header(payload_ + place.offset, {size, sequence_});
        const std::uint64_t end = place.offset + place.total;
        // Less than a header is left although no claim aims for that: the frame at 0 is that long, or was committed smaller
        // than claimed. Zeros read as a marker.
        if (end != capacity_ && capacity_ - end < wire::header_size_v1) {
            std::memset(payload_ + end, 0, capacity_ - end);
        }
        const std::uint64_t taken = place.waste + place.total;
        // space edge, pairs with ConsumerV1::credit(): the reader adds what it has released
        free_ = wire::shared(control_->payload_free_bytes).fetch_sub(taken, std::memory_order_acq_rel) - taken;
        // A lie: the next claim looks again, and says so.
        if (free_ > capacity_) [[unlikely]] { free_ = 0; }
        wire::store_relaxed(offset_, end == capacity_ ? 0 : end);  // has_room() may look from another thread
        count_ += place.waste != 0 ? 2 : 1;
        // publish edge, pairs with ConsumerV1::unread(): header and payload are visible
        wire::store_release(control_->payload_write_pos, offset_);
        wire::store_release(control_->payload_written_count, count_);
        bytes_ += taken;
        return sequence_;
    }

    void prepare_next() const noexcept {}

    // Also from a thread that waits, beside one that commits.
    [[nodiscard]] std::uint64_t sequence() const noexcept { return wire::load_relaxed(sequence_); }
    [[nodiscard]] std::uint64_t used() const noexcept {
        const std::uint64_t free_now = wire::load_relaxed(control_->payload_free_bytes);
        return free_now <= capacity_ ? capacity_ - free_now : 0;
    }
    [[nodiscard]] std::uint64_t frames() const noexcept { return sequence_ - first_sequence_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] const Violation& violation() const noexcept { return violation_; }

    // Reads the free bytes again. False when there are more than the ring has.
    bool refresh() noexcept {
        // space edge, pairs with ConsumerV1::credit()
        const std::uint64_t seen = wire::load_acquire(control_->payload_free_bytes);
        if (seen > capacity_) { return refuse("payload_free_bytes", seen, capacity_); }
        free_ = seen;
        return true;
    }

private:
    struct Place {
        std::uint64_t offset;  // of the header
        std::uint64_t total;   // header and payload
        std::uint64_t waste;   // tail given up before it
    };

    [[nodiscard]] Place place_for(std::uint64_t size) const noexcept {
        const std::uint64_t total = wire::header_size_v1 + size;
        const std::uint64_t offset = wire::load_relaxed(offset_);
        const std::uint64_t tail = capacity_ - offset;
        const bool fits = total == tail || total + wire::header_size_v1 <= tail;
        if (fits || offset == 0) { return {offset, total, 0}; }
        return {0, total, tail};
    }

    // Old readers look for a header in a tail of 1 to 15 bytes, beyond the ring: harmless (zeros) unless the mapping ends there.
    [[nodiscard]] bool has_safe_tail(const Place& place) const noexcept {
        const std::uint64_t left = capacity_ - (place.offset + place.total);
        return tail_is_readable_ || left == 0 || left >= wire::header_size_v1;
    }

    // What the reader has before it, at one look.
    struct Unread {
        std::uint64_t from;    // offset of its next header
        bool is_full;          // the offsets are equal, and all is unread, not nothing
        std::uint64_t excess;  // bytes that are unread, and "free" as well
    };

    // Full as ConsumerV1::is_full() tells it. The position is loaded last: a reader that moves meanwhile has less unread than
    // we think, or is behind with its count, which is doubtful.
    bool look_at(Unread& unread) noexcept {
        if (!refresh()) { return false; }
        const std::uint64_t read_count = wire::load_acquire(control_->payload_read_count);
        const std::uint64_t read = wire::load_acquire(control_->payload_read_pos);
        if (read > capacity_) { return refuse("payload_read_pos", read, capacity_); }
        unread.from = read == capacity_ ? 0 : read;
        unread.is_full = unread.from == offset_ && free_ != capacity_ && (free_ == 0 || count_ > read_count);
        std::uint64_t bytes = offset_ >= unread.from ? offset_ - unread.from : capacity_ - unread.from + offset_;
        if (unread.is_full) { bytes = capacity_; }
        unread.excess = free_ > capacity_ - bytes ? free_ - (capacity_ - bytes) : 0;
        return true;
    }

    // Where a reader that is alive may look like that: every one stores its position before its count, which seems to be a full
    // ring; and one of the old kind gives a tail back before it goes on at 0.
    [[nodiscard]] bool is_doubtful(const Unread& unread) const noexcept {
        return unread.excess != 0 && (unread.is_full || resume().wraps_at(unread.from));
    }

    // A writer of the old kind that was killed between its position and its free bytes left more "free" than there is: the
    // next frame would overwrite unread ones.
    bool take_back(std::uint64_t excess) noexcept {
        if (excess == 0) { return true; }
        wire::shared(control_->payload_free_bytes).fetch_sub(excess, std::memory_order_acq_rel);
        return refresh();
    }

    [[nodiscard]] ResumeV1 resume() const noexcept { return {payload_, capacity_, count_}; }

    bool refuse(const char* field, std::uint64_t found, std::uint64_t expected) noexcept {
        violation_ = {field, found, expected};
        return false;
    }

    wire::ControlV1* control_;
    std::byte* payload_;
    std::uint64_t capacity_;
    std::uint64_t max_frame_;
    bool tail_is_readable_;
    std::uint64_t offset_ = 0;
    std::uint64_t sequence_ = 0;
    std::uint64_t count_ = 0;
    std::uint64_t free_ = 0;  // as last seen: only the reader makes it grow
    std::uint64_t bytes_ = 0;
    std::uint64_t first_sequence_ = 0;
    Place claimed_{};
    Violation violation_;
};

}  // namespace zerobuffer::ring
