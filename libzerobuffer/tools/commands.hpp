// SPDX-License-Identifier: MIT
// The subcommands of `zerobuffer`. Each adds itself to the parser and runs from there when it was asked for; what goes
// wrong comes out of App::parse as an exception. An object must outlive the parser's call and stay where it is.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace zerobuffer::tools {

/// Every `--json` document says which schema it follows.
inline constexpr unsigned json_schema = 1;

/// Lists all buffers.
class Ls {
public:
    explicit Ls(CLI::App& app);

private:
    void run() const;

    bool json_ = false;
};

/// Shows one buffer field by field.
class Info {
public:
    explicit Info(CLI::App& app);

private:
    void run() const;

    std::string name_;
    bool json_ = false;
};

/// Removes what no live process holds.
class Clean {
public:
    explicit Clean(CLI::App& app);

private:
    void run() const;

    bool dry_run_ = false;
    bool json_ = false;
};

}  // namespace zerobuffer::tools
