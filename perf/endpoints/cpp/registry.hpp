// SPDX-License-Identifier: MIT
// Which transports there are: a file in transports/ registers its own before main() begins.
#pragma once

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "ends.hpp"
#include "loops.hpp"

namespace zerobuffer::perf {

struct TransportEntry {
    bool inherited = false;
    bool polling = false;
    /// Plays the role to its end and prints what came of it; throws if that fails.
    std::function<void(const EndpointSetup&)> run;
};

/// By name, sorted.
std::map<std::string, TransportEntry>& transports();

template <Transport T>
void run_alone(const EndpointSetup& setup) {
    const auto samples = std::make_unique<Samples>();
    EndResult result;
    {
        T transport(setup);
        print_ready();
        transport.connect(setup.role);
        result = play(transport, setup, setup.role, *samples);
        if constexpr (StartsHelpers<T>) { result.helpers_cpu_ns = transport.helpers_cpu_ns(); }
    }
    print_line(R"({"event":"result",)" + fields_of(result) + '}');
}

/// The parent is the end that has the figures: ping or sink.
template <Transport T>
void run_both(const EndpointSetup& setup) {
    const bool round_trip = setup.role == Role::pair_rtt;
    const auto samples = std::make_unique<Samples>();
    T transport(setup);
    const auto end = [&](Role role) {
        transport.connect(role);
        return fields_of(play(transport, setup, role, *samples));
    };
    print_ready();
    const std::string sides = run_forked(
        setup, [&] { return end(round_trip ? Role::ping : Role::sink); },
        [&] { return end(round_trip ? Role::echo : Role::source); });
    print_line(std::string(R"({"event":"result","role":")") + name_of(setup.role) + R"(","sides":[)" + sides + "]}");
}

class Registration {
public:
    Registration(std::string name, TransportEntry entry) { transports().emplace(std::move(name), std::move(entry)); }
};

template <Transport T>
Registration register_transport(std::string name) {
    constexpr bool inherited = is_inherited<T>();
    return {std::move(name), {inherited, is_polling<T>(), [](const EndpointSetup& setup) {
                                  if constexpr (inherited) {
                                      run_both<T>(setup);
                                  } else {
                                      run_alone<T>(setup);
                                  }
                              }}};
}

}  // namespace zerobuffer::perf
