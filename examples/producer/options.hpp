// SPDX-License-Identifier: MIT
// Options of the producers: --key value pairs and nothing else. Throws std::invalid_argument with what the user should know.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace demo {

class Options {
public:
    /// `defaults` names every option; one without a value must be given.
    Options(int count, char** arguments, std::map<std::string, std::string> defaults);

    [[nodiscard]] const std::string& text(const std::string& key) const;
    /// Not negative.
    [[nodiscard]] double number(const std::string& key) const;
    /// Positive and whole.
    [[nodiscard]] int whole(const std::string& key) const;
    /// Comma separated, each positive and whole.
    [[nodiscard]] std::vector<int> list(const std::string& key) const;

private:
    std::map<std::string, std::string> values_;
};

/// Text as a JSON string, quotes included.
[[nodiscard]] std::string json_string(const std::string& text);

}  // namespace demo
