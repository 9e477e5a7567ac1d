// SPDX-License-Identifier: MIT
#include "platform/fence.hpp"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

namespace zerobuffer::platform {

bool register_membarrier() noexcept {
    if (std::getenv("ZEROBUFFER_NO_MEMBARRIER") != nullptr) { return false; }
    return ::syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0) == 0;
}

bool sleeper_fence(bool asymmetric) noexcept {
    std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the fence in ringer_fence()
    return !asymmetric || ::syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0) == 0;
}

}  // namespace zerobuffer::platform
