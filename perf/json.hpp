// SPDX-License-Identifier: MIT
// JSON lines, one object per line, told apart by "type": machine, row (one per case), failure, limit. Times in ns.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "limits.hpp"
#include "session.hpp"

namespace zerobuffer::perf {

void write_json(std::ostream& out, const std::vector<Row>& rows, const std::vector<Verdict>& verdicts);

}  // namespace zerobuffer::perf
