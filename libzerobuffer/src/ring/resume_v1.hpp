// SPDX-License-Identifier: MIT
// Which frame of a v1 ring was the last: the protocol has no word for it. Unread frames are whole, so they tell for certain.
// When everything was read, the lap from offset 0 tells. A claim at offset 0 gives up that lap, so it leaves an announcement
// there first: who dies before the commit, dies with the answer in the ring. All of it lies in free bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ring/header_v1.hpp"
#include "wire/layout_v1.hpp"

namespace zerobuffer::ring {

class ResumeV1 {
public:
    // `count` of frames and wraps since the ring was made.
    ResumeV1(const std::byte* payload, std::uint64_t capacity, std::uint64_t count) noexcept
        : payload_(payload), capacity_(capacity), count_(count) {}

    // Its sequence; 0 where no answer is certain: then numbers start at 1 again, as with every writer of the old kind.
    // `read` and `written` are offsets below the capacity; equal ones mean that all is unread if `is_full`, or nothing.
    [[nodiscard]] std::uint64_t last_sequence(std::uint64_t read, std::uint64_t written, bool is_full) const noexcept {
        if (written < read || is_full) {
            const Chain newer = follow(0, written);
            const Chain older = follow(read, capacity_);
            if (newer.frames + older.frames != 0) { return newer.frames != 0 ? newer.last : older.last; }
        } else if (const Chain unread = follow(read, written); unread.frames != 0) {
            return unread.last;
        }
        return last_of_lap(written);
    }

    // Whether a reader at that offset goes on at 0.
    [[nodiscard]] bool wraps_at(std::uint64_t at) const noexcept {
        return capacity_ - at < wire::header_size_v1 || is_marker(load_header(payload_ + at));
    }

    // Before the caller of a claim at 0 can write to it. The wrap marker, then the sequence, then the size, which names the
    // offset that the claim was made at: as soon as anything is committed elsewhere, the announcement is void.
    static void announce(std::byte* payload, std::uint64_t offset, std::uint64_t waste,
                         std::uint64_t sequence) noexcept {
        if (waste >= wire::header_size_v1) { store_header(payload + offset, wrap_marker); }
        std::atomic_signal_fence(std::memory_order_release);
        std::memcpy(payload + offsetof(HeaderV1, sequence), &sequence, sizeof sequence);
        std::atomic_signal_fence(std::memory_order_release);
        const std::uint64_t size = announced_at(offset);
        std::memcpy(payload + offsetof(HeaderV1, size), &size, sizeof size);
        std::atomic_signal_fence(std::memory_order_release);
    }

private:
    // No frame has that size.
    static std::uint64_t announced_at(std::uint64_t offset) noexcept { return ~offset; }

    struct Chain {
        std::uint64_t frames = 0;
        std::uint64_t last = 0;  // sequence
        std::uint64_t end = 0;
        bool is_whole = false;  // it leads where it should
    };

    // Frames one behind the other, until `end`, a wrap, or what is no frame.
    [[nodiscard]] Chain follow(std::uint64_t at, std::uint64_t end) const noexcept {
        Chain chain;
        while (end - at >= wire::header_size_v1) {
            const HeaderV1 header = load_header(payload_ + at);
            if (header.size == 0 || header.size > end - at - wire::header_size_v1) { break; }
            at += wire::header_size_v1 + header.size;
            ++chain.frames;
            chain.last = header.sequence;
        }
        chain.end = at;
        chain.is_whole = at == end || (end == capacity_ && wraps_at(at));
        return chain;
    }

    // Everything was read. A lap of one frame may also be a frame that was never committed: announce() or commit() can have
    // been cut short. Then only a missing marker behind it tells, or the count of the first frame of all.
    [[nodiscard]] std::uint64_t last_of_lap(std::uint64_t written) const noexcept {
        const HeaderV1 first = load_header(payload_);
        if (first.size == announced_at(written) && first.sequence != 0) { return first.sequence - 1; }
        const Chain lap = follow(0, written == 0 ? capacity_ : written);
        if (!lap.is_whole) { return 0; }
        if (lap.frames == 1 && wraps_at(lap.end)) { return count_ == 1 ? 1 : 0; }
        return lap.last;
    }

    const std::byte* payload_;
    std::uint64_t capacity_;
    std::uint64_t count_;
};

}  // namespace zerobuffer::ring
