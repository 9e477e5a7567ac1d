// SPDX-License-Identifier: MIT
// Life: an endpoint is killed while it is made, attaches or leaves. Whoever was there goes on, whoever comes next can come,
// no frame is lost or doubled, and a name is complete, or not there.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "crash/ledger.hpp"
#include "crash/scenario.hpp"

namespace zerobuffer::crash {

enum class Side { reader, writer };
enum class Act {
    create,  // where nothing is
    attach,  // to a buffer that was left
    leave,
};

struct LifeCase {
    const char* name;
    Layout layout;
    Side victim;
    Act act;
    /// Whether the other side is there, and stays.
    bool survivor;
    /// Sizes of the frames in the ring.
    std::vector<std::uint64_t> unread;
    std::uint64_t least_images;
    /// An earlier writer died inside the mirror of its last frame: so many of its two words are late. v2 only.
    int late_words = 0;
};

MakeScenario life(const LifeCase& shape);

}  // namespace zerobuffer::crash
