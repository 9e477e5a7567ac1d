// SPDX-License-Identifier: MIT
// What an end found out, and how it prints it. The readings mark begin and end of the measured part for strace, too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/resource.h>

#include "histogram.hpp"
#include "setup.hpp"

namespace zerobuffer::perf {

/// What this process has used so far. take() calls getrusage exactly once.
struct Usage {
    std::int64_t cpu_ns = 0;
    std::int64_t voluntary_switches = 0;
    std::int64_t involuntary_switches = 0;
    std::int64_t minor_faults = 0;
    std::int64_t major_faults = 0;
    std::uint64_t allocations = 0;
    std::uint64_t allocated_bytes = 0;
    std::int64_t time = 0;

    static Usage take();
};

/// A histogram and the nanoseconds that one of its units is.
struct Distribution {
    const Histogram* values = nullptr;
    double unit_ns = 1.0;
};

struct EndResult {
    Role role = Role::ping;
    std::uint64_t frames = 0;
    Usage begin;
    Usage end;
    std::optional<std::uint64_t> late_wakeups;
    std::optional<Distribution> histogram;
    std::optional<Distribution> corrected;
    std::optional<std::int64_t> helpers_cpu_ns;
};

/// The fields of a result without braces and event.
std::string fields_of(const EndResult& result);

/// One line on standard output, at once.
void print_line(const std::string& text);
void print_ready();
/// `event` is error or impossible.
void print_failure(const char* event, const std::string& message);

}  // namespace zerobuffer::perf
