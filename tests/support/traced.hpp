// SPDX-License-Identifier: MIT
// Child processes under ptrace: no tool has to be installed. The thread that forks one is its tracer.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>

namespace zerobuffer::test {

/// Why a test skips itself.
inline constexpr const char* ptrace_refused = "ptrace is not permitted here";
/// The exit status of a child that may not be traced.
inline constexpr int exit_untraced = 77;

/// Whether a child of this process can be traced; tries it once.
bool may_trace();

/// A child that stops itself with SIGSTOP before its body and ends with 0 after it, with 1 if the body throws.
pid_t fork_traced(const std::function<void()>& body);

/// At the first stop of a child: tells its system calls from signals, and takes it along when this process ends.
void adopt(pid_t child);

/// At a stop for a system call: its number when the child is about to enter it, nothing when it comes out.
std::optional<std::uint64_t> entered_call(pid_t child);

}  // namespace zerobuffer::test
