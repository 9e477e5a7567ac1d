// SPDX-License-Identifier: MIT
#include "platform/cpu.hpp"

#include <sched.h>

namespace zerobuffer::platform {

int available_cpus() noexcept {
    cpu_set_t set;
    CPU_ZERO(&set);
    // More than 1024 processors do not fit the set: that is more than one.
    if (sched_getaffinity(0, sizeof set, &set) != 0) { return 2; }
    return CPU_COUNT(&set);
}

}  // namespace zerobuffer::platform
