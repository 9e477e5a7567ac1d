// SPDX-License-Identifier: MIT
#include "platform/named_semaphore.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "platform/clock.hpp"
#include "platform/mapping.hpp"
#include "platform/shared_file.hpp"
#include "platform/system_error.hpp"

namespace zerobuffer::platform {
namespace {

std::string described(const std::string& name) { return "semaphore \"" + name + "\""; }
// Where glibc keeps it.
std::string file_of(const std::string& name) { return "sem." + name; }

// 0, or why not: ENOENT when its hidden file was swept, which nothing keeps anybody from.
int try_make(const std::string& name, std::uint32_t permissions) {
    auto file = SharedFile::create(file_of(name), sizeof(sem_t), permissions);
    ::sem_init(reinterpret_cast<sem_t*>(SegmentMapping(file_of(name), file, sizeof(sem_t), Access::read_write).data()),
               1, 0);
    return file.appear() ? 0 : errno;
}

}  // namespace

// As sem_open makes it, but for its temporary file, which stays behind when the process is killed there.
NamedSemaphore NamedSemaphore::create(const std::string& name, std::uint32_t permissions) {
    const std::string path = "/" + name;
    if (::sem_unlink(path.c_str()) != 0 && errno != ENOENT) { fail(described(name) + ": remove the old one", errno); }
    // As the functions of glibc refuse it.
    if (name.find('/') != std::string::npos) { fail(described(name) + ": create", EINVAL); }
    int error = ENOENT;
    for (int round = 0; error == ENOENT && round < 100; ++round) {
        error = try_make(name, permissions);
    }
    // Swept all the time: later it may go better.
    if (error != 0) { fail(described(name) + ": create", error == ENOENT ? EAGAIN : error); }
    try {
        if (auto semaphore = open(name)) { return std::move(*semaphore); }
    } catch (const Error&) {
        remove(name);
        throw;
    }
    fail(described(name) + ": open", ENOENT);
}

std::optional<NamedSemaphore> NamedSemaphore::open(const std::string& name) {
    sem_t* const semaphore = ::sem_open(("/" + name).c_str(), 0);
    if (semaphore != SEM_FAILED) { return NamedSemaphore(semaphore); }
    if (errno == ENOENT) { return std::nullopt; }
    fail(described(name) + ": open", errno);
}

void NamedSemaphore::remove(const std::string& name) { ::sem_unlink(("/" + name).c_str()); }

NamedSemaphore::NamedSemaphore(NamedSemaphore&& other) noexcept
    : semaphore_(std::exchange(other.semaphore_, nullptr)) {}

NamedSemaphore& NamedSemaphore::operator=(NamedSemaphore&& other) noexcept {
    std::swap(semaphore_, other.semaphore_);
    return *this;
}

NamedSemaphore::~NamedSemaphore() {
    if (semaphore_ != nullptr) { ::sem_close(semaphore_); }
}

int NamedSemaphore::value() const noexcept {
    int value = 0;
    ::sem_getvalue(semaphore_, &value);
    return value;
}

Woken NamedSemaphore::take(std::int64_t nanoseconds) noexcept {
    const std::int64_t until = now() + nanoseconds;
    timespec deadline{};
    deadline.tv_sec = static_cast<time_t>(until / 1'000'000'000);
    deadline.tv_nsec = static_cast<long>(until % 1'000'000'000);
    if (::sem_clockwait(semaphore_, CLOCK_MONOTONIC, &deadline) == 0) { return Woken::rung; }
    if (errno == EINTR) { return Woken::interrupted; }
    // Refused: whoever waits looks again, a thousand times a second.
    if (errno != ETIMEDOUT) { sleep_for(std::min<std::int64_t>(nanoseconds, 1'000'000)); }
    return Woken::timeout;
}

}  // namespace zerobuffer::platform
