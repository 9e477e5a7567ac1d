// SPDX-License-Identifier: MIT
#include "result.hpp"

#include <cstdio>

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include "json_text.hpp"
#include "payload.hpp"

namespace zerobuffer::perf {

namespace {

using CountedMemory = void (*)(std::uint64_t* allocations, std::uint64_t* bytes);

/// Null unless the counting malloc is preloaded.
CountedMemory counted_memory() {
    static const auto found = reinterpret_cast<CountedMemory>(dlsym(RTLD_DEFAULT, "zerobuffer_counted_memory"));
    return found;
}

std::int64_t nanoseconds(const timeval& time) { return time.tv_sec * 1'000'000'000 + time.tv_usec * 1'000; }

std::string per_frame(std::uint64_t count, std::uint64_t frames) {
    if (counted_memory() == nullptr) { return "null"; }
    return fmt::format("{:.4f}", static_cast<double>(count) / static_cast<double>(frames));
}

std::string text_of(const Distribution& distribution) {
    const Histogram& values = *distribution.values;
    std::string steps;
    values.for_each([&](double middle, std::uint32_t count) {
        fmt::format_to(std::back_inserter(steps), "{}[{:.1f},{}]", steps.empty() ? "" : ",",
                       middle * distribution.unit_ns, count);
    });
    return fmt::format(R"({{"unit":"ns","least":{:.1f},"largest":{:.1f},"steps":[{}]}})",
                       static_cast<double>(values.least()) * distribution.unit_ns,
                       static_cast<double>(values.largest()) * distribution.unit_ns, steps);
}

}  // namespace

Usage Usage::take() {
    Usage usage;
    if (const CountedMemory ask = counted_memory()) { ask(&usage.allocations, &usage.allocated_bytes); }
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    usage.cpu_ns = nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime);
    usage.voluntary_switches = used.ru_nvcsw;
    usage.involuntary_switches = used.ru_nivcsw;
    usage.minor_faults = used.ru_minflt;
    usage.major_faults = used.ru_majflt;
    usage.time = monotonic_now();
    return usage;
}

std::string fields_of(const EndResult& result) {
    const Usage& begin = result.begin;
    const Usage& end = result.end;
    std::string text = fmt::format(
        R"("role":"{}","frames":{},"elapsed_ns":{},"cpu_ns":{},"voluntary_switches":{},"involuntary_switches":{},)"
        R"("minor_faults":{},"major_faults":{},"allocations":{},"allocated_bytes":{},"late_wakeups":{},"pid":{})",
        name_of(result.role), result.frames, end.time - begin.time, end.cpu_ns - begin.cpu_ns,
        end.voluntary_switches - begin.voluntary_switches, end.involuntary_switches - begin.involuntary_switches,
        end.minor_faults - begin.minor_faults, end.major_faults - begin.major_faults,
        per_frame(end.allocations - begin.allocations, result.frames),
        per_frame(end.allocated_bytes - begin.allocated_bytes, result.frames),
        result.late_wakeups ? std::to_string(*result.late_wakeups) : "null", getpid());
    if (result.helpers_cpu_ns) { text += fmt::format(R"(,"helpers_cpu_ns":{})", *result.helpers_cpu_ns); }
    if (result.histogram) { text += R"(,"histogram":)" + text_of(*result.histogram); }
    if (result.corrected) { text += R"(,"corrected":)" + text_of(*result.corrected); }
    return text;
}

void print_line(const std::string& text) {
    std::fputs((text + '\n').c_str(), stdout);
    std::fflush(stdout);
}

void print_ready() { print_line(R"({"event":"ready"})"); }

void print_failure(const char* event, const std::string& message) {
    print_line(fmt::format(R"({{"event":"{}","message":{}}})", event, json_text(message)));
}

}  // namespace zerobuffer::perf
