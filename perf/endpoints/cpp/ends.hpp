// SPDX-License-Identifier: MIT
// Both ends of an inherited transport: this process and a fork of it. Only for programs of one thread.
#pragma once

#include <functional>
#include <string>

#include "setup.hpp"

namespace zerobuffer::perf {

/// Runs `there` in a child on setup.peer_cpu and `here` in this process on setup.cpu, and returns what both returned:
/// "{here},{there}". Throws what `here` throws, or why the child failed; the child is gone when this returns.
std::string run_forked(const EndpointSetup& setup, const std::function<std::string()>& here,
                       const std::function<std::string()>& there);

}  // namespace zerobuffer::perf
