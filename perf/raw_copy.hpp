// SPDX-License-Identifier: MIT
// Yardsticks for copying: what memcpy alone costs, and what it costs through shared memory with one flag per side. From
// 64 KiB up nothing that copies can be faster than these, except by copying differently.
#pragma once

#include "measurement.hpp"
#include "pair.hpp"
#include "shape.hpp"

namespace zerobuffer::perf {

/// One process, private memory: one copy of a frame.
Figures copy_alone(const Cpus& cpus, const Shape& shape, const Effort& effort);

/// Copy in, copy out (Touch::every: write, read in place), and the same back, in rings of their own, frames at the offsets
/// of layout v2.
Figures raw_copy_round_trip(const Cpus& cpus, const Shape& shape, const Effort& effort);

/// Copy in, copy out, in one direction; the writer waits for room, the reader for frames.
Figures raw_copy_stream(const Cpus& cpus, const Shape& shape, const Effort& effort);

}  // namespace zerobuffer::perf
