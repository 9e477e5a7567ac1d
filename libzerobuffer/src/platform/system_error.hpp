// SPDX-License-Identifier: MIT
// From errno to Error: which status a failed system call means, and a message with a remedy.
#pragma once

#include <string>

#include <zerobuffer/status.hpp>

namespace zerobuffer::platform {

Status status_of(int error) noexcept;

// `what` names the object and the action: "buffer \"camera\": open". Adds the system's words and a remedy.
[[noreturn]] void fail(const std::string& what, int error);
// With a remedy of the caller's, which begins with "; ".
[[noreturn]] void fail(const std::string& what, int error, const char* remedy);

}  // namespace zerobuffer::platform
