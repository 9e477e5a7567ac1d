// SPDX-License-Identifier: MIT
// Guarded mode before there is an endpoint: while one looks at a mapping on its way to attach, a truncation is an Error.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

#include <zerobuffer/status.hpp>

#include "platform/guard.hpp"
#include "platform/mapping.hpp"

namespace zerobuffer::endpoint {

[[noreturn]] inline void refuse_truncated(const std::string& name) {
    throw Error(Status::corrupt,
                "buffer \"" + name + "\": another process truncated the shared memory; create it with replace");
}

class TruncationWatch {
public:
    // Watches nothing unless `guarded`.
    TruncationWatch(bool guarded, const platform::SegmentMapping& mapping) {
        if (guarded) { guard_.emplace(mapping.data(), mapping.size(), truncated_, std::uint8_t{1}); }
    }

    // What `look` returns. What it saw, or threw because of that, counts only if nothing was truncated.
    template <class Look>
    [[nodiscard]] auto intact(const std::string& name, Look look) const {
        try {
            if constexpr (std::is_void_v<decltype(look())>) {
                look();
                require_intact(name);
            } else {
                auto seen = look();
                require_intact(name);
                return seen;
            }
        } catch (const Error&) {
            require_intact(name);
            throw;
        }
    }

    void require_intact(const std::string& name) const {
        if (truncated_.load(std::memory_order_relaxed) != 0) { refuse_truncated(name); }
    }

private:
    std::atomic<std::uint8_t> truncated_{0};
    std::optional<platform::TruncationGuard> guard_;
};

}  // namespace zerobuffer::endpoint
