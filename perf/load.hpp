// SPDX-License-Identifier: MIT
// How busy the rest of the machine is while something is measured, from /proc/stat.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace zerobuffer::perf {

/// What the first lines of /proc/stat say about the whole machine.
struct MachineTime {
    std::chrono::nanoseconds idle{0};
    unsigned cpus = 0;
};

/// `ticks_per_second`: the unit of the file, sysconf(_SC_CLK_TCK).
MachineTime parse_stat(std::string_view stat, long ticks_per_second);

/// Watches from its making on. Time stolen by a hypervisor counts as others' too: it disturbs just the same.
class LoadWatch {
public:
    LoadWatch();

    /// CPU time that was neither idle nor spent by this process and its reaped children, in CPUs: 0.06 is 6 % of one.
    [[nodiscard]] double others() const;
    /// Whether that is more than 6 % of a CPU, beyond what one step of the kernel's counters can make it seem.
    [[nodiscard]] bool disturbed() const;

private:
    struct Reading {
        std::chrono::steady_clock::time_point now;
        MachineTime machine;
        std::chrono::nanoseconds own;
    };

    static Reading read();

    Reading begin_;
};

}  // namespace zerobuffer::perf
