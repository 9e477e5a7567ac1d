// SPDX-License-Identifier: MIT
#include "output.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

namespace zerobuffer::tools {

void print(std::string_view data) {
    const bool written = std::fwrite(data.data(), 1, data.size(), stdout) == data.size();
    if (!written || std::fflush(stdout) != 0) {
        throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
    }
}

void report(std::string_view message) { fmt::print(stderr, "zerobuffer: {}\n", message); }

std::string printable(std::string_view text) {
    std::string result;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte >= 0x20U && byte < 0x7FU && character != '\\') {
            result += character;
        } else {
            fmt::format_to(std::back_inserter(result), "\\x{:02x}", byte);
        }
    }
    return result;
}

std::string human_size(std::uint64_t bytes) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    std::size_t unit = 0;
    auto scaled = static_cast<double>(bytes);
    while (scaled >= 1024 && unit + 1 < units.size()) {
        scaled /= 1024;
        ++unit;
    }
    const bool whole = scaled == static_cast<double>(static_cast<std::uint64_t>(scaled));
    return whole ? fmt::format("{:.0f} {}", scaled, units.at(unit)) : fmt::format("{:.1f} {}", scaled, units.at(unit));
}

std::string hex(std::span<const std::byte> bytes) {
    std::string digits;
    for (const std::byte byte : bytes) {
        fmt::format_to(std::back_inserter(digits), "{:02x}", std::to_integer<unsigned>(byte));
    }
    return digits;
}

std::string_view layout_name(Layout layout) { return layout == Layout::v1 ? "v1" : "v2"; }

std::string_view state_name(PeerState state) {
    switch (state) {
        case PeerState::never:
            return "never";
        case PeerState::attached:
            return "attached";
        case PeerState::closed:
            return "closed";
        case PeerState::died:
            return "died";
    }
    return "unknown";
}

}  // namespace zerobuffer::tools
