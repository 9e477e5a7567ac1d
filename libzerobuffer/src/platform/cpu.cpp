// SPDX-License-Identifier: MIT
#include "platform/cpu.hpp"

#include <sched.h>

namespace zerobuffer::platform {

int available_cpus(std::uint64_t peer) noexcept {
    cpu_set_t own;
    CPU_ZERO(&own);
    // More than 1024 processors do not fit the set: that is more than one.
    if (sched_getaffinity(0, sizeof own, &own) != 0) { return 2; }
    cpu_set_t peers;
    CPU_ZERO(&peers);
    if (peer != 0 && sched_getaffinity(static_cast<pid_t>(peer), sizeof peers, &peers) == 0) {
        CPU_OR(&own, &own, &peers);
    }
    return CPU_COUNT(&own);
}

}  // namespace zerobuffer::platform
