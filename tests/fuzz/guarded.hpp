// SPDX-License-Identifier: MIT
// Memory between inaccessible pages, exact to the byte, made once per size and edge: fuzzing asks often.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "../ring/memory.hpp"
#include "records.hpp"

namespace zerobuffer::fuzz {

using ring::Edge;
using ring::GuardedBytes;

inline GuardedBytes& guarded(std::uint64_t size, Edge edge) {
    static std::map<std::pair<std::uint64_t, Edge>, std::unique_ptr<GuardedBytes>> made;
    auto& bytes = made[{size, edge}];
    if (!bytes) { bytes = std::make_unique<GuardedBytes>(size, edge); }
    return *bytes;
}

inline Edge edge_of(const Record& setup) { return setup.c % 2 == 0 ? Edge::back : Edge::front; }

}  // namespace zerobuffer::fuzz
