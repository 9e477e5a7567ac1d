// SPDX-License-Identifier: MIT
// A folder that only one child sees, empty, in a mount namespace of its own.
#pragma once

#include <functional>

namespace zerobuffer::platform {

/// What in_private_folder() tells where a process may not make a mount namespace.
inline constexpr int not_permitted = 77;

/// Runs the body in a child for which `folder` is an empty tmpfs with these options. Otherwise as outcome_of().
int in_private_folder(const char* folder, const char* options, const std::function<void()>& body);

}  // namespace zerobuffer::platform
