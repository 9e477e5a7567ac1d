// SPDX-License-Identifier: MIT
// A string as JSON writes it.
#pragma once

#include <string>
#include <string_view>

namespace zerobuffer::perf {

/// With quotes around it. The text is UTF-8 and stays so.
std::string json_text(std::string_view text);

}  // namespace zerobuffer::perf
