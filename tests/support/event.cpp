// SPDX-License-Identifier: MIT
#include "support/event.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace zerobuffer::test {

std::string stat_of(pid_t thread) {
    std::ifstream file("/proc/" + std::to_string(thread) + "/stat");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    // The name in parentheses may hold any character.
    const auto end = text.rfind(')');
    return end == std::string::npos || end + 2 >= text.size() ? std::string() : text.substr(end + 2);
}

char thread_state(pid_t thread) {
    const std::string stat = stat_of(thread);
    return stat.empty() ? '?' : stat.front();
}

pid_t this_thread() { return static_cast<pid_t>(::syscall(SYS_gettid)); }

}  // namespace zerobuffer::test
