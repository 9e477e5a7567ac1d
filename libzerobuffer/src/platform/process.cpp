// SPDX-License-Identifier: MIT
#include "platform/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <limits>

#include "platform/clock.hpp"
#include "platform/file_descriptor.hpp"

namespace zerobuffer::platform {
namespace {

// A process that ended and whose parent has not asked yet still has its number. man 5 proc: the state follows the name in
// parentheses, which may itself contain any character.
bool is_zombie(std::uint64_t pid) noexcept {
    char text[512];
    char path[32];
    std::snprintf(path, sizeof path, "/proc/%llu/stat", static_cast<unsigned long long>(pid));
    const FileDescriptor file(::open(path, O_RDONLY | O_CLOEXEC));
    if (!file) { return false; }
    const ssize_t length = ::read(file.number(), text, sizeof text);
    for (ssize_t i = length - 1; i >= 0; --i) {
        if (text[i] == ')') { return i + 2 < length && (text[i + 2] == 'Z' || text[i + 2] == 'X'); }
    }
    return false;
}

}  // namespace

std::uint32_t process_id() noexcept { return static_cast<std::uint32_t>(::getpid()); }

bool process_exists(std::uint64_t pid) noexcept {
    // 0 and what does not fit a pid_t would address process groups.
    if (pid == 0 || pid > static_cast<std::uint64_t>(std::numeric_limits<pid_t>::max())) { return false; }
    if (::kill(static_cast<pid_t>(pid), 0) != 0) { return errno == EPERM; }
    return !is_zombie(pid);
}

std::uint64_t random_id() noexcept {
    std::uint64_t id = 0;
    // Before the kernel's pool is ready this fails instead of blocking; time and pid are unique enough then.
    if (::getrandom(&id, sizeof id, GRND_NONBLOCK) != static_cast<ssize_t>(sizeof id) || id == 0) {
        id = (static_cast<std::uint64_t>(now()) << 20U) ^ process_id();
    }
    return id;
}

}  // namespace zerobuffer::platform
