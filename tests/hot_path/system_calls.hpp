// SPDX-License-Identifier: MIT
// Counts the system calls of child processes between two marks, by ptrace: no tool has to be installed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace zerobuffer::test {

/// Number of the call and how often.
using SystemCalls = std::map<std::uint64_t, std::uint64_t>;

/// In a traced child: counting begins, and ends.
void mark();

/// Forks one child per body and follows them to their end. Nothing if tracing is not permitted here.
/// Throws if a child fails.
std::optional<std::vector<SystemCalls>> trace(const std::vector<std::function<void()>>& bodies);

}  // namespace zerobuffer::test
