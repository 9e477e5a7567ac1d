// SPDX-License-Identifier: MIT
#include "json.hpp"

#include <iterator>

#include <fmt/format.h>

namespace zerobuffer::tools {

namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// Length that the first byte promises, 0 for a byte that starts no character.
std::size_t promised_length(unsigned char first) {
    if (first < 0x80U) { return 1; }
    if (first >= 0xC2U && first < 0xE0U) { return 2; }
    if (first >= 0xE0U && first < 0xF0U) { return 3; }
    return first >= 0xF0U && first < 0xF5U ? 4 : 0;
}

/// Overlong forms, surrogates and numbers beyond Unicode show in the second byte.
bool is_valid_second(unsigned char first, unsigned char second) {
    switch (first) {
        case 0xE0U:
            return second >= 0xA0U;
        case 0xEDU:
            return second < 0xA0U;
        case 0xF0U:
            return second >= 0x90U;
        case 0xF4U:
            return second < 0x90U;
        default:
            return true;
    }
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
    if (text.empty()) { return 0; }
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t length = promised_length(first);
    if (length > text.size()) { return 0; }
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) { return 0; }
    }
    if (length > 1 && !is_valid_second(first, static_cast<unsigned char>(text[1]))) { return 0; }
    return length;
}

Json& Json::key(std::string_view name) {
    separate();
    quote(name);
    text_ += ": ";
    first_ = true;
    return *this;
}

Json& Json::string(std::string_view value) {
    separate();
    quote(value);
    return *this;
}

Json& Json::number(std::uint64_t value) {
    separate();
    text_ += std::to_string(value);
    return *this;
}

Json& Json::boolean(bool value) {
    separate();
    text_ += value ? "true" : "false";
    return *this;
}

Json& Json::null() {
    separate();
    text_ += "null";
    return *this;
}

Json& Json::open(char bracket) {
    separate();
    text_ += bracket;
    first_ = true;
    return *this;
}

Json& Json::close(char bracket) {
    text_ += bracket;
    first_ = false;
    return *this;
}

void Json::separate() {
    if (!first_) { text_ += ", "; }
    first_ = false;
}

void Json::quote(std::string_view value) {
    text_ += '"';
    while (!value.empty()) {
        const std::size_t length = utf8_length(value);
        const auto byte = static_cast<unsigned char>(value[0]);
        if (length == 0) {
            fmt::format_to(std::back_inserter(text_), "\\udc{:02x}", byte);
        } else if (byte < 0x20U) {
            fmt::format_to(std::back_inserter(text_), "\\u{:04x}", byte);
        } else {
            if (byte == '"' || byte == '\\') { text_ += '\\'; }
            text_ += value.substr(0, length);
        }
        value.remove_prefix(length == 0 ? 1 : length);
    }
    text_ += '"';
}

}  // namespace zerobuffer::tools
