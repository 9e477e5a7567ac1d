// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <fmt/format.h>

#include <zerobuffer/snapshot.hpp>

#include "commands.hpp"
#include "json.hpp"
#include "output.hpp"

namespace zerobuffer::tools {

Clean::Clean(CLI::App& app) {
    CLI::App* command = app.add_subcommand(
        "clean", "Remove every buffer that no live process holds, unread frames included, and leftovers of dead ones");
    command->add_flag("--dry-run", dry_run_, "Only say what would be removed");
    command->add_flag("--json", json_, "Print one JSON object");
    command->footer("Examples:\n  zerobuffer clean --dry-run\n  zerobuffer clean");
    command->callback([this] { run(); });
}

void Clean::run() const {
    const std::vector<std::string> names = clean(dry_run_);
    if (json_) {
        Json json;
        json.open_object().key("schema").number(json_schema).key("dry_run").boolean(dry_run_);
        json.key("names").open_array();
        for (const std::string& name : names) {
            json.string(name);
        }
        print(json.close_array().close_object().text());
        return;
    }
    std::string text;
    for (const std::string& name : names) {
        text += printable(name) + "\n";
    }
    print(text);
    report(fmt::format("{} {}", dry_run_ ? "would remove" : "removed", names.size()));
}

}  // namespace zerobuffer::tools
