// SPDX-License-Identifier: MIT
// The edge where exceptions become statuses and messages of this thread. Nothing throws beyond it.
#pragma once

#include <cstdint>
#include <new>
#include <utility>

#include <zerobuffer/options.hpp>
#include <zerobuffer/status.hpp>
#include <zerobuffer/zerobuffer.h>

namespace zerobuffer::c_api {

// Keeps the message for zb_last_error() and returns the status.
zb_status remember(Status status, const char* message, int system_error) noexcept;
zb_status misuse(const char* message) noexcept;

// Runs `call`, which returns a Status or throws.
template <class Call>
zb_status guarded(Call&& call) noexcept {
    try {
        return static_cast<zb_status>(std::forward<Call>(call)());
    } catch (const Error& error) {
        return remember(error.status(), error.what(), error.system_error());
    } catch (const std::bad_alloc&) {
        return remember(Status::system_failure, "out of memory; free some, nothing was changed", 12 /* ENOMEM */);
    } catch (const std::exception& error) { return remember(Status::system_failure, error.what(), 0); }
}

// A timeout as the C interface takes it: ZB_FOREVER or not negative.
inline bool is_timeout(std::int64_t timeout) noexcept { return timeout >= ZB_FOREVER; }

// Throws Error(misuse) for values that no option has. NULL: the defaults.
Options options_of(const zb_options* options);

}  // namespace zerobuffer::c_api
