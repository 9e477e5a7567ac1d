// SPDX-License-Identifier: MIT
// The tables for people: machine, rows, limits.
#pragma once

#include <cstdio>
#include <vector>

#include "limits.hpp"
#include "session.hpp"

namespace zerobuffer::perf {

void print_machine(std::FILE* out);
void print_rows(std::FILE* out, const std::vector<Row>& rows, const Plan& plan);
void print_verdicts(std::FILE* out, const std::vector<Verdict>& verdicts);

}  // namespace zerobuffer::perf
