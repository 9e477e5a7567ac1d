// SPDX-License-Identifier: MIT
// The library under measurement, through its public interface: round trips and streams between two processes. Every
// frame's number and size are checked; a wrong one fails the case.
#pragma once

#include <string>

#include <zerobuffer/options.hpp>

#include "measurement.hpp"
#include "pair.hpp"
#include "shape.hpp"

namespace zerobuffer::perf {

struct EnginePlan {
    Shape shape;
    Layout layout = Layout::v2;
    WaitMode wait = WaitMode::spin;
    Effort effort;
};

/// Options that both ends of a case use.
Options options_of(const EnginePlan& plan);

/// A buffer name that no other case of any running benchmark uses.
std::string fresh_name();

/// Removes the buffer that a killed pair may have left; does nothing if there is none.
void discard(const std::string& name, Layout layout) noexcept;

/// The caller sends and waits for the answer, the echo answers each frame before it lets go of it.
Figures engine_round_trip(const Cpus& cpus, const EnginePlan& plan);

/// The writer sends as fast as there is room; timed by the reader.
Figures engine_stream(const Cpus& cpus, const EnginePlan& plan);

}  // namespace zerobuffer::perf
