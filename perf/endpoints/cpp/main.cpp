// SPDX-License-Identifier: MIT
// zerobuffer_endpoint: the C++ endpoint of perf/CONTRACT.md.
#include <exception>
#include <iterator>
#include <string>

#include <fmt/format.h>

#include "arguments.hpp"
#include "json_text.hpp"
#include "pair.hpp"
#include "registry.hpp"

namespace zerobuffer::perf {

namespace {

void describe() {
    fmt::memory_buffer names;
    fmt::memory_buffer inherited;
    fmt::memory_buffer polling;
    const auto append = [](fmt::memory_buffer& list, const std::string& name) {
        fmt::format_to(std::back_inserter(list), "{}{}", list.size() == 0 ? "" : ",", json_text(name));
    };
    for (const auto& [name, entry] : transports()) {
        append(names, name);
        if (entry.inherited) { append(inherited, name); }
        if (entry.polling) { append(polling, name); }
    }
    print_line(fmt::format(
        R"({{"language":"cpp","version":"{}","transports":[{}],)"
        R"("roles":["ping","echo","source","sink","pair-rtt","pair-stream"],"inherited":[{}],"polling":[{}]}})",
        ZEROBUFFER_ENDPOINT_VERSION, to_string(names), to_string(inherited), to_string(polling)));
}

const TransportEntry& transport_of(const EndpointSetup& setup) {
    const auto found = transports().find(setup.transport);
    if (found == transports().end()) {
        throw BadArguments("there is no transport " + setup.transport + " here: see --describe");
    }
    if (found->second.inherited != is_pair(setup.role)) {
        throw BadArguments(found->second.inherited
                               ? setup.transport + " is inherited: use pair-rtt or pair-stream"
                               : setup.transport + " connects by name: use ping, echo, source or sink");
    }
    return found->second;
}

void run(const Arguments& arguments) {
    if (arguments.describe) {
        describe();
        return;
    }
    const EndpointSetup& setup = arguments.setup;
    const TransportEntry& transport = transport_of(setup);
    // Before anything is made: memory then lies near the CPU that uses it, and a fork inherits the calibration.
    if (setup.cpu) { pin(*setup.cpu); }
    // It takes 50 ms, which whoever times whole processes should see only where it is needed.
    if (setup.role == Role::ping || setup.role == Role::pair_rtt) { nanoseconds_per_tick(); }
    transport.run(setup);
}

}  // namespace

}  // namespace zerobuffer::perf

int main(int argc, char** argv) {
    try {
        zerobuffer::perf::run(zerobuffer::perf::parse(argc, argv));
        return 0;
    } catch (const zerobuffer::perf::NotPossibleHere& refusal) {
        zerobuffer::perf::print_failure("impossible", refusal.what());
        return 3;
    } catch (const std::exception& error) {
        zerobuffer::perf::print_failure("error", error.what());
        return 1;
    }
}
