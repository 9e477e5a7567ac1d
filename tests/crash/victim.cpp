// SPDX-License-Identifier: MIT
#include "crash/victim.hpp"

#include <dlfcn.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>

#include "support/traced.hpp"

namespace zerobuffer::crash {
namespace {

constexpr int call_stop = SIGTRAP | 0x80;

void go_on(__ptrace_request how, pid_t pid) {
    if (::ptrace(how, pid, nullptr, nullptr) != 0) {
        throw std::system_error(errno, std::generic_category(), "the victim does not go on");
    }
}

[[noreturn]] void refuse(int signal) {
    throw std::runtime_error("the victim stopped by signal " + std::to_string(signal));
}

}  // namespace

void hold() { ::raise(SIGSTOP); }

Victim::Victim(const std::function<void()>& body) : pid_(test::fork_traced(body)) {
    if (const int signal = wait(); signal != SIGSTOP) { refuse(signal); }
    test::adopt(pid_);
}

Victim::~Victim() {
    if (pid_ != 0) { kill(); }
}

void Victim::run() {
    go_on(PTRACE_CONT, pid_);
    if (const int signal = wait(); signal != SIGSTOP) { refuse(signal); }
}

bool Victim::run_calls(std::uint64_t count) {
    while (count > 0) {
        go_on(PTRACE_SYSCALL, pid_);
        const int signal = wait();
        if (signal == SIGSTOP) { return false; }
        if (signal != call_stop) { refuse(signal); }
        if (!test::entered_call(pid_)) { --count; }
    }
    return true;
}

bool Victim::step() {
    was_call_ = is_at_call();
    go_on(PTRACE_SINGLESTEP, pid_);
    const int signal = wait();
    if (signal != SIGTRAP && signal != SIGSTOP) { refuse(signal); }
    return signal == SIGTRAP;
}

void Victim::kill() {
    ::kill(pid_, SIGKILL);
    int status = 0;
    do {
        while (::waitpid(pid_, &status, __WALL) < 0 && errno == EINTR) {}
    } while (WIFSTOPPED(status));
    pid_ = 0;
}

// The signal that stopped it.
int Victim::wait() const {
    int status = 0;
    while (::waitpid(pid_, &status, __WALL) < 0) {
        if (errno != EINTR) { throw std::system_error(errno, std::generic_category(), "waitpid"); }
    }
    if (!WIFSTOPPED(status)) {
        throw std::runtime_error("the victim ended by itself, status " + std::to_string(status));
    }
    return WSTOPSIG(status);
}

// It is a fork: its code lies where ours lies.
std::string Victim::where() const {
    const auto at = static_cast<std::uintptr_t>(instruction());
    Dl_info found{};
    if (::dladdr(reinterpret_cast<const void*>(at), &found) == 0) { return "nowhere"; }
    std::ostringstream text;
    text << found.dli_fname << "+0x" << std::hex << at - reinterpret_cast<std::uintptr_t>(found.dli_fbase);
    return text.str();
}

long Victim::instruction() const { return ::ptrace(PTRACE_PEEKUSER, pid_, offsetof(user_regs_struct, rip), nullptr); }

// The instruction `syscall` is 0f 05.
bool Victim::is_at_call() const {
    const long code = ::ptrace(PTRACE_PEEKTEXT, pid_, instruction(), nullptr);
    return (static_cast<unsigned long>(code) & 0xffffU) == 0x050fU;
}

}  // namespace zerobuffer::crash
