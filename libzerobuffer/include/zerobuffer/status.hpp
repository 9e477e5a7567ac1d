// SPDX-License-Identifier: MIT
// What can go wrong, and the one exception that says so. A timeout is never an error: calls that can time out return an
// empty optional, false or a smaller count.
#pragma once

#include <stdexcept>
#include <string>

#include <zerobuffer/export.h>

namespace zerobuffer {

/// The same numbers as zb_status in zerobuffer.h, which explains each.
enum class Status : int {
    ok = 0,
    timeout = 1,
    interrupted = 2,
    closed = 3,
    cancelled = 4,
    peer_closed = 5,
    peer_died = 6,
    busy = 7,
    not_found = 8,
    not_ready = 9,
    incompatible = 10,
    corrupt = 11,
    too_large = 12,
    no_space = 13,
    permission_denied = 14,
    bad_name = 15,
    misuse = 16,
    system_failure = 17,
};

/// Name of a status, such as "peer_died"; "unknown" for other numbers. Static storage.
ZEROBUFFER_API const char* status_name(Status status) noexcept;

/// The message names the object, the cause and the remedy.
class ZEROBUFFER_API Error : public std::runtime_error {
public:
    Error(Status status, const std::string& message, int system_error = 0);
    ~Error() override;
    Error(const Error&) = default;
    Error& operator=(const Error&) = default;

    [[nodiscard]] Status status() const noexcept { return status_; }
    /// errno of the system call that failed, 0 if none did.
    [[nodiscard]] int system_error() const noexcept { return system_error_; }

private:
    Status status_;
    int system_error_;
};

}  // namespace zerobuffer
