// SPDX-License-Identifier: MIT
// The table of what is measured. A case's name is its identity: in the report, in JSON, in limits and for --filter.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "measurement.hpp"
#include "pair.hpp"
#include "python_pair.hpp"

namespace zerobuffer::perf {

enum class Kind { round_trip, stream, copy };

struct Case {
    std::string name;
    Kind kind = Kind::round_trip;
    std::uint64_t frame = 0;
    std::function<Figures()> run;
};

struct Setup {
    Cpus cpus;
    /// Frames are divided by this: 1, or more for a quick look.
    std::uint64_t haste = 1;
    /// Bytes of the ring for frames above 64 KiB, up to 12 MiB. From 64 MiB on copies go past the cache.
    std::uint64_t large_ring = std::uint64_t{64} << 20U;
    PythonSetup python;
};

/// "v2/rtt/1048576/copy": what, kind, bytes, what happens to the payload.
std::string case_name(std::string_view what, Kind kind, std::uint64_t frame, Touch touch);

/// The frame sizes that everything is measured with.
const std::vector<std::uint64_t>& frame_sizes();

/// Everything, yardsticks first. The cases refer to no other object.
std::vector<Case> all_cases(const Setup& setup);

}  // namespace zerobuffer::perf
