// SPDX-License-Identifier: MIT
// Every operation, `rounds` times, writer and reader in one thread, so that nothing ever waits. Callgrind collects inside
// functions of the namespace `measured` alone: INTERFACE_OPERATION, called once per round.
#pragma once

#include <cstddef>
#include <string>

#include <zerobuffer/options.hpp>

namespace zerobuffer::perf {

/// Bytes of each frame.
inline constexpr std::size_t frame_size = 64;
/// Frames of one call of an operation whose name ends in `_many`; the driver has the same number.
inline constexpr std::size_t batch = 64;
/// A lap of the ring takes a few hundred frames.
inline constexpr std::size_t ring_size = std::size_t{64} << 10U;

/// Throw what the library throws; std::runtime_error if an operation did not do what it is there for.
void run_cpp(const std::string& name, Layout layout, long rounds);
void run_c(const std::string& name, Layout layout, long rounds);

}  // namespace zerobuffer::perf
