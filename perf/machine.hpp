// SPDX-License-Identifier: MIT
// What a figure is worth nothing without: the machine and the build that made it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace zerobuffer::perf {

/// Name and value, in the order to print them: CPU, kernel, governor, compiler, commit and the like.
std::vector<std::pair<std::string, std::string>> machine_facts();

}  // namespace zerobuffer::perf
