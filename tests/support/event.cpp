// SPDX-License-Identifier: MIT
#include "support/event.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace zerobuffer::test {

char thread_state(pid_t thread) {
    std::ifstream file("/proc/" + std::to_string(thread) + "/stat");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    // The name in parentheses may hold any character.
    const auto end = text.rfind(')');
    return end == std::string::npos || end + 2 >= text.size() ? '?' : text[end + 2];
}

pid_t this_thread() { return static_cast<pid_t>(::syscall(SYS_gettid)); }

}  // namespace zerobuffer::test
