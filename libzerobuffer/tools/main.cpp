// SPDX-License-Identifier: MIT
// zerobuffer: looks at buffers from outside and removes leftovers. Exit codes are part of its interface.
#include <exception>

#include <CLI/CLI.hpp>

#include <zerobuffer/status.hpp>
#include <zerobuffer/zerobuffer.h>

#include "commands.hpp"
#include "json.hpp"
#include "output.hpp"

namespace {

using zerobuffer::Status;
namespace tools = zerobuffer::tools;

enum ExitCode : int { success = 0, failure = 1, usage = 2, not_found = 3, permission = 4, broken = 7 };

constexpr auto exit_codes_text =
    "Exit codes: 0 done, 1 error, 2 usage, 3 no such buffer, 4 no permission, 7 incompatible or corrupt buffer.\n"
    "Data goes to standard output, messages to standard error.\n\n"
    "Examples:\n  zerobuffer ls\n  zerobuffer info camera --json\n  zerobuffer clean --dry-run";

ExitCode exit_code(Status status) {
    switch (status) {
        case Status::not_found:
            return not_found;
        case Status::permission_denied:
            return permission;
        case Status::incompatible:
        case Status::corrupt:
            return broken;
        case Status::bad_name:
            return usage;
        default:
            return failure;
    }
}

void print_version(bool as_json) {
    if (!as_json) {
        tools::print(std::string("zerobuffer ") + zb_version() + "\n");
        return;
    }
    tools::Json json;
    json.open_object().key("schema").number(tools::json_schema).key("version").string(zb_version());
    tools::print(json.key("abi").number(zb_abi_version()).close_object().text());
}

int run(int argc, char** argv) {
    CLI::App app("Looks at ZeroBuffer's shared-memory buffers and removes what was left behind.", "zerobuffer");
    app.require_subcommand(0, 1);
    app.footer(exit_codes_text);
    bool version = false;
    bool json = false;
    app.add_flag("--version", version, "Print the version of the library");
    app.add_flag("--json", json, "With --version: print one JSON object")->needs("--version");
    const tools::Ls list(app);
    const tools::Info info(app);
    const tools::Clean clean(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) { return app.exit(error) == 0 ? success : usage; }
    if (version) {
        print_version(json);
        return success;
    }
    if (app.get_subcommands().empty()) {
        tools::report("say what to do; `zerobuffer --help` lists the commands");
        return usage;
    }
    return success;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const zerobuffer::Error& error) {
        tools::report(tools::printable(error.what()));
        return exit_code(error.status());
    } catch (const std::exception& error) {
        tools::report(tools::printable(error.what()));
        return failure;
    }
}
