// SPDX-License-Identifier: MIT
#include "machine.hpp"

#include <cmath>
#include <fstream>
#include <thread>

#include <sys/utsname.h>

#include "commit.hpp"
#include "ticks.hpp"

namespace zerobuffer::perf {

namespace {

std::string first_line(const char* path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line.empty() ? "none" : line;
}

std::string cpu_model() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("model name")) { return line.substr(line.find(':') + 2); }
    }
    return "unknown";
}

std::string kernel() {
    utsname names{};
    uname(&names);
    return std::string(names.sysname) + ' ' + names.release + ' ' + names.machine;
}

std::string compiler() {
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}

}  // namespace

std::vector<std::pair<std::string, std::string>> machine_facts() {
    return {
        {"cpu", cpu_model()},
        {"cpus", std::to_string(std::thread::hardware_concurrency())},
        {"clock_mhz", std::to_string(std::lround(1000.0 / nanoseconds_per_tick()))},
        {"kernel", kernel()},
        {"governor", first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
        {"shared_huge_pages", first_line("/sys/kernel/mm/transparent_hugepage/shmem_enabled")},
        {"compiler", compiler()},
        {"build", ZEROBUFFER_BENCH_BUILD_TYPE},
        {"commit", commit},
    };
}

}  // namespace zerobuffer::perf
