// SPDX-License-Identifier: MIT
// The two sides of a buffer.
#pragma once

#include <string>
#include <string_view>

namespace zerobuffer::endpoint {

enum class Role { reader, writer };

constexpr Role other(Role role) noexcept { return role == Role::reader ? Role::writer : Role::reader; }
constexpr std::string_view noun(Role role) noexcept { return role == Role::reader ? "reader" : "writer"; }

// How messages begin: reader of buffer "camera":
inline std::string described(Role role, std::string_view name) {
    return std::string(noun(role)) + " of buffer \"" + std::string(name) + "\": ";
}

}  // namespace zerobuffer::endpoint
