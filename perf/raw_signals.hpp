// SPDX-License-Identifier: MIT
// Yardsticks without a ring: what two pinned processes need to tell each other anything at all.
#pragma once

#include "measurement.hpp"
#include "pair.hpp"

namespace zerobuffer::perf {

/// Round trip over two cache lines, one written by each side; both sides poll with pause.
Figures cache_line_round_trip(const Cpus& cpus, const Effort& effort);

/// Round trip over one cache line that both sides write; both poll with pause. Varies more than two lines do.
Figures one_line_round_trip(const Cpus& cpus, const Effort& effort);

/// Round trip over two shared futex words; both sides sleep at once and wake the other unasked.
Figures futex_round_trip(const Cpus& cpus, const Effort& effort);

}  // namespace zerobuffer::perf
