// SPDX-License-Identifier: MIT
// How long a call may wait: relative, monotonic, any std::chrono duration.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>

#include <zerobuffer/export.h>

namespace zerobuffer {

namespace detail {
[[noreturn]] ZEROBUFFER_API void refuse_timeout(double seconds);
}

/// Zero tries once; `forever` waits without end. A negative, not-a-number or longer than 292 years duration is
/// Error(misuse), thrown where the Timeout is made, before anything is touched.
class Timeout {
public:
    template <class Rep, class Period>
    // Implicit on purpose: acquire(10ms) should read like that.
    constexpr Timeout(std::chrono::duration<Rep, Period> duration)  // NOLINT(google-explicit-constructor)
        : nanoseconds_(checked(duration)) {}

    static constexpr Timeout infinite() noexcept { return Timeout(); }

    [[nodiscard]] constexpr bool is_infinite() const noexcept { return nanoseconds_ == never; }
    /// Nanoseconds, or -1 for infinite: the number that the C interface takes.
    [[nodiscard]] constexpr std::int64_t count() const noexcept { return nanoseconds_; }

private:
    static constexpr std::int64_t never = -1;

    constexpr Timeout() noexcept : nanoseconds_(never) {}

    template <class Rep, class Period>
    static constexpr std::int64_t checked(std::chrono::duration<Rep, Period> duration) {
        using Nanoseconds = std::chrono::duration<long double, std::nano>;
        const long double wide = Nanoseconds(duration).count();
        // Written so that a NaN fails it too.
        if (!(wide >= 0 && wide < static_cast<long double>(std::numeric_limits<std::int64_t>::max()))) {
            detail::refuse_timeout(static_cast<double>(wide / 1e9L));
        }
        return static_cast<std::int64_t>(wide);
    }

    std::int64_t nanoseconds_;
};

/// Waits without end; a dead peer still ends the wait.
inline constexpr Timeout forever = Timeout::infinite();
/// Tries once.
inline constexpr Timeout no_wait{std::chrono::nanoseconds{0}};

}  // namespace zerobuffer
