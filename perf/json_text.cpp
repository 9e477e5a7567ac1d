// SPDX-License-Identifier: MIT
#include "json_text.hpp"

#include <array>
#include <cstdio>

namespace zerobuffer::perf {

std::string json_text(std::string_view text) {
    std::string out = "\"";
    for (const char character : text) {
        if (character == '"' || character == '\\') {
            out += '\\';
            out += character;
        } else if (static_cast<unsigned char>(character) < 0x20) {
            std::array<char, 7> escaped{};
            std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(character));
            out += escaped.data();
        } else {
            out += character;
        }
    }
    return out + '"';
}

}  // namespace zerobuffer::perf
