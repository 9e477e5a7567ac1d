// SPDX-License-Identifier: MIT
#include "support/traced.hpp"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>

namespace zerobuffer::test {
namespace {

[[noreturn]] void run_traced(const std::function<void()>& body) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) { ::_exit(exit_untraced); }
    ::raise(SIGSTOP);
    try {
        body();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "traced child: %s\n", error.what());
        ::_exit(1);
    }
    ::_exit(0);
}

bool try_to_trace() {
    const pid_t child = fork_traced([] {});
    int status = 0;
    while (::waitpid(child, &status, __WALL) < 0 && errno == EINTR) {}
    if (!WIFSTOPPED(status)) { return false; }
    ::kill(child, SIGKILL);
    while (::waitpid(child, &status, __WALL) < 0 && errno == EINTR) {}
    return true;
}

}  // namespace

bool may_trace() {
    static const bool permitted = try_to_trace();
    return permitted;
}

pid_t fork_traced(const std::function<void()>& body) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child < 0) { throw std::system_error(errno, std::generic_category(), "fork"); }
    if (child == 0) { run_traced(body); }
    return child;
}

void adopt(pid_t child) { ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL); }

std::optional<std::uint64_t> entered_call(pid_t child) {
    __ptrace_syscall_info information{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof information, &information) <= 0) {
        throw std::runtime_error("the kernel tells no system call");
    }
    if (information.op != PTRACE_SYSCALL_INFO_ENTRY) { return std::nullopt; }
    return information.entry.nr;
}

}  // namespace zerobuffer::test
