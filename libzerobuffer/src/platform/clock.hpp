// SPDX-License-Identifier: MIT
// Monotonic time in nanoseconds, and deadlines on it. Setting the wall clock changes nothing here.
#pragma once

#include <cerrno>
#include <ctime>

#include <cstdint>
#include <limits>

namespace zerobuffer::platform {

inline std::int64_t now() noexcept {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);  // man 3 clock_gettime; through the vDSO, no system call
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// For looks that nobody can ring for. Never shorter, whatever signals come. man 2 nanosleep
inline void sleep_for(std::int64_t nanoseconds) noexcept {
    timespec left{static_cast<time_t>(nanoseconds / 1'000'000'000), static_cast<long>(nanoseconds % 1'000'000'000)};
    while (::nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

// An absolute time, or never.
class Deadline {
public:
    // `timeout` in nanoseconds from `start`; negative: never. Saturates.
    Deadline(std::int64_t start, std::int64_t timeout) noexcept
        : at_(timeout < 0 || timeout > never - start ? never : start + timeout) {}

    [[nodiscard]] bool passed(std::int64_t time) const noexcept { return time >= at_; }
    [[nodiscard]] std::int64_t remaining(std::int64_t time) const noexcept { return at_ - time; }
    [[nodiscard]] std::int64_t at() const noexcept { return at_; }

private:
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

    std::int64_t at_;
};

}  // namespace zerobuffer::platform
