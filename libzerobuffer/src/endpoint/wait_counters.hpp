// SPDX-License-Identifier: MIT
// Rare events of one endpoint. stats() may read them while another thread waits; a v2 buffer shows them to observers, too.
#pragma once

#include <cstdint>

#include "wire/layout_v2.hpp"
#include "wire/shared_word.hpp"

namespace zerobuffer::endpoint {

struct WaitCounters {
    std::uint64_t waits = 0;
    std::uint64_t sleeps = 0;
    std::uint64_t wakes = 0;
    std::uint64_t timeouts = 0;
    std::uint64_t skipped = 0;

    // The side's statistics line goes on from what its predecessors left there. None: nobody is shown anything.
    void go_on(wire::StatisticsLine* line) noexcept {
        line_ = line;
        if (line_ != nullptr) { base_ = *line_; }
    }

    // Never between an arrival and its caller: the line is cold by then.
    void publish() const noexcept {
        if (line_ == nullptr) { return; }
        wire::store_relaxed(line_->waits, base_.waits + wire::load_relaxed(waits));
        wire::store_relaxed(line_->sleeps, base_.sleeps + wire::load_relaxed(sleeps));
        wire::store_relaxed(line_->wakes, base_.wakes + wire::load_relaxed(wakes));
        wire::store_relaxed(line_->timeouts, base_.timeouts + wire::load_relaxed(timeouts));
        wire::store_relaxed(line_->skipped, base_.skipped + wire::load_relaxed(skipped));
    }

private:
    wire::StatisticsLine* line_ = nullptr;
    wire::StatisticsLine base_{};
};

}  // namespace zerobuffer::endpoint
