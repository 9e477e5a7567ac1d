// SPDX-License-Identifier: MIT
#include "platform/doorbell.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>

#include "platform/clock.hpp"

namespace zerobuffer::platform {

Woken sleep_on(const std::uint32_t& word, std::uint32_t value, std::int64_t nanoseconds) noexcept {
    timespec timeout{};
    timeout.tv_sec = static_cast<time_t>(nanoseconds / 1'000'000'000);
    timeout.tv_nsec = static_cast<long>(nanoseconds % 1'000'000'000);
    if (::syscall(SYS_futex, &word, FUTEX_WAIT, value, &timeout, nullptr, 0) == 0) { return Woken::rung; }
    switch (errno) {
        case ETIMEDOUT:
            return Woken::timeout;
        case EINTR:
            return Woken::interrupted;
        case EAGAIN:
            return Woken::rung;  // the word had changed already
        default:
            // Forbidden, by a sandbox that came later. Whoever waits looks again, a thousand times a second.
            sleep_for(std::min<std::int64_t>(nanoseconds, 1'000'000));
            return Woken::rung;
    }
}

void wake(const std::uint32_t& word) noexcept { ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0); }

}  // namespace zerobuffer::platform
