// SPDX-License-Identifier: MIT
// POSIX named semaphores, for v1 only. Plain sem_t instead of Boost's wrapper: that one waits on the wall clock, throws on
// EINTR, and cannot give the file permissions that the umask takes away. man 7 sem_overview.
#pragma once

#include <semaphore.h>

#include <cstdint>
#include <optional>
#include <string>

#include "platform/doorbell.hpp"

namespace zerobuffer::platform {

class NamedSemaphore {
public:
    // Makes a semaphore of value 0 in place of one that may be there. Throws Error.
    static NamedSemaphore create(const std::string& name, std::uint32_t permissions);
    // Nothing if there is none of that name. Throws Error otherwise.
    static std::optional<NamedSemaphore> open(const std::string& name);
    static void remove(const std::string& name);

    NamedSemaphore(NamedSemaphore&& other) noexcept;
    NamedSemaphore& operator=(NamedSemaphore&& other) noexcept;
    NamedSemaphore(const NamedSemaphore&) = delete;
    NamedSemaphore& operator=(const NamedSemaphore&) = delete;
    ~NamedSemaphore();

    // A full semaphore counts as posted: whoever waits has tokens enough.
    void post() noexcept { ::sem_post(semaphore_); }
    [[nodiscard]] bool try_take() noexcept { return ::sem_trywait(semaphore_) == 0; }
    [[nodiscard]] int value() const noexcept;
    // Takes a token, waiting at most `nanoseconds` of monotonic time. `rung`: a token was taken.
    Woken take(std::int64_t nanoseconds) noexcept;

private:
    explicit NamedSemaphore(sem_t* semaphore) noexcept : semaphore_(semaphore) {}

    sem_t* semaphore_;
};

}  // namespace zerobuffer::platform
