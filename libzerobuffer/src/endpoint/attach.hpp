// SPDX-License-Identifier: MIT
// Waiting for a buffer to appear: everything that may be over in a moment is tried again until the time is over.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include <zerobuffer/options.hpp>
#include <zerobuffer/status.hpp>

#include "endpoint/role.hpp"
#include "platform/clock.hpp"
#include "platform/shared_file.hpp"
#include "wire/layout.hpp"

namespace zerobuffer::endpoint {

// The layout of the buffer that is there. Throws Error(not_found, not_ready, incompatible).
Layout layout_of_existing(const std::string& name);

// Throws Error(misuse) for options that no buffer can have, whatever the layout.
void check_options(Role role, std::string_view name, const Options& options);

// Calls `attach` until it neither throws not_found nor not_ready, or options.wait_for_peer is over: then its last error.
template <class Attach>
auto attach_patiently(const Options& options, Attach attach) {
    const std::int64_t start = platform::now();
    const platform::Deadline deadline(start, options.wait_for_peer.count());
    constexpr std::int64_t longest_pause = 8'000'000;
    std::int64_t pause = 500'000;
    for (;;) {
        try {
            return attach();
        } catch (const Error& error) {
            const bool soon = error.status() == Status::not_found || error.status() == Status::not_ready;
            if (!soon || deadline.passed(platform::now())) { throw; }
        }
        // No process is told when a name appears; 0.5 to 8 ms between looks is quick for people and cheap for processors.
        platform::sleep_for(std::min(pause, std::max(deadline.remaining(platform::now()), std::int64_t{0})));
        pause = std::min(pause * 2, longest_pause);
    }
}

}  // namespace zerobuffer::endpoint
