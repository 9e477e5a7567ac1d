// SPDX-License-Identifier: MIT
// One-way channels by name: which of them an end makes or opens, and which way it uses them.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "setup.hpp"

namespace zerobuffer::perf {

/// How many frames a queue may hold: about the capacity of the ring, within `least` and `most`.
inline std::uint64_t depth_of(const EndpointSetup& setup, std::uint64_t least, std::uint64_t most) {
    return std::clamp(setup.capacity / setup.size, least, most);
}

/// The two ways of a round trip, or the one of a stream. `Channel` has Channel(name, setup, bool make). The end that is
/// connected to makes both.
template <class Channel>
class TwoWays {
public:
    explicit TwoWays(const EndpointSetup& setup) : setup_(setup) {
        if (is_first(setup.role)) { open(true); }
    }

    void connect(Role role) {
        if (!is_first(role)) { open(false); }
    }

    Channel& out() { return *out_; }
    Channel& in() { return *in_; }

private:
    void open(bool make) {
        const auto way = [&](const char* suffix) {
            return std::make_unique<Channel>(setup_.name + suffix, setup_, make);
        };
        switch (setup_.role) {
            case Role::sink:
                in_ = way("");
                break;
            case Role::source:
                out_ = way("");
                break;
            default:
                in_ = way(setup_.role == Role::echo ? "-request" : "-response");
                out_ = way(setup_.role == Role::echo ? "-response" : "-request");
                break;
        }
    }

    EndpointSetup setup_;
    std::unique_ptr<Channel> in_;
    std::unique_ptr<Channel> out_;
};

}  // namespace zerobuffer::perf
