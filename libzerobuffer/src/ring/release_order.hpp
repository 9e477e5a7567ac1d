// SPDX-License-Identifier: MIT
// Frames are released in any order, space returns in ring order: this keeps what was released ahead of the frontier.
// Private to the reader. One thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace zerobuffer::ring {

// Ring bytes [begin, end) and the sequence of the last frame in them.
struct Extent {
    std::uint64_t begin;
    std::uint64_t end;
    std::uint64_t sequence;
};

class ReleaseOrder {
public:
    enum class Outcome {
        moved,   // the frontier moved: everything before it is free
        kept,    // an earlier extent is still held
        misuse,  // not held: released before, or never handed out
    };

    ReleaseOrder(std::uint64_t position, std::uint64_t sequence) : frontier_(position), sequence_(sequence) {
        pending_.reserve(64);
    }

    // All bytes before this position are released.
    [[nodiscard]] std::uint64_t frontier() const noexcept { return frontier_; }
    // How far behind it. Positions are compared by this: a peer that lies about where its ring is may put it across 2^64.
    [[nodiscard]] std::uint64_t ahead(std::uint64_t position) const noexcept { return position - frontier_; }
    // Sequence of the last frame before the frontier.
    [[nodiscard]] std::uint64_t sequence() const noexcept { return sequence_; }

    // Room for `held` extents out of order. Called before the held count grows, so that release never allocates.
    void reserve(std::size_t held) {
        if (held > pending_.capacity()) { pending_.reserve(2 * held); }
    }

    Outcome release(const Extent& extent) noexcept {
        if (ahead(extent.begin) >= ahead(extent.end)) [[unlikely]] { return Outcome::misuse; }
        if (extent.begin != frontier_) { return keep(extent); }
        advance(extent);
        if (!pending_.empty()) { merge(); }
        return Outcome::moved;
    }

private:
    void advance(const Extent& extent) noexcept {
        frontier_ = extent.end;
        sequence_ = extent.sequence;
    }

    [[gnu::noinline]] void merge() noexcept {
        auto first = pending_.begin();
        while (first != pending_.end() && first->begin == frontier_) {
            advance(*first++);
        }
        pending_.erase(pending_.begin(), first);
    }

    // Neighbours are joined, so there is at most one entry per gap.
    [[gnu::noinline]] Outcome keep(const Extent& extent) noexcept {
        if (static_cast<std::int64_t>(ahead(extent.begin)) < 0) { return Outcome::misuse; }
        const auto next =
            std::lower_bound(pending_.begin(), pending_.end(), extent.begin,
                             [this](const Extent& e, std::uint64_t begin) { return ahead(e.begin) < ahead(begin); });
        if (next != pending_.end() && ahead(next->begin) < ahead(extent.end)) { return Outcome::misuse; }
        const bool joins_next = next != pending_.end() && next->begin == extent.end;
        if (next != pending_.begin()) {
            const auto previous = next - 1;
            if (ahead(previous->end) > ahead(extent.begin)) { return Outcome::misuse; }
            if (previous->end == extent.begin) {
                previous->end = joins_next ? next->end : extent.end;
                previous->sequence = joins_next ? next->sequence : extent.sequence;
                if (joins_next) { pending_.erase(next); }
                return Outcome::kept;
            }
        }
        if (joins_next) {
            next->begin = extent.begin;
        } else {
            pending_.insert(next, extent);
        }
        return Outcome::kept;
    }

    std::uint64_t frontier_;
    std::uint64_t sequence_;
    std::vector<Extent> pending_;
};

}  // namespace zerobuffer::ring
