// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <charconv>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace demo {

namespace {

template <class Number>
Number parse(const std::string& text, const std::string& key) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
        throw std::invalid_argument("--" + key + ": not a number: " + text);
    }
    return number;
}

int positive(const std::string& text, const std::string& key) {
    const int number = parse<int>(text, key);
    if (number < 1) { throw std::invalid_argument("--" + key + " must be at least 1"); }
    return number;
}

}  // namespace

Options::Options(int count, char** arguments, std::map<std::string, std::string> defaults)
    : values_(std::move(defaults)) {
    for (int index = 1; index < count; index += 2) {
        const std::string option = arguments[index];
        const auto known = option.starts_with("--") ? values_.find(option.substr(2)) : values_.end();
        if (known == values_.end()) { throw std::invalid_argument("unknown option " + option); }
        if (index + 1 == count) { throw std::invalid_argument(option + " needs a value"); }
        known->second = arguments[index + 1];
    }
    for (const auto& [key, value] : values_) {
        if (value.empty()) { throw std::invalid_argument("--" + key + " is missing"); }
    }
}

const std::string& Options::text(const std::string& key) const { return values_.at(key); }

double Options::number(const std::string& key) const {
    const auto number = parse<double>(text(key), key);
    if (!std::isfinite(number) || number < 0) { throw std::invalid_argument("--" + key + " must not be negative"); }
    return number;
}

int Options::whole(const std::string& key) const { return positive(text(key), key); }

std::vector<int> Options::list(const std::string& key) const {
    std::vector<int> numbers;
    std::istringstream items(text(key));
    for (std::string item; std::getline(items, item, ',');) {
        numbers.push_back(positive(item, key));
    }
    return numbers;
}

std::string json_string(const std::string& text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string json = "\"";
    for (const char letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            json += '\\';
            json += letter;
        } else if (code < 0x20) {
            json += "\\u00";
            json += digits[code >> 4U];
            json += digits[code & 0xFU];
        } else {
            json += letter;
        }
    }
    return json + '"';
}

}  // namespace demo
