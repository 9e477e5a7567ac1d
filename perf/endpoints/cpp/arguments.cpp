// SPDX-License-Identifier: MIT
#include "arguments.hpp"

#include <map>

#include <CLI/CLI.hpp>

namespace zerobuffer::perf {

namespace {

const std::map<std::string, Role> roles{{"ping", Role::ping},         {"echo", Role::echo},
                                        {"source", Role::source},     {"sink", Role::sink},
                                        {"pair-rtt", Role::pair_rtt}, {"pair-stream", Role::pair_stream}};
const std::map<std::string, Handling> touches{
    {"none", Handling::none}, {"header", Handling::header}, {"every", Handling::every}, {"copy", Handling::copy}};
const std::map<std::string, Layout> layouts{{"v1", Layout::v1}, {"v2", Layout::v2}};
const std::map<std::string, WaitMode> waits{
    {"spin", WaitMode::spin}, {"adaptive", WaitMode::adaptive}, {"block", WaitMode::block}};

void declare(CLI::App& app, Arguments& arguments) {
    EndpointSetup& setup = arguments.setup;
    app.add_flag("--describe", arguments.describe, "Say what this endpoint can do, and end");
    app.add_option("role", setup.role)->transform(CLI::CheckedTransformer(roles));
    app.add_option("--transport", setup.transport);
    app.add_option("--name", setup.name);
    app.add_option("--size", setup.size);
    app.add_option("--layout", setup.layout)->transform(CLI::CheckedTransformer(layouts));
    app.add_option("--alignment", setup.alignment);
    app.add_option("--capacity", setup.capacity);
    app.add_option("--touch", setup.touch)->transform(CLI::CheckedTransformer(touches));
    app.add_option("--wait", setup.wait)->transform(CLI::CheckedTransformer(waits));
    app.add_option("--frames", setup.effort.frames);
    app.add_option("--warm-up", setup.effort.warm_up);
    app.add_option("--rate", setup.rate);
    app.add_option("--cpu", setup.cpu);
    app.add_option("--peer-cpu", setup.peer_cpu);
}

void check(const CLI::App& app, const EndpointSetup& setup) {
    for (const char* needed : {"role", "--transport", "--name", "--size", "--frames"}) {
        if (app.count(needed) == 0) { throw BadArguments(std::string(needed) + " is missing"); }
    }
    const auto allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    if (setup.name.empty() || setup.name.size() > 100 || setup.name.find_first_not_of(allowed) != std::string::npos) {
        throw BadArguments("--name must be 1 to 100 of A-Z a-z 0-9 . _ -");
    }
    if (setup.size < 16 || setup.size % 8 != 0) { throw BadArguments("--size must be a multiple of 8, at least 16"); }
    if (setup.effort.frames == 0) { throw BadArguments("--frames must be at least 1"); }
    if (setup.rate && !(*setup.rate > 0)) { throw BadArguments("--rate must be above 0"); }
    if (setup.rate && setup.role != Role::source && setup.role != Role::sink && setup.role != Role::pair_stream) {
        throw BadArguments("--rate is for source, sink and pair-stream");
    }
    if (setup.peer_cpu && !is_pair(setup.role)) { throw BadArguments("--peer-cpu is for pair-rtt and pair-stream"); }
}

}  // namespace

const char* name_of(Role role) {
    for (const auto& [name, value] : roles) {
        if (value == role) { return name.c_str(); }
    }
    return "";
}

Arguments parse(int argc, const char* const* argv) {
    CLI::App app("One end of a measurement; perf/CONTRACT.md");
    app.set_help_flag();
    Arguments arguments;
    declare(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) { throw BadArguments(error.what()); }
    if (!arguments.describe) { check(app, arguments.setup); }
    return arguments;
}

}  // namespace zerobuffer::perf
