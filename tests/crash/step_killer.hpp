// SPDX-License-Identifier: MIT
// The step killer: runs a scenario again and again, each time up to an image of the shared folders that was not there
// before, kills the victim there, and lets the others carry on. It ends when one run from the first to the last instruction
// meets no image that is new, and when at every single boundary of that run the outcome of its image is a legal one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crash/scenario.hpp"

namespace zerobuffer::crash {

struct Report {
    std::uint64_t boundaries = 0;  // instructions of the last run: points at which the victim may die
    std::uint64_t images = 0;      // different ones
    std::uint64_t kills = 0;
    bool reached_end = false;
    std::vector<std::string> anomalies;  // the first few
};

std::string text_of(const Report& report);

/// Throws when the scenario cannot even be arranged.
Report kill_at_every_step(const MakeScenario& make, const std::string& buffer);

}  // namespace zerobuffer::crash
