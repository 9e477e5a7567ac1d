// SPDX-License-Identifier: MIT
#include "wire/name.hpp"

#include <algorithm>
#include <string>

#include <zerobuffer/status.hpp>

namespace zerobuffer::wire {
namespace {

constexpr std::string_view rule = "use 1 to 200 of A-Z a-z 0-9 . _ -, not starting with '.' or 'sem.'";

bool is_plain(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

// Names go into messages and terminals: show control bytes, quotes and non-ASCII as \xNN, and cut what is too long.
std::string printable(std::string_view name) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char c : name.substr(0, 60)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
            text += c;
        } else {
            text += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return name.size() > 60 ? text + "..." : text;
}

[[noreturn]] void refuse(std::string_view name, std::string_view cause) {
    throw Error(Status::bad_name,
                "buffer name \"" + printable(name) + "\": " + std::string(cause) + "; " + std::string(rule));
}

}  // namespace

void check_new_name(std::string_view name) {
    if (name.empty()) { refuse(name, "is empty"); }
    if (name.size() > longest_new_name) { refuse(name, "has " + std::to_string(name.size()) + " bytes"); }
    if (name.front() == '.') { refuse(name, "starts with '.'"); }
    if (name.starts_with("sem.")) { refuse(name, "starts with 'sem.', as semaphore files do"); }
    if (!std::all_of(name.begin(), name.end(), is_plain)) { refuse(name, "has a character that is not allowed"); }
}

void check_existing_name(std::string_view name) {
    if (name.empty()) { refuse(name, "is empty"); }
    if (name.size() > longest_name) { refuse(name, "has " + std::to_string(name.size()) + " bytes"); }
    if (name == "." || name == "..") { refuse(name, "is a folder"); }
    if (name.find('/') != std::string_view::npos) { refuse(name, "has a '/'"); }
    if (name.find('\0') != std::string_view::npos) { refuse(name, "has a NUL byte"); }
    if (name.starts_with("sem.")) { refuse(name, "starts with 'sem.', as semaphore files do"); }
}

}  // namespace zerobuffer::wire
