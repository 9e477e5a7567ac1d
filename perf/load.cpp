// SPDX-License-Identifier: MIT
#include "load.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace zerobuffer::perf {

namespace {

constexpr double tolerated = 0.06;
// /proc/stat counts in steps of 10 ms.
constexpr std::chrono::milliseconds step(10);

std::chrono::nanoseconds spent_by(int who) {
    rusage usage{};
    getrusage(who, &usage);
    return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

MachineTime parse_stat(std::string_view stat, long ticks_per_second) {
    MachineTime time;
    std::istringstream lines{std::string(stat)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string label;
        std::int64_t busy = 0;
        std::int64_t idle = 0;
        std::int64_t waiting_for_disks = 0;
        // user, nice, system, idle, iowait, ...
        fields >> label >> busy >> busy >> busy >> idle >> waiting_for_disks;
        if (label == "cpu") {
            time.idle = std::chrono::nanoseconds((idle + waiting_for_disks) * (1'000'000'000 / ticks_per_second));
        } else if (label.starts_with("cpu")) {
            ++time.cpus;
        }
    }
    return time;
}

LoadWatch::Reading LoadWatch::read() {
    std::ifstream file("/proc/stat");
    const std::string stat{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    return {std::chrono::steady_clock::now(), parse_stat(stat, sysconf(_SC_CLK_TCK)),
            spent_by(RUSAGE_SELF) + spent_by(RUSAGE_CHILDREN)};
}

LoadWatch::LoadWatch() : begin_(read()) {}

double LoadWatch::others() const {
    const Reading end = read();
    const double elapsed = seconds(end.now - begin_.now);
    const double busy = elapsed * end.machine.cpus - seconds(end.machine.idle - begin_.machine.idle);
    return std::max(0.0, (busy - seconds(end.own - begin_.own)) / elapsed);
}

bool LoadWatch::disturbed() const {
    return others() > tolerated + seconds(step) / seconds(std::chrono::steady_clock::now() - begin_.now);
}

}  // namespace zerobuffer::perf
