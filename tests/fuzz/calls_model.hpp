// SPDX-License-Identifier: MIT
// What a buffer must hold after a sequence of calls, kept the simple way: a queue of frames.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "records.hpp"

namespace zerobuffer::fuzz {

class Model {
public:
    struct Sent {
        std::uint64_t sequence;
        std::uint64_t size;
        bool taken = false;
        bool back = false;
    };

    /// `alignment` 0: layout v1, whose room depends on where the ring ends.
    Model(std::uint64_t capacity, std::uint64_t alignment) : capacity_(capacity), alignment_(alignment) {}

    [[nodiscard]] bool is_v1() const { return alignment_ == 0; }
    [[nodiscard]] std::uint64_t max_frame() const {
        return is_v1() ? capacity_ - 16 : capacity_ - 2 * std::max<std::uint64_t>(16, alignment_);
    }
    [[nodiscard]] std::uint64_t used() const {
        std::uint64_t sum = 0;
        for (const Sent& frame : frames_) {
            sum += total(frame.size);
        }
        return sum;
    }
    [[nodiscard]] bool must_fit(std::uint64_t size) const {
        if (is_v1()) { return frames_.empty() && size >= 1 && size <= capacity_ / 2 - 24; }
        return size <= max_frame() && total(size) + unit() <= capacity_ - used();
    }
    [[nodiscard]] bool may_fit(std::uint64_t size) const {
        return is_v1() ? size >= 1 && size <= max_frame() && used() + 16 + size <= capacity_ : must_fit(size);
    }
    [[nodiscard]] bool empty() const { return frames_.empty(); }
    [[nodiscard]] std::uint64_t unread() const {
        return static_cast<std::uint64_t>(std::ranges::count(frames_, false, &Sent::taken));
    }
    [[nodiscard]] std::uint64_t next() const { return next_; }

    void sent(std::uint64_t size, std::uint64_t sequence) {
        // Only a v1 writer that comes back may number from 1 again.
        require(sequence == next_ || (is_v1() && sequence == 1 && writer_is_new_), "sequences go on");
        frames_.push_back({sequence, size});
        next_ = sequence + 1;
        writer_is_new_ = false;
    }
    void writer_came() { writer_is_new_ = true; }

    /// The oldest frame nobody has taken.
    Sent take() {
        const auto oldest = std::ranges::find(frames_, false, &Sent::taken);
        require(oldest != frames_.end(), "what comes out was put in");
        oldest->taken = true;
        return *oldest;
    }
    void release(std::uint64_t sequence) {
        // In v1 a number may come twice; the older one was taken first.
        const auto frame = std::ranges::find_if(
            frames_, [&](const Sent& sent) { return sent.sequence == sequence && sent.taken && !sent.back; });
        require(frame != frames_.end(), "what is released was taken");
        frame->back = true;
        while (!frames_.empty() && frames_.front().back) {
            frames_.pop_front();
        }
    }
    /// The name went, and what was under it.
    void forget() {
        frames_.clear();
        metadata.reset();
        next_ = 1;
    }

    std::optional<std::vector<std::uint8_t>> metadata;

private:
    [[nodiscard]] std::uint64_t unit() const { return std::max<std::uint64_t>(16, alignment_); }
    [[nodiscard]] std::uint64_t total(std::uint64_t size) const {
        return is_v1() ? 16 + size : (unit() + size + alignment_ - 1) / alignment_ * alignment_;
    }

    std::uint64_t capacity_;
    std::uint64_t alignment_;
    std::uint64_t next_ = 1;
    bool writer_is_new_ = true;
    std::deque<Sent> frames_;
};

}  // namespace zerobuffer::fuzz
