// SPDX-License-Identifier: MIT
// What an endpoint was asked for; perf/CONTRACT.md explains each. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <zerobuffer/options.hpp>

#include "measurement.hpp"

namespace zerobuffer::perf {

enum class Role { ping, echo, source, sink, pair_rtt, pair_stream };
enum class Handling { none, header, every, copy };

struct EndpointSetup {
    Role role = Role::ping;
    std::string transport;
    std::string name;
    std::uint64_t size = 0;
    Layout layout = Layout::v2;
    std::uint32_t alignment = 64;
    std::uint64_t capacity = 16U << 20U;
    Handling touch = Handling::none;
    WaitMode wait = WaitMode::adaptive;
    Effort effort;
    std::optional<double> rate;
    std::optional<int> cpu;
    std::optional<int> peer_cpu;
};

inline bool is_pair(Role role) { return role == Role::pair_rtt || role == Role::pair_stream; }
/// The other end connects to this one.
inline bool is_first(Role role) { return role == Role::echo || role == Role::sink; }
/// The last frame of a measurement goes from this end to the other one.
inline bool sends_last(Role role) { return role == Role::echo || role == Role::source; }

const char* name_of(Role role);

}  // namespace zerobuffer::perf
